"""Whom an alarm pages, as dated data: judged at the start."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.crisis.paging.rules import Party, Who

IN_FORCE: Final = Path(__file__).parent / "data" / "escalation.yaml"
LEVELS: Final = range(5)
Minutes = Annotated[int, Field(ge=1, le=1440)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Data):
    who: Who
    wait_minutes: Minutes


class Policy(_Data):
    levels: frozenset[int] = Field(min_length=1)
    steps: tuple[Step, ...] = Field(min_length=1)
    loop_minutes: Minutes
    needs: frozenset[Party] = Field(min_length=1)

    @model_validator(mode="after")
    def _ends_at_dhaka(self) -> Self:
        if self.steps[-1].who is not Who.DHAKA:
            raise ValueError("the last step is Dhaka's: an alarm that nobody takes must not end elsewhere")
        return self


class Escalation(_Data):
    version: str
    valid_from: date
    source: str
    illustrative: bool
    policies: tuple[Policy, ...]

    @model_validator(mode="after")
    def _each_level_once(self) -> Self:
        if Counter(level for one in self.policies for level in one.levels) != Counter(LEVELS):
            raise ValueError("each level from 0 to 4 has one policy")
        return self

    def of(self, level: int) -> Policy:
        return next(one for one in self.policies if level in one.levels)


def load(path: Path = IN_FORCE) -> Escalation:
    """Raises `pydantic.ValidationError`."""
    return Escalation.model_validate(yaml.safe_load(path.read_text("utf-8")))
