"""Deadlines by replaying what was done with a complaint, and what must happen when one is at risk, passed, or nobody moves.

Two clocks of law stand side by side: OEMA 2013 s.41(2) gives 30 working days from receipt to investigate, s.41(3) 3 months *from the
completed investigation* to dispose; BMET's charter cs-0274 promises 3 months in all. Each span of time counts by the calendar, zone and
hours of the office that held the complaint then. Nothing here reads a clock: `now` is given.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final, NamedTuple

from kit.working_time import Amount, Calendar, Unit, holidays_between, in_months, midnight, reach, used
from services.complaints.clocks.clock_list import Clock, Clocks, Ladder, Limit, Span
from services.complaints.rules import Category, Status, category_of

CalendarOf = Callable[[str, Unit], Calendar]
PERCENT: Final = 100


class Step(NamedTuple):
    """One happening, as clocks see it: `status` and `office` held afterwards."""

    at: datetime
    kind: str
    office: str
    status: Status


class Case(NamedTuple):
    """What of a complaint decides which clocks run."""

    kind: str
    category: str
    severity: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time at one office. `why`: working, paused, closed (decided and reopened later)."""

    office: str
    calendar: str
    zone: str
    since: datetime
    until: datetime
    why: str
    used: Amount
    holidays: tuple[str, ...] = ()


@dataclass(slots=True)
class Round:
    """One run of a clock. `due_at` is None while it stands still; `ended_at` when it was met or called off."""

    clock: str
    number: int
    began_at: datetime
    limit: Limit
    state: str = "running"
    due_at: datetime | None = None
    risk_at: datetime | None = None
    ended_at: datetime | None = None
    segments: list[Segment] = field(default_factory=list)


class Stretch(NamedTuple):
    since: datetime
    until: datetime | None
    office: str
    category: Category


def signs(before: Step | None, step: Step) -> frozenset[str]:
    """What a happening means for clocks, besides its own kind."""
    found = {step.kind}
    was = category_of(before.status) if before else None
    now = category_of(step.status)
    if before is None or before.status != step.status:
        found.add(f"entered:{step.status}")
        if before is not None:
            found.add(f"left:{before.status}")
    if step.status == Status.MERGED:
        found = (found - {"resolved"}) | {"merged"}
    elif now == Category.RESOLVED and was != Category.RESOLVED:
        found.add("resolved")
    if was == Category.RESOLVED and now != Category.RESOLVED:
        found.add("reopened")
    return frozenset(found)


def replay(clocks: Clocks, case: Case, steps: Sequence[Step], calendar_of: CalendarOf) -> list[Round]:
    """Every round of every clock that fits the case, in the order in which they began. `steps` stand oldest first."""
    found: list[Round] = []
    stretches = _stretches(steps)
    for clock in clocks.clocks:
        limit = clock.limit(kind=case.kind, category=case.category, severity=case.severity, office=steps[0].office)
        if limit is not None:
            found += [_computed(one, clock, clocks, stretches, calendar_of) for one in _rounds(clock, limit, steps)]
    return sorted(found, key=lambda one: one.began_at)


def _stretches(steps: Sequence[Step]) -> list[Stretch]:
    ends = [step.at for step in steps[1:]] + [None]
    return [Stretch(step.at, end, step.office, category_of(step.status)) for step, end in zip(steps, ends, strict=True)]


def _rounds(clock: Clock, limit: Limit, steps: Sequence[Step]) -> list[Round]:
    rounds: list[Round] = []
    before: Step | None = None
    for step in steps:
        meant = signs(before, step)
        before = step
        current = rounds[-1] if rounds and rounds[-1].ended_at is None else None
        if current is not None and "merged" in meant:
            current.state, current.ended_at = "cancelled", step.at
            continue
        if current is not None and meant & clock.met_by:
            current.state, current.ended_at = "met", step.at
            current = None
        if "reopened" in meant and rounds and clock.on_reopen == "continue":
            rounds[-1].state, rounds[-1].ended_at = "running", None
        elif current is None and _starts(clock, meant, step, resumed=bool(rounds)):
            rounds.append(Round(clock.code, len(rounds) + 1, step.at, limit))
    return rounds


def _starts(clock: Clock, meant: frozenset[str], step: Step, *, resumed: bool) -> bool:
    if "reopened" in meant and resumed and clock.on_reopen == "restart":
        return True
    closed = category_of(step.status) == Category.RESOLVED and clock.whose == "office"
    return bool(meant & clock.starts) and not closed


