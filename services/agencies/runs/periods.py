"""The periods of the process as dated data, read and judged at start-up."""

from datetime import date
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, Field

from contracts.text import Text

IN_FORCE: Final = Path(__file__).parent / "data" / "process-2026.yaml"


class Periods(BaseModel):
    """Days of the calendar, counted from the day after."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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
    return Periods.model_validate(yaml.safe_load(path.read_text("utf-8")))


PERIODS: Final = load()
