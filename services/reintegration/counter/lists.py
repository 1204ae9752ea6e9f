"""What a counter counts, and which desk stands in for which district: dated data, read and judged at start-up."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from contracts.places import DistrictCode
from contracts.text import Text
from kit.dated import Dated
from services.reintegration.lists import Choices

IN_FORCE: Final = Path(__file__).parents[1] / "data" / "counter-2026.yaml"


class Cover(Dated):
    """The desk of the district `by` does the work of `district`, from the first day to the last, both included."""

    district: DistrictCode
    by: DistrictCode
    since: Annotated[date, Field(alias="from")]
    until: date
    reason: Text
    source: str

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.until < self.since:
            raise ValueError("a cover ends before it begins")
        if self.district == self.by:
            raise ValueError("a desk does not cover itself")
        return self

    def holds_on(self, today: date) -> bool:
        return self.since <= today <= self.until


class CounterLists(Dated):
    version: str
    valid_from: date
    purposes: Choices
    topics: Choices
    covers: tuple[Cover, ...]

    @model_validator(mode="after")
    def _codes_are_single(self) -> Self:
        for choices in (self.purposes, self.topics):
            if len({one.code for one in choices}) != len(choices):
                raise ValueError("a code stands twice in one list")
        return self

    def covered_by(self, districts: Iterable[str], today: date) -> tuple[Cover, ...]:
        """What desks of `districts` do beside their own on that day of Dhaka. A cover is not passed on to a third desk."""
        own = set(districts)
        return tuple(one for one in self.covers if one.by in own and one.holds_on(today))


def load(path: Path = IN_FORCE) -> CounterLists:
    """Raises `pydantic.ValidationError`."""
    return CounterLists.read(path)


COUNTER: Final = load()
