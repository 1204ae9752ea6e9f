"""The periods of the process as dated data, read and judged at start-up."""

from datetime import date
from pathlib import Path
from typing import Final

from pydantic import Field

from contracts.text import Text
from kit.dated import Dated

IN_FORCE: Final = Path(__file__).parent / "data" / "process-2026.yaml"


class Periods(Dated):
    """Days of the calendar, counted from the day after."""

    version: str
    valid_from: date
    reply_days: int = Field(ge=1, le=365)
    review_ask_days: int = Field(ge=1, le=365)
    review_decide_days: int = Field(ge=1, le=365)
    review_office: str = Field(min_length=1)
    source: str = Field(min_length=1)
    notice: Text


def load(path: Path = IN_FORCE) -> Periods:
    """Raises `pydantic.ValidationError` for a file that does not hold together."""
    return Periods.read(path)


PERIODS: Final = load()
