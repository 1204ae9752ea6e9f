"""Numbers, spans of time and outcomes of the procedure, as dated data. What does not hold together stops the service."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Self, get_args

from pydantic import Field, model_validator

from contracts.text import Text
from kit.dated import Dated
from services.complaints.taxonomy import Kind

# The timer that lists what is kept longer than needed.
RETENTION: Final = "complaints.retention"
IN_FORCE: Final = Path(__file__).parent / "data" / "procedures.yaml"


class OfKind(Dated):
    decisions: tuple[str, ...]
    keep_years: int = Field(ge=1, le=100)


class Procedures(Dated):
    version: str
    valid_from: date
    source: str
    hearings_most: int = Field(ge=1, le=9)
    reopen_days: int = Field(ge=0)
    appeal_days: int = Field(ge=0)
    glass_minutes_most: int = Field(ge=1)
    colleague_days: int = Field(ge=1)
    words: Mapping[str, Text]
    kinds: Mapping[Kind, OfKind]

    @model_validator(mode="after")
    def _each_kind_and_word_is_there(self) -> Self:
        if missing := set(get_args(Kind)) - set(self.kinds):
            raise ValueError(f"no procedure for {sorted(missing)}")
        used = {code for one in self.kinds.values() for code in one.decisions}
        if used != set(self.words):
            raise ValueError(f"decisions without words, or words of none: {sorted(used ^ set(self.words))}")
        return self

    @property
    def reopen(self) -> timedelta:
        return timedelta(days=self.reopen_days)

    @property
    def appeal(self) -> timedelta:
        return timedelta(days=self.appeal_days)

    def decisions(self, kind: str) -> tuple[str, ...]:
        return next((one.decisions for name, one in self.kinds.items() if name == kind), ())

    def keep(self, kind: str) -> timedelta:
        years = next(one.keep_years for name, one in self.kinds.items() if name == kind)
        return timedelta(days=365 * years + years // 4)

    def word(self, decision: str) -> Text:
        """A code that is no longer in force reads as itself."""
        return self.words.get(decision, Text(decision, decision))


def load(path: Path = IN_FORCE) -> Procedures:
    """Raises `pydantic.ValidationError` for data that does not hold together."""
    return Procedures.read(path)


PROCEDURES: Final = load()
