"""Distances that count as near and how many are thought to be present, as dated data: read and checked once at start."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import yaml
from pydantic import Field, TypeAdapter, model_validator

from contracts.places import CountryCode
from kit.dated import Dated

DATA: Final = Path(__file__).parent / "data" / "people.yaml"
Level = Annotated[int, Field(ge=1, le=4)]
Count = Annotated[int, Field(ge=0)]


class Near(Dated):
    source: str = Field(min_length=1)
    illustrative: bool
    by_level: Mapping[Level, Annotated[float, Field(ge=0, le=500)]]

    @model_validator(mode="after")
    def _has_every_level(self) -> Self:
        if set(self.by_level) != {1, 2, 3, 4}:
            raise ValueError("near_km is given for the levels 1 to 4")
        return self


class Present(Dated):
    """An estimate from `low` to `high`, of the year `as_of`."""

    country: CountryCode
    low: Count
    high: Count
    as_of: int
    confidence: Literal["A", "B", "C"]
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"{self.country}: the lower bound is above the upper")
        return self


class People(Dated):
    version: str
    since: date
    near_km: Near
    present: tuple[Present, ...]

    @model_validator(mode="after")
    def _one_row_a_country(self) -> Self:
        if len({one.country for one in self.present}) != len(self.present):
            raise ValueError("a country stands twice")
        return self

    def present_in(self, country: str) -> Present | None:
        return next((one for one in self.present if one.country == country), None)


def load(path: Path = DATA) -> Sequence[People]:
    """Newest first. Raises `pydantic.ValidationError`."""
    found = TypeAdapter(tuple[People, ...]).validate_python(yaml.safe_load(path.read_text("utf-8")))
    return sorted(found, key=lambda one: one.since, reverse=True)


def in_force(lists: Sequence[People], on: date) -> People:
    return next((one for one in lists if one.since <= on), lists[-1])
