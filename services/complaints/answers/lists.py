"""How long a respondent has to answer, as dated data, read and judged at start-up."""

from datetime import date
from pathlib import Path
from typing import Final

from pydantic import Field

from kit.dated import Dated

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "answers.yaml"


class Stand(Dated):
    code: str
    en: str
    bn: str


class Lists(Dated):
    version: str
    valid_from: date
    source: str
    answer_working_days: int = Field(ge=1, le=60)
    most_extra_days: int = Field(ge=0, le=90)
    stands: tuple[Stand, ...] = Field(min_length=1)


def load(path: Path = IN_FORCE) -> Lists:
    """Raises `pydantic.ValidationError` for a file that cannot be relied upon."""
    return Lists.read(path)


LISTS: Final = load()
