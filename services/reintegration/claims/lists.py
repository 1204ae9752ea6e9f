"""What may be owed abroad and what is done about it: dated data, judged at the start."""

from datetime import date
from pathlib import Path
from typing import Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from services.reintegration.claims.rules import PAID
from services.reintegration.lists import Choices, has

IN_FORCE: Final = Path(__file__).parents[1] / "data" / "claims-2026.yaml"


class ClaimLists(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

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
    return ClaimLists.model_validate(yaml.safe_load(path.read_text("utf-8")))


CLAIMS: Final = load()
