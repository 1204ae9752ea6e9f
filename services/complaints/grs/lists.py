"""The ladder of the national GRS, as dated data, read and judged at start-up."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final, Self

from pydantic import Field, model_validator

from kit.dated import Dated
from services.complaints.offices import OFFICES

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "grs.yaml"


class _Data(Dated):
    code: str
    en: str
    bn: str


class Level(_Data):
    """`limit_days` are working days; null, and `is_sourced` false, where no source names them."""

    limit_days: int | None = Field(ge=1, le=200)
    is_sourced: bool


class Outcome(_Data):
    """After one that is no end the person may go one step up."""

    is_end: bool


class Ladder(Dated):
    version: str
    valid_from: date
    source: str
    levels: tuple[Level, ...] = Field(min_length=1)
    own: Mapping[str, Mapping[str, int]]
    outcomes: tuple[Outcome, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        codes = {one.code for one in self.levels}
        strange = [*set(self.own) - set(OFFICES.by_code), *({level for limits in self.own.values() for level in limits} - codes)]
        if strange:
            raise ValueError(f"unknown office or level: {sorted(strange)}")
        if any((one.limit_days is None) == one.is_sourced for one in self.levels):
            raise ValueError("a limit without a source, or a source without a limit")
        return self

    def limit(self, level: Level, about_office: str) -> int | None:
        """The office's own where it has one."""
        return self.own.get(about_office, {}).get(level.code, level.limit_days)

    def outcome(self, code: str) -> Outcome | None:
        return next((one for one in self.outcomes if one.code == code), None)


def load(path: Path = IN_FORCE) -> Ladder:
    """Raises `pydantic.ValidationError` for a file that cannot be relied upon."""
    return Ladder.read(path)


LADDER: Final = load()
