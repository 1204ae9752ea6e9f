"""How the framework is laid out on a page: goals hold indicators, indicators hold activities, each with what was reported for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

Activity = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Indicator:
    id: str
    title: Mapping[str, str]
    activities: Sequence[Activity]


@dataclass(frozen=True, slots=True)
class Goal:
    """`evidenced` counts its activities for which services counted anything; `evidence` what they counted.

    `claimed`: leads say that something was done, and nothing was counted; `borne_out`: both; `overdue`: time is over, not done.
    """

    id: str
    title: Mapping[str, str]
    indicators: Sequence[Indicator]
    activities: int
    evidenced: int
    evidence: int
    claimed: int
    borne_out: int
    overdue: int


def by_goal(activities: Iterable[Activity]) -> list[Goal]:
    """Keeps the order within each goal and indicator; goals and indicators in the order of their numbers."""
    ordered = sorted(activities, key=lambda one: (one["goal"], _number(one["indicator"])))
    return [_goal(list(group)) for _, group in groupby(ordered, key=lambda one: one["goal"])]


def _goal(activities: Sequence[Activity]) -> Goal:
    first = activities[0]
    groups = [list(group) for _, group in groupby(activities, key=lambda one: one["indicator"])]
    indicators = [Indicator(group[0]["indicator"], group[0]["indicator_title"], group) for group in groups]
    counts = [one["evidence"] for one in activities]
    standings = [one["progress"]["standing"] for one in activities]
    return Goal(
        id=first["goal"],
        title=first["goal_title"],
        indicators=indicators,
        activities=len(counts),
        evidenced=sum(count > 0 for count in counts),
        evidence=sum(counts),
        claimed=standings.count("claimed"),
        borne_out=standings.count("claimed_with_evidence"),
        overdue=sum(one["progress"]["overdue"] for one in activities),
    )


def _number(code: str) -> tuple[int, ...]:
    """`2.10` after `2.9`."""
    return tuple(int(part) for part in code.split(".") if part.isdigit())
