"""What the call centre decides: what a call was, who may take it, how it may end, when a number is called back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from contracts.text import Text


class EventKind(StrEnum):
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    ABANDONED = "abandoned"


class State(StrEnum):
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    ABANDONED = "abandoned"


class Disposition(StrEnum):
    """How a call ended, said by the agent: no call is finished without one (lesson L15)."""

    INFORMATION = "information"
    COUNSELLING = "counselling"
    FOLLOW_UP = "follow_up"
    NEW_COMPLAINT = "new_complaint"
    WRONG_NUMBER = "wrong_number"
    SILENT = "silent"
    ABUSIVE = "abusive"


DISPOSITION_WORDS: Final = {
    Disposition.NEW_COMPLAINT: Text("New complaint", "নতুন অভিযোগ"),
    Disposition.FOLLOW_UP: Text("About an earlier complaint", "আগের অভিযোগ সম্পর্কে"),
    Disposition.INFORMATION: Text("Information given", "তথ্য দেওয়া হয়েছে"),
    Disposition.COUNSELLING: Text("Counselling", "পরামর্শ ও মানসিক সহায়তা"),
    Disposition.WRONG_NUMBER: Text("Wrong number", "ভুল নম্বর"),
    Disposition.SILENT: Text("Silent call", "কেউ কথা বলেননি"),
    Disposition.ABUSIVE: Text("Abusive call", "অশালীন কল"),
}


class Outcome(StrEnum):
    """Of one attempt to call back. Those of `CLOSING` end the task."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    SOMEBODY_ELSE = "somebody_else"
    NOT_SAFE = "not_safe"
    WRONG_NUMBER = "wrong_number"
    GIVEN_UP = "given_up"


OUTCOME_WORDS: Final = {
    Outcome.REACHED: Text("Reached", "কথা হয়েছে"),
    Outcome.NO_ANSWER: Text("No answer", "ফোন ধরেননি"),
    Outcome.BUSY: Text("Busy or switched off", "ব্যস্ত বা বন্ধ"),
    Outcome.SOMEBODY_ELSE: Text("Somebody else answered: I said nothing of the case", "অন্য কেউ ধরেছেন: বিষয়টি বলিনি"),
    Outcome.NOT_SAFE: Text("It was not safe to talk", "কথা বলা নিরাপদ ছিল না"),
    Outcome.WRONG_NUMBER: Text("Wrong number", "ভুল নম্বর"),
    Outcome.GIVEN_UP: Text("Not called any more", "আর ফোন করা হবে না"),
}
CLOSING: Final = frozenset({Outcome.REACHED, Outcome.WRONG_NUMBER, Outcome.GIVEN_UP})


@dataclass(frozen=True, slots=True)
class Course:
    """What the exchange's events make of a call."""

    state: State
    opened_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    waited_s: int
    talked_s: int


def course(events: Mapping[EventKind, datetime]) -> Course:
    """The same for the same events in whatever order they came. A call that ended and was never answered was abandoned.

    An exchange's clock may step: a time that would run backwards counts as none. Needs at least one event.
    """
    opened = min(events.values())
    answered = events.get(EventKind.ANSWERED)
    over = [events[kind] for kind in (EventKind.ENDED, EventKind.ABANDONED) if kind in events]
    ended = max(over) if over else None
    if ended is not None and answered is not None:
        ended = max(ended, answered)
    if ended is not None:
        state = State.ENDED if answered is not None else State.ABANDONED
    else:
        state = State.ANSWERED if answered is not None else State.RINGING
    waited_until = answered or ended or opened
    return Course(
        state=state,
        opened_at=opened,
        answered_at=answered,
        ended_at=ended,
        waited_s=_seconds(opened, waited_until),
        talked_s=_seconds(answered, ended) if answered and ended else 0,
    )


def _seconds(begin: datetime, end: datetime) -> int:
    return max(0, int((end - begin).total_seconds()))


def may_take(*, wants_woman: bool, serves_women: bool, somebody_serves: bool) -> bool:
    """A caller who asked for a woman waits for one who takes such calls; where none is on shift, anybody may: unheard is worse."""
    return serves_women or not wants_woman or not somebody_serves


def hint_of_restricted(*, is_supervisor: bool, from_exchange: bool, holds: bool, in_progress: bool) -> bool:
    """Whether the person in the call is told that *a* restricted case exists for the number.

    Only while the exchange itself says that this number is on the line with this very agent: a number that somebody typed, or a call that
    is over, must tell a curious agent nothing. What the case is, they never learn: they connect to the supervisor.
    """
    return is_supervisor or (from_exchange and holds and in_progress)


@dataclass(frozen=True, slots=True)
class Risk:
    """What is known of a number before it is called back. The words for it stay with those who may see the cases."""

    in_danger: bool = False
    open_cases: bool = False


def priority(risk: Risk, *, missed: int, promised: bool) -> int:
    """1 first: who was in danger before. 2: a promise, an open case, or a number that keeps calling. 3: the rest."""
    if risk.in_danger:
        return 1
    return 2 if promised or risk.open_cases or missed >= _KEEPS_CALLING else 3


_KEEPS_CALLING: Final = 3


def window(now: datetime, zone: ZoneInfo, waking: tuple[time, time], within: timedelta, *, urgent: bool) -> tuple[datetime, datetime]:
    """From when and until when a number is called: by day where the caller is. Danger does not wait for the morning."""
    earliest = now if urgent else _next_waking(now, zone, waking)
    return earliest, earliest + within


def _next_waking(now: datetime, zone: ZoneInfo, waking: tuple[time, time]) -> datetime:
    begin, end = waking
    there = now.astimezone(zone)
    if begin <= there.time() < end:
        return now
    day = there.date() if there.time() < begin else there.date() + timedelta(days=1)
    return datetime.combine(day, begin, zone)


@dataclass(frozen=True, slots=True)
class Ending:
    """What an agent says of a call that they finish."""

    disposition: Disposition
    has_complaint: bool
    has_reference: bool


NEEDS_COMPLAINT: Final = Text(
    "Fill in the complaint: what happened, what it is about, the country and who needs help.",
    "অভিযোগটি পূরণ করুন: কী হয়েছে, বিষয়, দেশ এবং কার সাহায্য দরকার।",
)
NEEDS_REFERENCE: Final = Text("Give the reference of the earlier complaint.", "আগের অভিযোগের রেফারেন্স নম্বর দিন।")


def missing_for(ending: Ending) -> tuple[str, Text] | None:
    """Field and words of what a disposition still needs."""
    if ending.disposition is Disposition.NEW_COMPLAINT and not ending.has_complaint:
        return "complaint", NEEDS_COMPLAINT
    if ending.disposition is Disposition.FOLLOW_UP and not ending.has_reference:
        return "reference", NEEDS_REFERENCE
    return None
