"""Dated data of evidence, read and judged at start-up: what an upheld complaint proves, by its category."""

from datetime import date
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, model_validator

from kit.dated import Dated

PROVES: Final = Path(__file__).parent / "data" / "complaints-2026.yaml"
Proven = Literal["above_ceiling", "above_zero", "contracts_missing", "passports_withheld"]


class Proof(Dated):
    category: str
    measures: tuple[Proven, ...] = Field(min_length=1)


class Proofs(Dated):
    version: str
    valid_from: date
    proves: tuple[Proof, ...]

    @model_validator(mode="after")
    def _each_category_once(self) -> "Proofs":
        if len({one.category for one in self.proves}) != len(self.proves):
            raise ValueError("a category stands there twice")
        return self

    def pairs(self) -> list[tuple[str, str]]:
        return [(one.category, measure) for one in self.proves for measure in one.measures]


def load(path: Path = PROVES) -> Proofs:
    """Raises `pydantic.ValidationError` for a file that does not hold together."""
    return Proofs.read(path)