def _computed(one: Round, clock: Clock, clocks: Clocks, stretches: Sequence[Stretch], calendar_of: CalendarOf) -> Round:
    unit = one.limit.unit
    home = next(part.office for part in reversed(stretches) if part.since <= one.began_at)
    calendar = calendar_of(home, unit)
    if unit == "months":
        one.due_at = in_months(calendar, one.began_at, one.limit.number)
        one.risk_at = one.began_at + (one.due_at - one.began_at) * clocks.at_risk_share / PERCENT
        one.segments = [_segment(home, calendar, one.began_at, one.due_at, "working", 0)]
        return one
    counted_from = midnight(calendar, calendar.day_of(one.began_at) + timedelta(days=1)) if one.limit.next_day else one.began_at
    parts = list(_parts(one, clock, counted_from, stretches))
    one.due_at, one.segments = _count(parts, unit, one.limit.amount, calendar_of)
    one.risk_at, _ = _count(parts, unit, Fraction(one.limit.amount) * clocks.at_risk_share / PERCENT, calendar_of)
    if one.state == "running" and parts and parts[-1].why == "paused":
        one.state = "paused"
        one.due_at = one.due_at if one.due_at and one.due_at <= parts[-1].since else None
        one.risk_at = one.risk_at if one.risk_at and one.risk_at <= parts[-1].since else None
    return one


class _Part(NamedTuple):
    since: datetime
    until: datetime | None
    office: str
    why: str


def _parts(one: Round, clock: Clock, counted_from: datetime, stretches: Sequence[Stretch]) -> Iterator[_Part]:
    """The round cut up by office and by whether it counts. What was met is counted on from there, to tell whether it was in time."""
    last: _Part | None = None
    for stretch in stretches:
        until = stretch.until
        if one.ended_at is not None:
            if stretch.since >= one.ended_at:
                break
            until = min(until, one.ended_at) if until else one.ended_at
        since = max(stretch.since, counted_from)
        if until is not None and until <= since:
            continue
        last = _Part(since, until, stretch.office, _why(stretch.category, clock))
        yield last
    if one.ended_at is not None:
        office = next(part.office for part in reversed(stretches) if part.since < one.ended_at or part.since <= one.began_at)
        yield _Part(max(one.ended_at, counted_from), None, office, "working")
    elif last is None:  # nothing happened since the day that is not counted
        yield _Part(counted_from, None, stretches[-1].office, _why(stretches[-1].category, clock))


def _why(category: Category, clock: Clock) -> str:
    if clock.whose == "complainant" or category == Category.OPEN or (category == Category.PAUSED and not clock.pauses):
        return "working"
    return "paused" if category == Category.PAUSED else "closed"


def _count(parts: Sequence[_Part], unit: Unit, amount: Amount, calendar_of: CalendarOf) -> tuple[datetime | None, list[Segment]]:
    """When the amount is used up, and the way there. None where the clock stands still before."""
    remaining, segments = amount, list[Segment]()
    for since, until, office, why in parts:
        calendar = calendar_of(office, unit)
        if why != "working":
            if until is not None:
                segments.append(_segment(office, calendar, since, until, why, 0))
            continue
        reached = reach(calendar, unit, since, remaining)
        if until is None or reached <= until:
            segments.append(_segment(office, calendar, since, reached, why, remaining))
            return reached, segments
        passed = used(calendar, unit, since, until)
        segments.append(_segment(office, calendar, since, until, why, passed))
        remaining -= passed
    return None, segments


def _segment(office: str, calendar: Calendar, since: datetime, until: datetime, why: str, amount: Amount) -> Segment:
    skipped = tuple(day.isoformat() for day in holidays_between(calendar, since, until)) if why == "working" else ()
    return Segment(office, calendar.code, calendar.zone.key, since, until, why, amount, skipped)


def joined(segments: Sequence[Segment]) -> list[Segment]:
    """Neighbours of one office, calendar and reason as one: a comment makes no new line."""
    found: list[Segment] = []
    for one in segments:
        last = found[-1] if found else None
        if last and (last.office, last.calendar, last.zone, last.why) == (one.office, one.calendar, one.zone, one.why):
            found[-1] = replace(last, until=one.until, used=last.used + one.used, holidays=tuple(sorted({*last.holidays, *one.holidays})))
        else:
            found.append(one)
    return found


class Held(NamedTuple):
    """A stay at one office, from when it came until it left or the complaint was decided (None: it is there now)."""

    office: str
    since: datetime
    until: datetime | None


def held(steps: Sequence[Step]) -> list[Held]:
    found: list[Held] = []
    for part in _stretches(steps):
        open_ = part.category != Category.RESOLVED
        if found and found[-1].until == part.since and found[-1].office == part.office and open_:
            found[-1] = found[-1]._replace(until=part.until)
        elif open_:
            found.append(Held(part.office, part.since, part.until))
    return found


