"""When figures are divided in public, as dated data, read and judged at start-up."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from kit.dated import Dated

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "publication.yaml"


class Publication(Dated):
    """`cut_off_days` after the end of a quarter its divisions are fixed."""

    version: int
    valid_from: date
    label: Literal["illustrative", "ordered"]
    source: str
    cut_off_days: int = Field(ge=0, le=366)


@cache
def load() -> Publication:
    """Raises pydantic.ValidationError, which names every fault."""
    return Publication.read(IN_FORCE)
