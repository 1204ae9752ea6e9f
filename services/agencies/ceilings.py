"""What may lawfully be charged, as dated data: read and judged at start-up, asked by destination, sex, work and day."""

from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from contracts.places import COUNTRIES
from contracts.text import Text
from kit.dated import Dated

IN_FORCE: Final = Path(__file__).parent / "data" / "ceilings-2026.yaml"
EVERYWHERE: Final = "*"
POISHA: Final = 100
Sex = Literal["female", "male"]
Work = Literal["domestic", "any"]


class Ceiling(Dated):
    """`amount` in taka; nought is a zero-fee rule. `as_of`: in force on `since` at the latest, the day of its order was not found."""

    id: Annotated[str, Field(min_length=1)]
    country: str
    sex: Literal["female", "male", "any"]
    work: Work
    amount: Annotated[int, Field(ge=0)]
    since: date
    until: date | None = None
    as_of: bool = False
    source: Annotated[str, Field(min_length=1)]
    confidence: Literal["A", "B", "C", "illustrative"]

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if self.country != EVERYWHERE and self.country not in COUNTRIES:
            raise ValueError(f"{self.id}: {self.country} is no country")
        if self.until is not None and self.until < self.since:
            raise ValueError(f"{self.id} ends before it begins")
        return self

    @property
    def minor(self) -> int:
        return self.amount * POISHA

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


class Ceilings(Dated):
    version: str
    notice: Text
    entries: tuple[Ceiling, ...]

    @model_validator(mode="after")
    def _no_two_say_different_things(self) -> Self:
        seen: list[Ceiling] = []
        for one in self.entries:
            for other in seen:
                same = (one.country, one.sex, one.work) == (other.country, other.sex, other.work)
                if one.id == other.id or (same and (other.until or date.max) >= one.since and (one.until or date.max) >= other.since):
                    raise ValueError(f"{one.id} and {other.id} hold on the same days")
            seen.append(one)
        return self

    def lawful(self, country: str, sex: Sex | None, work: Work, on: date) -> Ceiling | None:
        """The entry that says most exactly what holds; None where none was found, which is not that anything may be charged."""
        fitting = [
            one
            for one in self.entries
            if one.country in {country, EVERYWHERE} and one.sex in {sex, "any"} and one.work in {work, "any"} and one.holds(on)
        ]
        return min(fitting, key=_exactness) if fitting else None


def _exactness(one: Ceiling) -> tuple[bool, bool, bool]:
    # A zero-fee rule for a kind of work holds in every country, also where a country has a ceiling for all work.
    return one.work == "any", one.country == EVERYWHERE, one.sex == "any"


def load(path: Path = IN_FORCE) -> Ceilings:
    """Raises `pydantic.ValidationError` for data that does not hold together."""
    return Ceilings.read(path)
