"""What may be owed abroad and what is done about it: dated data, judged at the start."""

from datetime import date
from pathlib import Path
from typing import Final, Self

from pydantic import model_validator

from kit.dated import Dated
from services.reintegration.claims.rules import PAID
from services.reintegration.lists import Choices, has

IN_FORCE: Final = Path(__file__).parents[1] / "data" / "claims-2026.yaml"


class ClaimLists(Dated):
    version: str
    valid_from: date
    kinds: Choices
    steps: Choices
    endings: Choices

    @model_validator(mode="after")
    def _money_can_come(self) -> Self:
        if not has(self.steps, PAID):
            raise ValueError("there is no step by which money comes")
        return self


def load(path: Path = IN_FORCE) -> ClaimLists:
    """Raises `pydantic.ValidationError`."""
    return ClaimLists.read(path)


CLAIMS: Final = load()
