"""What an incident chooses from: dangers, the ten sectors with their tasks, what is counted. Dated data, read and judged at start-up."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from contracts.text import Text
from kit import dated
from kit.dated import Dated

DATA: Final = Path(__file__).parent / "data" / "incidents.yaml"
Phase = Literal["before", "during", "after"]
TEN: Final = 10


class Choice(dated.Choice):
    code: str = Field(pattern=r"^[a-z-]{2,40}$")


class Item(Choice):
    sector: str
    phase: Phase
    hours: int = Field(ge=1, le=720)


class Counted(Choice):
    kind: Literal["people", "capacity", "money"]


class Lists(Dated):
    version: str
    since: date
    source: str = Field(min_length=1)
    illustrative: bool
    access_days: int = Field(ge=1, le=90)
    answer_hours: int = Field(ge=1, le=240)
    orphan_days: int = Field(ge=1, le=30)
    hazards: tuple[Choice, ...]
    sectors: tuple[Choice, ...]
    items: tuple[Item, ...]
    counts: tuple[Counted, ...]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for name in ("hazards", "sectors", "items", "counts"):
            codes = [one.code for one in getattr(self, name)]
            if len(set(codes)) != len(codes):
                raise ValueError(f"a code stands twice in {name}")
        if {one.sector for one in self.items} != {one.code for one in self.sectors} or len(self.sectors) != TEN:
            raise ValueError("each of the ten sectors has a task, and no other")
        return self

    def hazard(self, code: str) -> Text:
        return found(self.hazards, code).words

    def sector(self, code: str) -> Text:
        return found(self.sectors, code).words

    def item(self, code: str) -> Item:
        return next(one for one in self.items if one.code == code)

    def counted(self, code: str) -> Counted:
        return next(one for one in self.counts if one.code == code)


def found(choices: Iterable[Choice], code: str) -> Choice:
    return next(one for one in choices if one.code == code)


def has(choices: Iterable[dated.Choice], code: str) -> bool:
    return any(one.code == code for one in choices)


def load(path: Path = DATA) -> Lists:
    """Raises `pydantic.ValidationError`."""
    return Lists.read(path)
