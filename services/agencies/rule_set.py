"""A rule set as dated data: what it holds, and what must be true of it. A file that does not hold stops the service at its start."""

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.text import Text

IN_FORCE: Final = Path(__file__).parent / "data" / "rules-illustrative-2026.yaml"
FULL: Final = 100
GATES: Final = frozenset({"licence_in_force", "not_suspended", "not_cancelled"})
Words = Annotated[str, Field(min_length=1)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class GateRule(_Data):
    code: str
    en: Words
    bn: Words
    unmet_en: Words
    unmet_bn: Words
    source: Words

    def words(self, *, met: bool) -> Text:
        return Text(self.en, self.bn) if met else Text(self.unmet_en, self.unmet_bn)


class Prior(_Data):
    workers: int = Field(ge=1)
    complaints_per_1000: float = Field(gt=0)


class Measure(_Data):
    """`best` and lower earns all of `weight`, `worst` and higher none of it."""

    code: Literal["complaints_per_1000"]
    weight: int = Field(ge=1, le=FULL)
    best: float = Field(ge=0)
    worst: float
    en: Words
    bn: Words
    principle: Words

    @model_validator(mode="after")
    def _best_is_below_worst(self) -> Self:
        if self.best >= self.worst:
            raise ValueError(f"{self.code}: best must lie below worst")
        return self


class Band(_Data):
    class_: Literal["A", "B", "C", "D"] = Field(alias="class")
    from_points: int = Field(ge=0, le=FULL)
    en: Words
    bn: Words


class RuleSet(_Data):
    name: Words
    version: Words
    valid_from: date
    notice: Text
    source: Words
    period_days: int = Field(ge=1, le=3660)
    gates: tuple[GateRule, ...]
    minimum_deployed: int = Field(ge=1)
    prior: Prior
    measures: tuple[Measure, ...] = Field(min_length=1)
    bands: tuple[Band, ...]
    suppress_below: int = Field(ge=1)

    @model_validator(mode="after")
    def _weights_add_up(self) -> Self:
        if (total := sum(measure.weight for measure in self.measures)) != FULL:
            raise ValueError(f"the weights of the measures add up to {total}, not to {FULL}")
        return self

    @model_validator(mode="after")
    def _gates_are_those_known(self) -> Self:
        if len(self.gates) != len(GATES) or {gate.code for gate in self.gates} != GATES:
            raise ValueError(f"each of these gates must stand there once: {sorted(GATES)}")
        return self

    @model_validator(mode="after")
    def _bands_go_down_to_nothing(self) -> Self:
        if [band.class_ for band in self.bands] != ["A", "B", "C", "D"]:
            raise ValueError("the bands are A, B, C and D, best first")
        if self.bands[-1].from_points != 0 or any(one.from_points <= below.from_points for one, below in pairwise(self.bands)):
            raise ValueError("each band begins at fewer points than the one above it, and the last at 0")
        return self

    def band_of(self, points: int) -> Band:
        return next(band for band in self.bands if points >= band.from_points)

    def band_above(self, band: Band) -> Band | None:
        place = self.bands.index(band)
        return self.bands[place - 1] if place else None


def load(path: Path = IN_FORCE) -> RuleSet:
    """Raises `pydantic.ValidationError` for a rule set that does not hold together."""
    return RuleSet.model_validate(yaml.safe_load(path.read_text("utf-8")))
