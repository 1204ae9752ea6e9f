"""The matrix by which warnings are weighed, as dated data: read and checked once at start."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product
from pathlib import Path
from typing import Annotated, Final, Self

import yaml
from pydantic import Field, TypeAdapter, model_validator

from contracts.crisis import Certainty, Severity, Urgency
from kit.dated import Dated

DATA: Final = Path(__file__).parent / "data" / "matrix.yaml"
Level = Annotated[int, Field(ge=0, le=4)]


class Moment(Dated):
    id: str
    urgency: frozenset[Urgency]
    certainty: frozenset[Certainty]
    levels: Mapping[Severity, Level]

    @model_validator(mode="after")
    def _weighs_every_severity(self) -> Self:
        if missing := set(Severity) - self.levels.keys():
            raise ValueError(f"{self.id} has no level for {sorted(missing)}")
        return self


class People(Dated):
    """How many registered people inside of a warning's area raise its level by one, and which of them do by being there at all."""

    inside: int = Field(ge=1)
    vulnerable: frozenset[str] = Field(min_length=1)


class Matrix(Dated):
    version: str
    since: date
    source: str = Field(min_length=1)
    illustrative: bool
    moments: tuple[Moment, ...]
    veto_minutes: Mapping[Level, Annotated[int, Field(ge=1, le=60)]]
    drill_words: tuple[str, ...] = Field(min_length=1)
    ending_words: tuple[str, ...] = ()
    people: People | None = None

    @model_validator(mode="after")
    def _answers_every_combination(self) -> Self:
        for urgency, certainty in product(Urgency, Certainty):
            if self.find(urgency, certainty) is None:
                raise ValueError(f"nothing is said of {urgency} and {certainty}")
        return self

    def find(self, urgency: Urgency, certainty: Certainty) -> Moment | None:
        return next((one for one in self.moments if urgency in one.urgency and certainty in one.certainty), None)

    def moment(self, urgency: Urgency, certainty: Certainty) -> Moment:
        """Checked at start: there is one for each."""
        return next(one for one in self.moments if urgency in one.urgency and certainty in one.certainty)


def load(path: Path = DATA) -> Sequence[Matrix]:
    """Newest first. Raises `pydantic.ValidationError`."""
    found = TypeAdapter(tuple[Matrix, ...]).validate_python(yaml.safe_load(path.read_text("utf-8")))
    return sorted(found, key=lambda one: one.since, reverse=True)


def in_force(matrices: Sequence[Matrix], on: date) -> Matrix:
    """The oldest where none was in force yet: a warning is never left unweighed."""
    return next((one for one in matrices if one.since <= on), matrices[-1])
