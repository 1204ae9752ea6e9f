"""Working time of an office: how much of it lies between two moments, and when so much of it will have passed. Pure.

Moments go in and come out in UTC; days, shifts, weekends and holidays are those of the calendar's own place. Amounts are exact:
microseconds, and for working days fractions of a day, because a day of Ramadan is as whole a day as any other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from contracts.text import Text

Unit = Literal["working_days", "working_hours", "days", "hours", "months"]
Amount = int | Fraction

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
TICK: Final = timedelta(microseconds=1)
HOUR: Final = 3_600_000_000
DAY: Final = 24 * HOUR
# Beyond it a calendar has no working time: it was refused at the start, or its holidays fill years.
FARTHEST: Final = 3660


@dataclass(frozen=True, slots=True)
class Shift:
    """From `opens` to `closes` on one day, local time; `None` closes at midnight."""

    opens: time
    closes: time | None


@dataclass(frozen=True, slots=True)
class Period:
    """Other hours from `first` to `last`, both included: Ramadan."""

    name: Text
    first: date
    last: date
    shifts: tuple[Shift, ...]


@dataclass(frozen=True, eq=False)
class Calendar:
    """Equal only to itself: results are remembered by it."""

    code: str
    name: Text
    zone: ZoneInfo
    weekend: frozenset[int]
    shifts: tuple[Shift, ...]
    periods: tuple[Period, ...] = ()
    holidays: Mapping[date, Text] = field(default_factory=dict)

    def is_weekday(self, day: date) -> bool:
        return day.weekday() not in self.weekend

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        if not self.is_weekday(day) or day in self.holidays:
            return ()
        return next((one.shifts for one in self.periods if one.first <= day <= one.last), self.shifts)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


@lru_cache(maxsize=100_000)
def midnight(calendar: Calendar, day: date) -> datetime:
    """The moment a day begins at this place."""
    return EPOCH + _instant(calendar.zone, datetime.combine(day, time())) * TICK


@lru_cache(maxsize=100_000)
def intervals(calendar: Calendar, day: date) -> tuple[tuple[int, int], ...]:
    """The shifts of a day in microseconds since 1970; one that a clock change swallows is left out."""
    found = []
    for shift in calendar.shifts_on(day):
        closes = datetime.combine(day + timedelta(days=1), time()) if shift.closes is None else datetime.combine(day, shift.closes)
        began, ended = _instant(calendar.zone, datetime.combine(day, shift.opens)), _instant(calendar.zone, closes)
        if ended > began:
            found.append((began, ended))
    return tuple(found)


def _instant(zone: ZoneInfo, local: datetime) -> int:
    """An hour that is left out when clocks go forward is the moment they do: so later on the wall is never earlier in truth."""
    before, after = local.replace(tzinfo=zone), local.replace(tzinfo=zone, fold=1)
    if before.utcoffset() == after.utcoffset() or before.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local:
        return _ticks(before)
    low, high = _ticks(after), _ticks(before)  # the change lies between
    offset = (EPOCH + low * TICK).astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if (EPOCH + middle * TICK).astimezone(zone).utcoffset() == offset else (low, middle)
    return high


def _ticks(moment: datetime) -> int:
    return (moment - EPOCH) // TICK


def used(calendar: Calendar, unit: Unit, since: datetime, until: datetime) -> Amount:
    """What passed of the unit between two moments: microseconds, of working days fractions of a day."""
    began, ended = _ticks(since), _ticks(until)
    if ended <= began:
        return 0
    if unit in {"days", "hours", "months"}:
        return ended - began
    in_days = unit == "working_days"
    total: Amount = 0
    for day in _days(calendar.day_of(since), calendar.day_of(until)):
        worked = sum(max(0, min(close, ended) - max(opening, began)) for opening, close in intervals(calendar, day))
        if worked:
            total += Fraction(worked, _length(calendar, day)) if in_days else worked
    return total


def working_seconds(calendar: Calendar, since: datetime, until: datetime) -> int:
    return int(used(calendar, "working_hours", since, until)) // 1_000_000


@lru_cache(maxsize=20_000)
def reach(calendar: Calendar, unit: Unit, since: datetime, amount: Amount) -> datetime:
    """The first moment at which `amount` has passed since `since`. Raises `ValueError` for a calendar without working time."""
    began = _ticks(since)
    if amount <= 0:
        return since
    if unit in {"days", "hours", "months"}:
        return EPOCH + int(began + amount) * TICK
    first, remaining = calendar.day_of(since), amount
    for day in _days(first, first + timedelta(days=FARTHEST)):
        whole = _length(calendar, day) if unit == "working_days" else 1
        for opening, close in intervals(calendar, day):
            starts = max(opening, began)
            worked = Fraction(max(0, close - starts), whole) if unit == "working_days" else max(0, close - starts)
            if worked >= remaining:
                return EPOCH + (starts + -int(-remaining * whole // 1)) * TICK
            remaining -= worked
    raise ValueError(f"calendar {calendar.code} has no working time")


def _length(calendar: Calendar, day: date) -> int:
    return sum(close - opening for opening, close in intervals(calendar, day)) or 1


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def in_months(calendar: Calendar, since: datetime, months: int) -> datetime:
    """The end of the day that bears the same number `months` later, or of the last day of a shorter month, at this place."""
    day = calendar.day_of(since)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = following - timedelta(days=1)
    return midnight(calendar, min(last, date(year, month + 1, min(day.day, last.day))) + timedelta(days=1))


def holidays_between(calendar: Calendar, since: datetime, until: datetime) -> list[date]:
    """Those that fell on a day of work."""
    first, last = calendar.day_of(since), calendar.day_of(until)
    return sorted(day for day in calendar.holidays if first <= day <= last and calendar.is_weekday(day))
