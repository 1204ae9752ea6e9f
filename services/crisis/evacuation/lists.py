"""Who goes first and to whom people are handed over, as dated data: read and judged at start-up."""

from datetime import date
from pathlib import Path
from typing import Final, Self

from pydantic import Field, model_validator

from kit.dated import Dated
from services.crisis.incidents.lists import Choice

DATA: Final = Path(__file__).parent / "data" / "evacuation.yaml"


class Reason(Choice):
    """`flag`: what a desk at home must see to at once (a code of reintegration's list)."""

    rank: int = Field(ge=1, le=8)
    flag: str | None = None


class Unit(Choice):
    code: str = Field(pattern=r"^[a-z_]{2,40}$")


class EvacuationLists(Dated):
    version: str
    since: date
    source: str = Field(min_length=1)
    illustrative: bool
    reasons: tuple[Reason, ...]
    units: tuple[Unit, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for choices in (self.reasons, self.units):
            if len({one.code for one in choices}) != len(choices):
                raise ValueError("a code stands twice")
        if not {"child", "woman"} <= {one.code for one in self.reasons}:
            raise ValueError("women and children need a rank")
        return self

    def reason(self, code: str) -> Reason:
        return next(one for one in self.reasons if one.code == code)


def load(path: Path = DATA) -> EvacuationLists:
    """Raises `pydantic.ValidationError`."""
    return EvacuationLists.read(path)
