"""Periods of retention as dated data. A class without a period, or one of nothing, stops the service."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from kit.dated import Dated
from services.complaints.retention.rules import CLASSES
from services.complaints.taxonomy import Kind

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "retention.yaml"
Years = Annotated[int, Field(ge=1, le=100)]


class Period(Dated):
    years: Years
    kinds: Mapping[Kind, Years] = {}


class Periods(Dated):
    version: str
    valid_from: date
    source: str
    orphan_days: int = Field(ge=1, le=30)
    years: Mapping[str, Period]

    @model_validator(mode="after")
    def _of_each_class(self) -> Self:
        if differ := set(self.years) ^ set(CLASSES):
            raise ValueError(f"a period for each class and for no other: {sorted(differ)}")
        return self

    def of(self, name: str, kind: str) -> int:
        period = self.years[name]
        return next((years for code, years in period.kinds.items() if code == kind), period.years)

    def shortest(self, name: str) -> int:
        return min([self.years[name].years, *self.years[name].kinds.values()])


def load(path: Path = IN_FORCE) -> Periods:
    """Raises `pydantic.ValidationError` for a file that cannot be relied upon."""
    return Periods.read(path)


PERIODS: Final = load()
