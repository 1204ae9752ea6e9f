"""The rules by which two complaints may be one, as dated data, read and judged at start-up."""

from datetime import date
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from kit.dated import Dated

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "duplicates.yaml"


class Reason(Dated):
    code: str
    en: str
    bn: str


class Rule(Reason):
    strength: Literal["likely", "possible"]
    person: Literal["phone", "name", "either"]
    respondent: Literal["same", "same_or_unnamed", "any"]
    issue: Literal["same", "any"]
    days: int = Field(ge=1, le=400)
    same_country: bool = False


class Lists(Dated):
    version: str
    valid_from: date
    source: str
    most_per_complaint: int = Field(ge=1, le=50)
    rules: tuple[Rule, ...] = Field(min_length=1)
    verdict_reasons: tuple[Reason, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        for listed in (self.rules, self.verdict_reasons):
            if len({one.code for one in listed}) != len(listed):
                raise ValueError("a code stands twice")
        return self

    @property
    def window(self) -> int:
        """Days beyond which no rule looks."""
        return max(one.days for one in self.rules)

    def rule(self, code: str) -> Rule | None:
        return next((one for one in self.rules if one.code == code), None)


def load(path: Path = IN_FORCE) -> Lists:
    """Raises `pydantic.ValidationError` for a file that cannot be relied upon."""
    return Lists.read(path)


LISTS: Final = load()
