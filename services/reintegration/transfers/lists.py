"""Why a case is passed on or not taken, and how long an office has to answer: dated data, judged at the start."""

from datetime import date
from pathlib import Path
from typing import Final

from pydantic import Field

from kit.dated import Dated
from services.reintegration.lists import Choices

IN_FORCE: Final = Path(__file__).parents[1] / "data" / "transfers-2026.yaml"


class TransferLists(Dated):
    version: str
    valid_from: date
    accept_within_days: int = Field(ge=1, le=60)
    reasons: Choices
    decline_codes: Choices


def load(path: Path = IN_FORCE) -> TransferLists:
    """Raises `pydantic.ValidationError`."""
    return TransferLists.read(path)


TRANSFERS: Final = load()
