"""For which quarters committees are returned, as dated data, read and judged at start-up."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from contracts.framework.register import load as register
from kit.dated import Dated
from kit.quarters import PATTERN

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "committees.yaml"


class Committees(Dated):
    version: int = Field(ge=1)
    valid_from: date
    label: Literal["illustrative", "ordered"]
    source: str
    activity: str
    first_quarter: str = Field(pattern=PATTERN)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.activity not in {one.id for one in register().activities}:
            raise ValueError(f"the unknown activity {self.activity}")
        return self


@cache
def load() -> Committees:
    """Raises pydantic.ValidationError, which names every fault."""
    return Committees.read(IN_FORCE)
