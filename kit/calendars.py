"""When each office works, as dated data, read and judged at the start: contracts/calendars/offices.yaml, one file for all services."""

import re
from collections.abc import Mapping
from datetime import date, time
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, model_validator

import contracts
from contracts.text import Text
from kit.dated import Dated
from kit.working_time import Calendar, Period, Shift, Unit

IN_FORCE: Final = Path(contracts.__file__).parent / "calendars" / "offices.yaml"
YEARS: Final = range(2015, 2041)
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHIFT: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


def _shift(written: str) -> str:
    match = _SHIFT.fullmatch(written)
    if match is None or written[6:] > "24:00" or written[:5] >= written[6:]:
        raise ValueError(f"no shift: {written}")
    return written


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"no time zone: {name}") from error
    return name


Written = Annotated[str, AfterValidator(_shift)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class NamedPeriod(Dated):
    code: str
    name: Text
    illustrative: bool = False
    source: str
    days: tuple[tuple[date, date], ...]


class YearlyDay(Dated):
    """`day` is MM-DD."""

    day: str
    name: Text


class Holiday(Dated):
    day: date
    name: Text


class HolidayList(Dated):
    code: str
    illustrative: bool = False
    source: str
    every_year: tuple[YearlyDay, ...] = ()
    days: tuple[Holiday, ...] = ()

    def by_day(self) -> dict[date, Text]:
        yearly = {date.fromisoformat(f"{year}-{one.day}"): one.name for year in YEARS for one in self.every_year}
        return yearly | {one.day: one.name for one in self.days}


class Pattern(Dated):
    code: str
    name: Text
    zone: Zone
    weekend: tuple[Weekday, ...]
    hours: str
    periods: Mapping[str, str] = {}
    holidays: tuple[str, ...] = ()


class Use(Dated):
    """A line fits an office by its code, or by its kind (`*`: any). `days`: whose working days count where hours run round the clock."""

    calendar: str
    days: str | None = None
    office: str | None = None
    kind: str | None = None
    zone: Zone | None = None


class Calendars(Dated):
    """`used_by` names offices by code or kind; which offices there are is the reader's own knowledge."""

    version: str
    valid_from: date
    source: str
    hours: Mapping[str, tuple[Written, ...]]
    periods: tuple[NamedPeriod, ...] = ()
    holidays: tuple[HolidayList, ...] = ()
    calendars: tuple[Pattern, ...]
    used_by: tuple[Use, ...]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for name, shifts in self.hours.items():
            if not shifts or any(one[6:] > other[:5] for one, other in pairwise(shifts)):
                raise ValueError(f"shifts of {name} are missing, overlap or are out of order")
        for one in self.calendars:
            if len(set(one.weekend)) == len(_DAYS):
                raise ValueError(f"calendar {one.code} has no working day")
            self._built(one, one.zone)
        return self

    @cached_property
    def _patterns(self) -> Mapping[str, Pattern]:
        return {one.code: one for one in self.calendars}

    @cached_property
    def _cache(self) -> dict[tuple[str, bool], Calendar]:
        return {}

    @cached_property
    def _single(self) -> dict[tuple[str, str], Calendar]:
        """Offices that work alike share one calendar, and with it what was computed of it."""
        return {}

    def of_office(self, office: str, kind: str, unit: Unit = "working_hours") -> Calendar:
        """That of the office (its code and kind) now, for this unit. Raises `ValueError` where no line fits."""
        key = (office, unit == "working_days")
        found = self._cache.get(key)
        if found is None:
            use = next((one for one in self.used_by if one.office == office or (one.office is None and one.kind in {kind, "*"})), None)
            code = "" if use is None else use.days if use.days and unit == "working_days" else use.calendar
            pattern = self._patterns.get(code)
            if use is None or pattern is None:
                raise ValueError(f"no calendar for {office}")
            zone = use.zone or pattern.zone
            found = self._cache[key] = self._single.setdefault((code, zone), self._built(pattern, zone))
        return found

    def _built(self, pattern: Pattern, zone: str) -> Calendar:
        try:
            holidays = [next(found for found in self.holidays if found.code == code) for code in reversed(pattern.holidays)]
            periods = [(next(found for found in self.periods if found.code == code), hours) for code, hours in pattern.periods.items()]
            shifts = {hours: _shifts(self.hours[hours]) for hours in {pattern.hours, *pattern.periods.values()}}
        except (StopIteration, KeyError) as error:
            raise ValueError(f"calendar {pattern.code} names what is not there") from error
        return Calendar(
            code=pattern.code,
            name=pattern.name,
            zone=ZoneInfo(zone),
            weekend=frozenset(_DAYS.index(day) for day in pattern.weekend),
            shifts=shifts[pattern.hours],
            periods=tuple(Period(one.name, first, last, shifts[hours]) for one, hours in periods for first, last in one.days),
            holidays={day: name for one in holidays for day, name in one.by_day().items()},
        )


def _shifts(written: tuple[str, ...]) -> tuple[Shift, ...]:
    return tuple(Shift(time.fromisoformat(one[:5]), None if one[6:] == "24:00" else time.fromisoformat(one[6:])) for one in written)
