"""People whom a crisis brought home, until the desk of their home district has confirmed who is there.

Two ways tell of one person under one id: an event with codes, a manifest with who it is. Either may come first, late or again. No machine
makes a returnee of it: a person confirms, and whether somebody was registered before a person decides too.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError


class State(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class Taken(StrEnum):
    """What became of one row of a manifest."""

    TAKEN = "taken"
    AGAIN = "again"
    DECIDED = "decided"
    REFUSED = "refused"


class Dismissal(StrEnum):
    REGISTERED_BEFORE = "registered_before"
    NOT_HERE = "not_here"
    NOBODY = "nobody"


DISMISSAL_WORDS: Final[Mapping[Dismissal, Text]] = {
    Dismissal.REGISTERED_BEFORE: Text("Is registered already", "আগেই নিবন্ধিত"),
    Dismissal.NOT_HERE: Text("Does not live in our district", "আমাদের জেলায় থাকেন না"),
    Dismissal.NOBODY: Text("Was written down by mistake", "ভুলে লেখা হয়েছে"),
}


class ArrivalDecidedError(ConflictError):
    slug = "arrival-decided"
    title = Text("Somebody has decided on this arrival meanwhile.", "এই আগমনের বিষয়ে ইতিমধ্যে সিদ্ধান্ত হয়েছে।")


def check_waits(state: str) -> None:
    """Raises `ArrivalDecidedError`."""
    if state != State.WAITING:
        raise ArrivalDecidedError
