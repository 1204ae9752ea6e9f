"""What is decided about a wing's cases, without a clock, a database or the network: what is owed by when, who sees, how one may end.

The duties are those of OEMA 2013 s.24; framework activities 4.4.2.5 and 4.4.3.1.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, cast

from contracts.text import Text
from kit.errors import ConflictError, InvalidError
from kit.working_time import DAY, HOUR, Calendar, in_months, midnight, reach
from services.crisis.cases.lists import FieldOf, Kind, Kinds, Limit, Origin, Outcome, Step

VISITED: Final = "visited"
FAMILY_ANSWERED: Final = "family_answered"
MAY_KNOW: Final = "family_may_know"


class State(StrEnum):
    """`waiting`: nobody has taken it on yet."""

    WAITING = "waiting"
    OPEN = "open"
    CLOSED = "closed"


STATE_WORDS: Final[Mapping[State, Text]] = {
    State.WAITING: Text("Waits for an officer", "কর্মকর্তার অপেক্ষায়"),
    State.OPEN: Text("An officer works on it", "একজন কর্মকর্তা কাজ করছেন"),
    State.CLOSED: Text("Closed", "নিষ্পন্ন"),
}


class CaseClosedError(ConflictError):
    slug = "wing-case-closed"
    title = Text("This case is closed. Open it again first.", "কেসটি নিষ্পন্ন হয়েছে। আগে আবার খুলুন।")


class NotClosedError(ConflictError):
    slug = "wing-case-not-closed"
    title = Text("This case is open.", "কেসটি এখনো খোলা।")


class NotTakenError(ConflictError):
    slug = "wing-case-not-taken"
    title = Text("Take the case on first: then others know who works on it.", "আগে কেসটির দায়িত্ব নিন: তাহলে অন্যরা জানবেন কে কাজ করছেন।")


class StepsMissingError(ConflictError):
    """`missing`: codes of steps that must be done before it can end so."""

    slug = "steps-missing"
    title = Text("Some steps must be done before this case can end so.", "এভাবে শেষ করার আগে কিছু কাজ বাকি আছে।")


class PersonSaidNoError(ConflictError):
    slug = "person-said-no"
    title = Text(
        "The person does not want the family to know. Tell them only that the request was handled.",
        "ব্যক্তি চান না পরিবার জানুক। পরিবারকে শুধু বলুন, আবেদনটি দেখা হয়েছে।",
    )


class PersonNotAskedError(ConflictError):
    slug = "person-not-asked"
    title = Text("Ask the person first whether the family may be told.", "পরিবারকে জানানো যাবে কি না, আগে ব্যক্তির কাছে জেনে নিন।")


class NotInTheListError(InvalidError):
    slug = "not-in-the-list"
    title = Text("Choose what the list of this kind of case offers.", "এ ধরনের কেসের তালিকা থেকে বেছে নিন।")


_CHOOSE: Final = Text("Choose one of the list.", "তালিকা থেকে একটি বেছে নিন।")
_NO_DAY: Final = Text("Write a day.", "একটি তারিখ লিখুন।")
_LONG: Final = Text("At most 2,000 characters.", "সর্বোচ্চ ২,০০০ অক্ষর।")
LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose cases a caller may see. A restricted one: its officer, who opened it, Dhaka; while nobody has it, its mission."""

    countries: frozenset[str]
    subject: str
    everything: bool = False
    supervises: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What `checked` made of what was written: codes and days, which are counted, and words, which are sealed."""

    codes: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


def checked(kind: Kind, kinds: Kinds, given: Mapping[str, str]) -> Facts:
    """Raises `NotInTheListError` with a fault for each field that this kind does not have or that says what its list does not."""
    facts, faults = Facts(), []
    for code, value in given.items():
        known = kind.field(code)
        fault = _CHOOSE if known is None else _fault(known, kinds, value)
        if fault is not None:
            faults.append({"pointer": f"/details/{code}", "detail": fault})
        elif known is not None:
            (facts.words if known.is_sealed else facts.codes)[code] = value
    if faults:
        raise NotInTheListError(errors=faults)
    return facts


def _fault(known: FieldOf, kinds: Kinds, value: str) -> Text | None:
    if known.kind == "choice":
        return None if value in {one.code for one in kinds.choices[known.choices or ""]} else _CHOOSE
    if known.kind == "day":
        return None if _is_day(value) else _NO_DAY
    return _LONG if len(value) > LONGEST else None


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Due:
    """`due` None: may be done, is not owed. `done_at`: the last time. `elsewhere`: the complaint follows it."""

    step: Step
    due: datetime | None
    done_at: datetime | None = None
    elsewhere: bool = False

    def is_open(self) -> bool:
        return self.due is not None and not self.elsewhere


def dues(kind: Kind, origin: Origin, opened_at: datetime, done: Mapping[str, datetime], calendar: Calendar, *, linked: bool) -> list[Due]:
    """The steps of a case in their order. A step that is due again counts from the last time that it was done."""
    found = []
    for step in kind.steps:
        if origin not in step.origins:
            continue
        last = done.get(step.code)
        due = _limit(calendar, step.due, opened_at) if last is None else _limit(calendar, step.again, last)
        found.append(Due(step, due, last, elsewhere=linked and step.followed_in_complaint))
    return found


def _limit(calendar: Calendar, limit: Limit | None, since: datetime) -> datetime | None:
    """The close of the n-th working day after the day of `since`; hours and days run from the moment itself."""
    if limit is None:
        return None
    if limit.unit == "months":
        return in_months(calendar, since, limit.amount)
    if limit.unit in {"hours", "days"}:
        return reach(calendar, limit.unit, since, limit.amount * (HOUR if limit.unit == "hours" else DAY))
    if limit.unit == "working_hours":
        return reach(calendar, limit.unit, since, limit.amount * HOUR)
    return reach(calendar, limit.unit, midnight(calendar, calendar.day_of(since) + timedelta(days=1)), limit.amount)


def next_due(steps: Iterable[Due]) -> Due | None:
    """What is owed first; None where nothing is."""
    owed = [one for one in steps if one.is_open()]
    return min(owed, key=lambda one: cast("datetime", one.due), default=None)


def refuse_ending(outcome: Outcome, done: Collection[str], steps: Sequence[Due]) -> None:
    """Raises `StepsMissingError`. A family that asked is answered before its case ends, however it ends."""
    elsewhere = {one.step.code for one in steps if one.elsewhere}
    asked = {FAMILY_ANSWERED} & {one.step.code for one in steps}
    missing = [code for code in (*sorted(asked), *outcome.needs) if code not in done and code not in elsewhere]
    if missing:
        names = [one.step.name for one in steps if one.step.code in missing]
        raise StepsMissingError(Text("; ".join(name.en for name in names), "; ".join(name.bn for name in names)), missing=missing)


def refuse_telling(consent: str | None) -> None:
    """Of what is told to a family the person decides. Raises `PersonSaidNoError`, `PersonNotAskedError`."""
    if consent == "no":
        raise PersonSaidNoError
    if consent != "yes":
        raise PersonNotAskedError


def in_hours(since: datetime, until: datetime) -> float:
    return round((until - since).total_seconds() / 3600, 1)


def median(values: Sequence[float]) -> float | None:
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else round((ordered[middle - 1] + ordered[middle]) / 2, 1)


def merged(facts: Mapping[str, Any], codes: Mapping[str, str]) -> dict[str, Any]:
    return {**facts, **codes}