class Duty(NamedTuple):
    """Something that must happen at `at`: hand up to rung `level` because of `trigger`. `round` tells one occasion from the next."""

    at: datetime
    trigger: str
    clock: str
    round: int
    level: int


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked at besides deadlines: since when the office has it, who works on it, when it last moved (as what number)."""

    office: str
    arrived_at: datetime
    arrival: int
    assigned: bool
    moved_at: datetime
    move: int


def watch(steps: Sequence[Step], substance: frozenset[str], *, assigned: bool) -> Watch:
    """A comment or an edit moves nothing: only a kind that the data names, another status or another office does (lesson L9 d)."""
    arrival, move, before = 0, 0, None
    for number, step in enumerate(steps):
        if before is not None and before.office != step.office:
            arrival = number
        if before is None or step.kind in substance or (before.office, before.status) != (step.office, step.status):
            move = number
        before = step
    return Watch(steps[-1].office, steps[arrival].at, arrival, assigned, steps[move].at, move)


def duties(rounds: Sequence[Round], clocks: Clocks, ladder: Ladder, seen: Watch, calendar_of: CalendarOf) -> list[Duty]:
    """All that must happen if nothing more is done, in order of time. Nothing for what stands still or has ended."""
    found: list[Duty] = []
    rungs = range(1, len(ladder.rungs) + 1)

    def climb(at: datetime, trigger: str, clock: str, number: int) -> None:
        for level in rungs:
            found.append(Duty(at, trigger, clock, number, level))
            at = _after(ladder.next_rung_after, seen.office, at, calendar_of)

    for one in rounds:
        if one.ended_at is not None or clocks.by_code[one.clock].whose != "office":
            continue
        if one.risk_at is not None:
            found.append(Duty(one.risk_at, "at_risk", one.clock, one.number, 1))
        if one.due_at is not None:
            climb(one.due_at, "breached", one.clock, one.number)
    if not seen.assigned:
        climb(_after(ladder.unassigned_after, seen.office, seen.arrived_at, calendar_of), "unassigned", "", seen.arrival)
    climb(_after(ladder.still_after, seen.office, seen.moved_at, calendar_of), "still", "", seen.move)
    return sorted(found)


def _after(span: Span, office: str, at: datetime, calendar_of: CalendarOf) -> datetime:
    return reach(calendar_of(office, span.unit), span.unit, at, span.amount)


def choose_seat(seats: Sequence[str], level: int, filled: frozenset[str], about: str | None) -> tuple[str, list[str]]:
    """The seat that takes it, and those passed over because nobody sits there or because the complaint is about their office.

    The last one takes it in any case: an escalation is never dropped (lesson L9 b).
    """
    wanted = list(seats[min(level, len(seats)) - 1 :])
    for number, seat in enumerate(wanted):
        if seat in filled and not _is_of(seat, about):
            return seat, wanted[:number]
    last = next((seat for seat in reversed(seats) if not _is_of(seat, about)), seats[-1])
    return last, [seat for seat in wanted if seat != last]


def _is_of(seat: str, office: str | None) -> bool:
    return office is not None and seat.partition(".")[0] == office


def risk_of(rounds: Sequence[Round], clocks: Clocks, now: datetime) -> str:
    """`breached` where a running or standing clock of an office is past its time, `at_risk` past the share, else `none`."""
    mine = [one for one in rounds if one.ended_at is None and clocks.by_code[one.clock].whose == "office"]
    if any(one.due_at and one.due_at <= now for one in mine):
        return "breached"
    return "at_risk" if any(one.risk_at and one.risk_at <= now for one in mine) else "none"


def as_stored(one: Round, version: str) -> dict[str, Any]:
    """The explanation as codes and times: words are put to it when it is read, in the reader's language."""
    return {
        "limit": [one.limit.unit, one.limit.number],
        "next_day": one.limit.next_day,
        "version": version,
        "segments": [
            {
                "office": part.office,
                "calendar": part.calendar,
                "zone": part.zone,
                "since": part.since.isoformat(),
                "until": part.until.isoformat(),
                "why": part.why,
                "used": _readable(part.used, one.limit.unit),
                "holidays": list(part.holidays),
            }
            for part in joined(one.segments)
        ],
    }


def _readable(amount: Amount, unit: Unit) -> float:
    """Days with two decimals, hours with two decimals."""
    each = {"working_days": 1, "working_hours": 3_600_000_000, "hours": 3_600_000_000, "days": 86_400_000_000, "months": 1}
    return round(float(Fraction(amount) / each[unit]), 2)
