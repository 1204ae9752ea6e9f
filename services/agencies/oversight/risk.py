"""What makes an agency urgent to look at, as dated data, read and judged at start-up."""

from datetime import date
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from contracts.text import Text
from kit.dated import Dated

IN_FORCE: Final = Path(__file__).parent / "data" / "risk-2026.yaml"
Code = Literal[
    "gate_not_met", "class_d", "complaints_unknown", "not_inspected", "passports_withheld", "orders_unpaid", "changed_down", "large"
]


class Factor(Dated):
    """`at_least`: workers, for the factor that needs a number."""

    code: Code
    points: int = Field(ge=1, le=100)
    en: str = Field(min_length=1)
    bn: str = Field(min_length=1)
    at_least: int | None = None

    @property
    def words(self) -> Text:
        return Text(self.en, self.bn)


class Risks(Dated):
    version: str
    valid_from: date
    source: str = Field(min_length=1)
    renewal_days: int = Field(ge=1, le=365)
    factors: tuple[Factor, ...] = Field(min_length=1)
    watch: tuple[Code, ...]

    @model_validator(mode="after")
    def _each_once_and_known(self) -> Self:
        codes = [factor.code for factor in self.factors]
        if len(set(codes)) != len(codes) or not set(self.watch) <= set(codes):
            raise ValueError("a factor stands there twice, or is watched and not known")
        return self


def load(path: Path = IN_FORCE) -> Risks:
    """Raises `pydantic.ValidationError` for a file that does not hold together."""
    return Risks.read(path)


RISKS: Final = load()
