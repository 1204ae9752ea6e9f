"""Until when who was told of a withdrawn consent confirms it, and what happens while they do not.

Who received something on a consent stops using it once the consent is withdrawn, and says what became of it: a promise that nobody asks
after is none. They are reminded before it is due and, once it is overdue, again and again until somebody confirms; an officer may note
what a body without a program said in a letter or on the phone. A body that is no partner in order here gets nothing from us, neither the
event nor a reminder: somebody has to reach it in another way, so it is listed apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError, InvalidError
from services.partners.lists import LISTS
from services.partners.rules import State

TERMS: Final = LISTS.withdrawal.confirmation
PROGRAM: Final = "program"
PAGE: Final = "page"


class Standing(StrEnum):
    """`unreachable`: the body is not known here, or not in order."""

    OPEN = "open"
    OVERDUE = "overdue"
    UNREACHABLE = "unreachable"
    CONFIRMED = "confirmed"


class StepKind(StrEnum):
    """`overdue` once, when it became so; from then on each is a reminder again."""

    REMINDED = "reminded"
    OVERDUE = "overdue"
    CONFIRMED = "confirmed"


class ConfirmedError(ConflictError):
    slug = "withdrawal-confirmed"
    title = Text("It was confirmed already, and otherwise.", "এটি আগেই অন্যভাবে নিশ্চিত করা হয়েছে।")


class WayNeededError(InvalidError):
    slug = "withdrawal-way"
    title = Text(
        "Say how you heard of it, and where the letter or the note of the call lies.",
        "কীভাবে জানলেন এবং চিঠি বা ফোনালাপের নোট কোথায় আছে তা লিখুন।",
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody confirms: `way` and `words` where an officer notes what another said."""

    outcome: str
    way: str | None
    words: str | None


def is_asked(recipient_is_known: bool, records: Sequence[object]) -> bool:  # noqa: FBT001 - the first of two questions
    """A body that is no partner is asked for only where something went to it: other recipients are our own offices, or had nothing."""
    return recipient_is_known or bool(records)


def due_of(asked_at: datetime) -> datetime:
    return asked_at + timedelta(days=TERMS.due_days)


def next_step(asked_at: datetime, after: datetime) -> datetime:
    """When it is looked at again: at the first moment of the dated list that lies after `after`; past the last, every so many days."""
    moments = [asked_at + timedelta(days=days) for days in (*TERMS.remind_after_days, TERMS.due_days)]
    for moment in moments:
        if moment > after:
            return moment
    every = timedelta(days=TERMS.then_every_days)
    return moments[-1] + every * ((after - moments[-1]) // every + 1)


def standing(*, confirmed: bool, organisation: str | None, due: datetime, now: datetime) -> Standing:
    """`organisation`: the state of the body here, None where it is not known."""
    if confirmed:
        return Standing.CONFIRMED
    if organisation != State.VERIFIED:
        return Standing.UNREACHABLE
    return Standing.OVERDUE if due <= now else Standing.OPEN


def way_of(said: Said, *, is_officer: bool, is_program: bool) -> str:
    """Raises `WayNeededError` where an officer does not say how they heard, or a body claims to be one."""
    if is_officer != (said.way is not None and said.words is not None):
        raise WayNeededError
    return said.way or (PROGRAM if is_program else PAGE)


def check_same(before: str, outcome: str) -> None:
    """Who says the same again changes nothing. Raises `ConfirmedError`."""
    if before != outcome:
        raise ConfirmedError
