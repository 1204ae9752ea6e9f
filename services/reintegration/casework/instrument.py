"""The questions by which a case worker sees how somebody stands, and how a case goes: dated data, read and judged at start-up."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from kit.dated import Choice, Dated
from services.reintegration.casework.rules import DimensionResult, result
from services.reintegration.lists import Choices

DATA: Final = Path(__file__).parents[1] / "data"


class Answer(Dated):
    value: int = Field(ge=0)
    en: str
    bn: str


class Dimension(Dated):
    code: Literal["economic", "social", "psychosocial"]
    en: str
    bn: str
    items: tuple[Choice, ...]


class Instrument(Dated):
    version: str
    valid_from: date
    least_answered: int = Field(ge=1)
    answers: tuple[Answer, ...]
    dimensions: tuple[Dimension, ...]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        items = [item.code for dimension in self.dimensions for item in dimension.items]
        if len(set(items)) != len(items):
            raise ValueError("a question stands twice")
        if [one.code for one in self.dimensions] != ["economic", "social", "psychosocial"]:
            raise ValueError("the three dimensions are economic, social, psychosocial")
        if [one.value for one in self.answers] != list(range(len(self.answers))):
            raise ValueError("answers count 0, 1, 2 …")
        return self

    @property
    def questions(self) -> frozenset[str]:
        return frozenset(item.code for dimension in self.dimensions for item in dimension.items)

    @property
    def most(self) -> int:
        return len(self.answers) - 1

    def results(self, answers: Mapping[str, int]) -> list[DimensionResult]:
        """One for each dimension, in their order."""
        return [
            result(one.code, [item.code for item in one.items], answers, most=self.most, least_answered=self.least_answered)
            for one in self.dimensions
        ]


class Procedure(Dated):
    version: str
    valid_from: date
    review_months: tuple[int, ...]
    closing_reasons: Choices
    consent_ways: Choices
    relations: Choices
    schooling: Choices
    child_protection: Choices

    @model_validator(mode="after")
    def _reviews_go_forward(self) -> Self:
        if list(self.review_months) != sorted(set(self.review_months)) or min(self.review_months, default=1) < 1:
            raise ValueError("review_months must rise, beginning after the plan")
        return self


def load_instrument(path: Path = DATA / "instrument-2026.yaml") -> Instrument:
    """Raises `pydantic.ValidationError`."""
    return Instrument.read(path)


def load_procedure(path: Path = DATA / "casework-2026.yaml") -> Procedure:
    """Raises `pydantic.ValidationError`."""
    return Procedure.read(path)


INSTRUMENT: Final = load_instrument()
PROCEDURE: Final = load_procedure()
