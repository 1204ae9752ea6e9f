"""When complaints are a burst, as dated data: read and judged at start-up."""

from datetime import date
from pathlib import Path
from typing import Final

from pydantic import Field

from kit.dated import Dated

DATA: Final = Path(__file__).parent / "data" / "signals-2026.yaml"


class Numbers(Dated):
    version: str = Field(min_length=1)
    valid_from: date
    source: str = Field(min_length=1)
    illustrative: bool
    window_days: int = Field(ge=14, le=366)
    guard_days: int = Field(ge=0, le=14)
    windows: tuple[int, ...] = Field(min_length=1, max_length=4)
    prior_days: float = Field(gt=0)
    weekday_prior: float = Field(ge=0)
    least: int = Field(ge=2)
    false_discovery: float = Field(gt=0, lt=0.5)
    outlier: float = Field(gt=1)
    quiet_days: int = Field(ge=0)
    growth: float = Field(gt=1)
    every_minutes: int = Field(ge=1, le=1440)

    @property
    def reach_days(self) -> int:
        """How many days back anything is read."""
        return self.window_days + self.guard_days + max(self.windows)


def load(path: Path = DATA) -> Numbers:
    """Raises `pydantic.ValidationError`."""
    return Numbers.read(path)
