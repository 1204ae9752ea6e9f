"""Which event counts as evidence for which activity, and from which day: dated data that a ministry may change without a programmer."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import combinations
from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts.framework.files import read
from contracts.framework.register import Fact, load
from contracts.text import Text

EventType = Annotated[str, Field(pattern=r"^bd\.probashi\.[a-z]+(\.[a-z]+(-[a-z]+)*){2}\.v[1-9]\d*$")]


class MapEntry(Fact):
    """Counts from `since` (included) to `until` (excluded; null: still counts). Dates are those of Bangladesh."""

    event: EventType
    activity: str
    since: date
    until: date | None = None
    reason: Text
    source: str

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)

    def overlaps(self, other: "MapEntry") -> bool:
        return self.holds(other.since) or other.holds(self.since)


class ActivityMap(Fact):
    version: int
    as_of: date
    entries: tuple[MapEntry, ...]

    def entries_for(self, event_type: str, on: date) -> tuple[MapEntry, ...]:
        return tuple(e for e in self.entries if e.event == event_type and e.holds(on))

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        faults = [*_unknown(self), *_doubled(self)]
        if faults:
            raise ValueError("; ".join(faults))
        return self


@cache
def load_map() -> ActivityMap:
    """Give the map of this release; pydantic.ValidationError names every fault."""
    return ActivityMap.model_validate(read("activity_map"))


def activities_for(event_type: str, on: date) -> tuple[str, ...]:
    """Give the activities for which such an event, on that day by Bangladesh time, is evidence: none for an unknown type."""
    return tuple(entry.activity for entry in load_map().entries_for(event_type, on))


def _unknown(activity_map: ActivityMap) -> Iterator[str]:
    known = {activity.id for activity in load().activities}
    for entry in activity_map.entries:
        if entry.activity not in known:
            yield f"{entry.event} counts for the unknown activity {entry.activity}"
        if entry.until is not None and entry.until <= entry.since:
            yield f"{entry.event} for {entry.activity} ends on {entry.until}, before it begins"


def _doubled(activity_map: ActivityMap) -> Iterator[str]:
    for one, other in combinations(activity_map.entries, 2):
        if (one.event, one.activity) == (other.event, other.activity) and one.overlaps(other):
            yield f"{one.event} would count twice for {one.activity}"
