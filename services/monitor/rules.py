"""How evidence becomes a count per activity of the framework: by the dated map of `contracts.framework`, day by day."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts that count for one activity, and when the last of them happened (UTC)."""

    facts: int
    last_at: datetime


def evidence_by_activity(
    tallies: Iterable[tuple[str, date, int, datetime]], activities_for: Callable[[str, date], Iterable[str]]
) -> Mapping[str, Evidence]:
    """A fact counts for the activities that the map named *on its day*: a later map never rewrites what was reported."""
    found: dict[str, Evidence] = {}
    for event_type, day, facts, last_at in tallies:
        for activity in activities_for(event_type, day):
            before = found.get(activity)
            found[activity] = Evidence(facts + before.facts, max(last_at, before.last_at)) if before else Evidence(facts, last_at)
    return found
