"""Which clocks run on a complaint, and to whom what stands still is handed up: dated data, read and judged at the start."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, Self, get_args

from pydantic import Field, model_validator

from contracts.text import Text
from kit.dated import Dated
from kit.working_time import DAY, HOUR, Amount, Unit
from services.complaints.offices import OFFICES

_FOLDER: Final = Path(__file__).parent / "data"
CLOCKS_FILE: Final = _FOLDER / "clocks.yaml"
LADDERS_FILE: Final = _FOLDER / "ladders.yaml"
_UNITS: Final = get_args(Unit)
Number = int | None


class Span(Dated):
    """One amount in one unit."""

    working_days: Number = Field(default=None, ge=1)
    working_hours: Number = Field(default=None, ge=1)
    days: Number = Field(default=None, ge=1)
    hours: Number = Field(default=None, ge=1)
    months: Number = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if sum(getattr(self, unit) is not None for unit in _UNITS) != 1:
            raise ValueError("a limit has exactly one unit")
        return self

    @cached_property
    def unit(self) -> Unit:
        return next(unit for unit in _UNITS if getattr(self, unit) is not None)

    @cached_property
    def number(self) -> int:
        return int(getattr(self, self.unit))

    @cached_property
    def amount(self) -> Amount:
        """As `working_time` counts: microseconds, of working days the number. Months are counted by the calendar."""
        each = {"working_days": 1, "working_hours": HOUR, "hours": HOUR, "days": DAY, "months": 0}
        return self.number * each[self.unit]


class Limit(Span):
    """Fits where all that it names fits. `next_day`: the day it begins on is not counted, the last one is counted to its end."""

    kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    not_categories: tuple[str, ...] = ()
    severity: tuple[int, ...] = ()
    offices: tuple[str, ...] = ()
    next_day: bool = False

    def fits(self, *, kind: str, category: str, severity: int, office: str) -> bool:
        named = ((self.kinds, kind), (self.categories, category), (self.severity, severity), (self.offices, office))
        return category not in self.not_categories and all(not allowed or value in allowed for allowed, value in named)


class Clock(Dated):
    code: str
    name: Text
    source: str
    illustrative: bool = False
    whose: Literal["office", "complainant"] = "office"
    starts: frozenset[str]
    met_by: frozenset[str]
    pauses: bool
    on_reopen: Literal["none", "restart", "continue"]
    limits: tuple[Limit, ...]

    @model_validator(mode="after")
    def _months_do_not_pause(self) -> Self:
        if self.pauses and any(one.unit == "months" for one in self.limits):
            raise ValueError(f"clock {self.code}: months are counted by the calendar and cannot pause")
        return self

    def limit(self, *, kind: str, category: str, severity: int, office: str) -> Limit | None:
        return next((one for one in self.limits if one.fits(kind=kind, category=category, severity=severity, office=office)), None)


class Clocks(Dated):
    version: str
    valid_from: date
    at_risk_share: int = Field(ge=1, le=99)
    substance: frozenset[str]
    clocks: tuple[Clock, ...]

    @model_validator(mode="after")
    def _codes_are_single(self) -> Self:
        if len(self.by_code) != len(self.clocks):
            raise ValueError("a clock's code stands twice")
        return self

    @cached_property
    def by_code(self) -> Mapping[str, Clock]:
        return {one.code: one for one in self.clocks}


class Seat(Dated):
    role: str
    name: Text


class Rung(Dated):
    office: str
    role: str


class Ladder(Dated):
    kind: str
    unassigned_after: Span
    still_after: Span
    next_rung_after: Span
    rungs: tuple[Rung, ...] = Field(min_length=1)


class Ladders(Dated):
    version: str
    valid_from: date
    source: str
    seats: tuple[Seat, ...]
    ladders: tuple[Ladder, ...]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        roles = {one.role for one in self.seats}
        for rung in (rung for one in self.ladders for rung in one.rungs):
            if rung.role not in roles or rung.office not in {"self", *OFFICES.by_code}:
                raise ValueError(f"no such seat: {rung.office}, {rung.role}")
        if not any(one.kind == "*" for one in self.ladders):
            raise ValueError("offices without a ladder of their own need the one for `*`")
        return self

    def of(self, office: str) -> Ladder:
        kind = OFFICES.kind_of(office)
        return next(one for one in self.ladders if one.kind in {kind, "*"})

    def seats_for(self, office: str) -> list[str]:
        """Codes `<office>.<role>` from the lowest rung up."""
        return [f"{office if rung.office == 'self' else rung.office}.{rung.role}" for rung in self.of(office).rungs]

    @cached_property
    def every_seat(self) -> frozenset[str]:
        return frozenset(seat for office in OFFICES.by_code for seat in self.seats_for(office))

    def name_of(self, seat: str) -> Text:
        office, _, role = seat.partition(".")
        named = next((one.name for one in self.seats if one.role == role), Text(role, role))
        place = OFFICES.by_code[office].name if office in OFFICES.by_code else Text(office, office)
        return Text(_at(named.en, place.en), _at(named.bn, place.bn))


def _at(role: str, office: str) -> str:
    return f"{role}, {office}"


def load_clocks(path: Path = CLOCKS_FILE) -> Clocks:
    """Raises `pydantic.ValidationError` for clocks that do not hold together."""
    return Clocks.read(path)


def load_ladders(path: Path = LADDERS_FILE) -> Ladders:
    """Raises `pydantic.ValidationError` for ladders that do not hold together."""
    return Ladders.read(path)


CLOCKS: Final = load_clocks()
LADDERS: Final = load_ladders()
