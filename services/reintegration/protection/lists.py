"""What to look for, what may be found and what help is followed in a protected case: dated data, judged at the start."""

from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from kit.dated import Choice, Dated
from services.reintegration.lists import Choices

IN_FORCE: Final = Path(__file__).parents[1] / "data" / "protection-2026.yaml"


class Indicator(Choice):
    group: str


class Area(Choice):
    """`consent`: a step in it begins only once the person agreed to the protected case."""

    consent: bool


class Kind(Choice):
    area: str


class Emergency(Dated):
    """For how long a case may be opened from outside, and within how many days two people judge it."""

    minutes_most: int = Field(ge=5, le=24 * 60)
    review_within_days: int = Field(ge=1, le=30)


class ProtectionLists(Dated):
    version: str
    valid_from: date
    source: str
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]
    groups: Choices
    findings: Choices
    forms: Choices
    testimony: Choices
    trainings: Choices
    areas: Annotated[tuple[Area, ...], Field(min_length=1)]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    closing_reasons: Choices
    emergency: Emergency

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        named = (self.indicators, self.groups, self.findings, self.forms, self.testimony, self.trainings, self.areas, self.kinds)
        for choices in (*named, self.closing_reasons):
            if len({one.code for one in choices}) != len(choices):
                raise ValueError("a code stands twice in one list")
        if {one.group for one in self.indicators} - {one.code for one in self.groups}:
            raise ValueError("an indicator stands in no group")
        if {one.area for one in self.kinds} != {one.code for one in self.areas}:
            raise ValueError("each area has steps, and each step an area")
        return self

    def kind(self, code: str) -> Kind:
        """Of a code that is in the list."""
        return next(one for one in self.kinds if one.code == code)

    def area(self, code: str) -> Area:
        """Of a code that is in the list."""
        return next(one for one in self.areas if one.code == code)


def load(path: Path = IN_FORCE) -> ProtectionLists:
    """Raises `pydantic.ValidationError`."""
    return ProtectionLists.read(path)


PROTECTION: Final = load()
