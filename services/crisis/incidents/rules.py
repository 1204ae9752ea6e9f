"""What an incident is and how it goes, decided without a clock, a database or the network.

An incident is one danger in one country, from the first sign until the last person is accounted for (IOM Migration Crisis Operational
Framework: before, during, after). A drill is one for ever: nothing of it touches what is real.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from contracts.text import Text
from kit.errors import ConflictError, ForbiddenError
from services.crisis.incidents.lists import Item


class Phase(StrEnum):
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class State(StrEnum):
    MONITORING = "monitoring"
    ACTIVE = "active"
    STABLE = "stable"
    RECOVERY = "recovery"
    CLOSED = "closed"


class Origin(StrEnum):
    ALERT = "alert"
    SIGNAL = "signal"
    OFFICER = "officer"


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    NOT_NEEDED = "not_needed"


PHASE_WORDS: Final[Mapping[Phase, Text]] = {
    Phase.BEFORE: Text("Before", "আগে"),
    Phase.DURING: Text("During", "চলাকালে"),
    Phase.AFTER: Text("After", "পরে"),
}
STATE_WORDS: Final[Mapping[State, Text]] = {
    State.MONITORING: Text("Being watched", "পর্যবেক্ষণে"),
    State.ACTIVE: Text("Active", "সংকট চলছে"),
    State.STABLE: Text("Stable", "স্থিতিশীল"),
    State.RECOVERY: Text("Recovery", "পুনরুদ্ধার চলছে"),
    State.CLOSED: Text("Closed", "সমাপ্ত"),
}
TASK_WORDS: Final[Mapping[TaskState, Text]] = {
    TaskState.OPEN: Text("to do", "করণীয়"),
    TaskState.DONE: Text("done", "সম্পন্ন"),
    TaskState.NOT_NEEDED: Text("not needed", "প্রয়োজন নেই"),
}
FIRST_HASH: Final = bytes(32)


class IncidentClosedError(ConflictError):
    slug = "incident-closed"
    title = Text("This incident is closed: nothing more is written to it.", "এই সংকট সমাপ্ত হয়েছে: এতে আর কিছু লেখা যায় না।")


class StillOpenError(ConflictError):
    """Raised with `open`: how many of each are still open."""

    slug = "incident-still-open"
    title = Text(
        "The incident cannot be closed yet: people are still on their way, asked for, unread, or not accounted for.",
        "সংকট এখনো সমাপ্ত করা যায় না: কেউ এখনো পথে আছেন, কারও খোঁজ চলছে, হিসাব মেলেনি, অথবা কারও বার্তা এখনো পড়া হয়নি।",
    )


class DrillMixedError(ConflictError):
    slug = "drill-mixed"
    title = Text(
        "A drill takes only drills, and a real incident only real warnings.", "মহড়ায় কেবল মহড়ার, আর প্রকৃত সংকটে কেবল প্রকৃত সতর্কবার্তা যুক্ত করা যায়।"
    )


class UnconfirmedError(ConflictError):
    slug = "signal-unconfirmed"
    title = Text("This burst of complaints is only a draft. Say first what it is.", "অভিযোগের এই আকস্মিক বৃদ্ধি এখনো খসড়া। এটি কী, আগে তা জানান।")


class OtherCountryError(ConflictError):
    slug = "other-country"
    title = Text("This does not concern the country of the incident.", "এটি সংকটের দেশটির জন্য নয়।")


class NotYourIncidentError(ForbiddenError):
    slug = "not-your-country"
    title = Text("This country is not in your charge.", "এই দেশ আপনার দায়িত্বের আওতায় নেই।")


class NotOnTheRotaError(ConflictError):
    slug = "not-on-the-rota"
    title = Text(
        "This shift is over, or of another mission. Choose somebody of the rota who is on duty there.",
        "এই পালা শেষ, অথবা অন্য মিশনের। সেখানে দায়িত্বে আছেন এমন কাউকে বেছে নিন।",
    )


def origin(alerts: Sequence[object], *, has_signal: bool) -> Origin:
    if has_signal:
        return Origin.SIGNAL
    return Origin.ALERT if alerts else Origin.OFFICER


def check_open(state: str) -> None:
    """Raises `IncidentClosedError`."""
    if state == State.CLOSED:
        raise IncidentClosedError


def check_closable(open_: Mapping[str, int]) -> None:
    """`open_`: what still holds it open, by name. Raises `StillOpenError`."""
    left = {name: count for name, count in open_.items() if count}
    if left:
        raise StillOpenError(open=left)


@dataclass(frozen=True, slots=True)
class Planned:
    sector: str
    phase: str
    item: str
    due: datetime | None


def checklist(items: Iterable[Item], phase: str, opened_at: datetime) -> list[Planned]:
    """All tasks of the ten sectors; those of the present phase with the moment by which they are due, later ones without one yet."""
    return [
        Planned(one.sector, one.phase, one.code, opened_at + timedelta(hours=one.hours) if one.phase == phase else None) for one in items
    ]


def is_overdue(state: str, due: datetime | None, now: datetime) -> bool:
    return state == TaskState.OPEN and due is not None and due < now


def chained(before: bytes, entry: Mapping[str, Any]) -> bytes:
    """SHA-256 over the hash before and the entry as canonical JSON: a row that was changed, moved or left out breaks all that follow."""
    return hashlib.sha256(before + json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).digest()
