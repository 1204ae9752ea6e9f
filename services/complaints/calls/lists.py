"""The call centre's dated data: limits, clocks of the world, the script for danger, the items of a review. Judged at the start."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Final, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from contracts.text import Text
from kit.dated import Dated

DATA: Final = Path(__file__).parent / "data"


class _Dated(Dated):
    version: str
    valid_from: date
    source: str


class Desk(_Dated):
    """Minutes and hours of the desk. `zones`: the clock by which somebody with a number of that country is called."""

    settle_seconds: int = Field(ge=1, le=600)
    silent_minutes: int = Field(ge=1, le=240)
    restricted_hint_minutes: int = Field(ge=1, le=240)
    shift_hours_most: int = Field(ge=1, le=16)
    shift_grace_minutes: int = Field(ge=1, le=240)
    accept_minutes: int = Field(ge=1, le=240)
    waking_from: time
    waking_until: time
    call_within_minutes: Mapping[int, int]
    home_zone: str
    zones: Mapping[str, str]
    script: tuple[Text, ...]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if set(self.call_within_minutes) != {1, 2, 3}:
            raise ValueError("call_within_minutes names the priorities 1, 2 and 3")
        if self.waking_from >= self.waking_until:
            raise ValueError("the waking hours end before they begin")
        for name in (self.home_zone, *self.zones.values()):
            ZoneInfo(name)
        return self

    def zone_of(self, country: str | None) -> ZoneInfo:
        return ZoneInfo(self.zones.get(country or "", self.home_zone))

    def within(self, priority: int) -> timedelta:
        return timedelta(minutes=self.call_within_minutes[priority])


class ReviewItem(Dated):
    code: str
    ask: Text


class Review(_Dated):
    """Five items, as a supervisor can keep in mind while listening; each met, partly, not, or not to be judged."""

    illustrative: bool
    items: tuple[ReviewItem, ...] = Field(min_length=5, max_length=5)


def load_desk(path: Path = DATA / "desk.yaml") -> Desk:
    """Raises `pydantic.ValidationError`, or `ZoneInfoNotFoundError` for a clock that nobody keeps."""
    return Desk.read(path)


def load_review(path: Path = DATA / "review.yaml") -> Review:
    """Raises `pydantic.ValidationError`."""
    return Review.read(path)


DESK: Final = load_desk()
REVIEW: Final = load_review()
