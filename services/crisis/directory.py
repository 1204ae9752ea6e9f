"""The dated data of this service: missions and the countries they answer for, senders of warnings, codes and names of countries.

Read and checked once at start: a fault in a file stops the service there, and not in the night of a crisis.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from contracts.places import CountryCode
from contracts.text import Text
from kit.dated import Dated

DATA: Final = Path(__file__).parent / "data"
_NOT_ALPHANUMERIC: Final = re.compile(r"[^a-z0-9*]")


class Mission(Dated):
    """`illustrative`: configuration without a source. `as_of`: the year that the source speaks of."""

    code: str = Field(pattern=r"^[A-Z-]{3,40}$")
    name: Text
    seat: CountryCode
    source: str = Field(min_length=1)
    as_of: int | None = None
    confidence: Literal["A", "B", "C", "U"]
    illustrative: bool = False

    @model_validator(mode="after")
    def _unsourced_is_labelled(self) -> Self:
        if self.confidence == "U" and not self.illustrative:
            raise ValueError(f"{self.code} has no source and is not labelled illustrative")
        return self


class Coverage(Dated):
    country: CountryCode
    mission: str
    since: date
    until: date | None = None
    basis: str
    illustrative: bool = False

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)


class Missions(Dated):
    version: str
    valid_from: date
    fallback: str
    second_fallback: str
    missions: tuple[Mission, ...]
    coverage: tuple[Coverage, ...]
    fallbacks: tuple[Coverage, ...] = ()

    @cached_property
    def by_code(self) -> Mapping[str, Mission]:
        return {mission.code: mission for mission in self.missions}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(self.by_code) != len(self.missions):
            raise ValueError("a mission's code stands twice")
        named = {self.fallback, self.second_fallback, *(row.mission for row in (*self.coverage, *self.fallbacks))}
        if unknown := named - self.by_code.keys():
            raise ValueError(f"no such mission: {sorted(unknown)}")
        if self.fallback == self.second_fallback:
            raise ValueError("the fallback would stand in for itself")
        for row in self.fallbacks:
            if self.responsible(row.country, row.since).code == row.mission:
                raise ValueError(f"{row.mission} would stand in for itself in {row.country}")
        for row in self.coverage:
            if sum(other.country == row.country and other.holds(row.since) for other in self.coverage) > 1:
                raise ValueError(f"two missions answer for {row.country} on {row.since}")
        return self

    def responsible(self, country: str, on: date) -> Mission:
        """The one mission that answers for a country; the control room in Dhaka where no row names it, so that no warning is nobody's."""
        row = self.row(country, on)
        return self.by_code[row.mission if row else self.fallback]

    def stand_in(self, country: str, on: date) -> Mission:
        """Who answers where the responsible mission does not: never that one itself."""
        named = next((row.mission for row in self.fallbacks if row.country == country and row.holds(on)), self.fallback)
        return self.by_code[self.second_fallback if named == self.responsible(country, on).code else named]

    def countries_of(self, code: str, on: date) -> list[str]:
        """Those whose row names the mission; for the fallback of the directory none: it answers for all that no row names."""
        return sorted(row.country for row in self.coverage if row.mission == code and row.holds(on))

    def row(self, country: str, on: date) -> Coverage | None:
        return next((row for row in self.coverage if row.country == country and row.holds(on)), None)

    def is_illustrative(self, code: str, countries: Iterable[str], on: date) -> bool:
        """Whether the mission itself, or that it answers for one of these countries, is configuration without a source."""
        mission = self.by_code.get(code)
        return mission is None or mission.illustrative or any(row.illustrative for one in countries if (row := self.row(one, on)))

    def name_of(self, code: str) -> Text:
        """Its code where the mission is no longer in the directory: old warnings still name it."""
        mission = self.by_code.get(code)
        return mission.name if mission else Text(code, code)


class Source(Dated):
    code: str
    authority: Text
    senders: tuple[str, ...] = Field(min_length=1)
    jurisdiction: tuple[CountryCode, ...]
    clock_skew_minutes: int | None = Field(default=None, ge=0, le=180)
    source: str
    confidence: Literal["A", "B", "C"]

    def is_sender(self, sender: str) -> bool:
        return any(fnmatchcase(sender.lower(), pattern.lower()) for pattern in self.senders)


class GeocodeScheme(Dated):
    names: tuple[str, ...] = Field(min_length=1)
    reading: Literal["country", "prefix", "fixed"]
    country: CountryCode | None = None

    @model_validator(mode="after")
    def _fixed_names_its_country(self) -> Self:
        if (self.reading == "fixed") != (self.country is not None):
            raise ValueError(f"{self.names}: `country` goes with the reading `fixed`, and only with it")
        return self

    def is_named(self, name: str) -> bool:
        plain = _NOT_ALPHANUMERIC.sub("", name.lower().replace("*", ""))
        return any(fnmatchcase(plain, _NOT_ALPHANUMERIC.sub("", known.lower())) for known in self.names)


class Sources(Dated):
    version: str
    clock_skew_minutes: int = Field(ge=0, le=60)
    sources: tuple[Source, ...]
    geocodes: tuple[GeocodeScheme, ...]
    names: Mapping[str, CountryCode | None]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        if len({source.code for source in self.sources}) != len(self.sources):
            raise ValueError("a source's code stands twice")
        return self

    def source_of(self, sender: str) -> Source | None:
        return next((source for source in self.sources if source.is_sender(sender)), None)

    def skew_minutes(self, sender: str) -> int:
        source = self.source_of(sender)
        own = source.clock_skew_minutes if source else None
        return self.clock_skew_minutes if own is None else own


@dataclass(frozen=True, slots=True)
class Directory:
    missions: Missions
    sources: Sources


def load(folder: Path = DATA) -> Directory:
    """Raises `pydantic.ValidationError` for data that does not hold together."""
    return Directory(
        Missions.read(folder / "missions.yaml"),
        Sources.read(folder / "sources.yaml"),
    )
