"""The framework's register: goals, indicators, sub-indicators, activities, who answers for them and by when.

The titles are this project's own words. What the printed tables leave open is marked `judged`, never passed off as certain.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache, cached_property
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from contracts.framework.files import read
from contracts.text import Text

Horizon = Literal["short", "medium", "long"]
Cell = Literal["sub_indicators", "lead", "co_lead", "timeline"]
Baseline = Literal["in_place", "partial", "none"]
SystemRole = Literal["direct", "evidence", "none"]


class Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(Fact):
    id: str
    title: Text


class Goal(Entry):
    kind: Literal["principle", "objective"]


class Indicator(Entry):
    @property
    def goal(self) -> str:
        return _first(self.id, 1)


class SubIndicator(Entry):
    """`baseline` is a reader's judgement of how things stood in `Source.baseline_year`."""

    baseline: Baseline

    @property
    def indicator(self) -> str:
        return _first(self.id, 2)


class Activity(Entry):
    """`system` says what software can do about it; `akin` lists activities that the document words alike."""

    sub_indicators: tuple[str, ...]
    lead: tuple[str, ...]
    co_lead: tuple[str, ...]
    timeline: Horizon
    judged: tuple[Cell, ...]
    system: SystemRole
    akin: tuple[str, ...] = ()

    @property
    def goal(self) -> str:
        return _first(self.id, 1)

    @property
    def indicator(self) -> str:
        return _first(self.id, 2)

    @property
    def confidence(self) -> Literal["sure", "judged"]:
        return "judged" if self.judged else "sure"


class Actor(Fact):
    """A body, by the document's abbreviation and under its name of 2018."""

    id: str
    name: Text


class Timeline(Entry):
    """Years are counted from the framework's adoption, both ends included."""

    id: Horizon
    from_year: int
    to_year: int


class Count(Fact):
    claimed: int
    found: int


class Counts(Fact):
    """What the document says that it holds, beside what stands in its tables."""

    goals: Count
    indicators: Count
    sub_indicators: Count
    activities: Count


class Source(Fact):
    title: Text
    publisher: Text
    baseline_year: int
    note: Text


class GoalLinks(Fact):
    """What a goal answers elsewhere: objectives and paragraphs of the Global Compact for Migration, aims of IOM's MCOF."""

    goal: str
    gcm_objectives: tuple[str, ...]
    gcm_paragraphs: tuple[str, ...]
    mcof_goals: tuple[str, ...]
    judged: bool


class Crosswalk(Fact):
    gcm_objectives: tuple[Entry, ...]
    mcof_goals: tuple[Entry, ...]
    goals: tuple[GoalLinks, ...]


class Register(Fact):
    """Everything by its id; a look-up of an unknown id raises KeyError."""

    version: int
    as_of: date
    source: Source
    counts: Counts
    timelines: tuple[Timeline, ...]
    goals: tuple[Goal, ...]
    indicators: tuple[Indicator, ...]
    sub_indicators: tuple[SubIndicator, ...]
    activities: tuple[Activity, ...]
    actors: tuple[Actor, ...]
    crosswalk: Crosswalk

    def goal(self, goal_id: str) -> Goal:
        return self._goals[goal_id]

    def indicator(self, indicator_id: str) -> Indicator:
        return self._indicators[indicator_id]

    def sub_indicator(self, sub_indicator_id: str) -> SubIndicator:
        return self._sub_indicators[sub_indicator_id]

    def activity(self, activity_id: str) -> Activity:
        return self._activities[activity_id]

    def actor(self, abbreviation: str) -> Actor:
        return self._actors[abbreviation]

    def timeline(self, horizon: Horizon) -> Timeline:
        return self._timelines[horizon]

    def links(self, goal_id: str) -> GoalLinks:
        return self._links[goal_id]

    def indicators_of(self, goal_id: str) -> tuple[Indicator, ...]:
        return tuple(i for i in self.indicators if i.goal == goal_id)

    def sub_indicators_of(self, indicator_id: str) -> tuple[SubIndicator, ...]:
        return tuple(s for s in self.sub_indicators if s.indicator == indicator_id)

    def activities_of(self, parent_id: str) -> tuple[Activity, ...]:
        """Activities under a goal, an indicator or a sub-indicator; one activity may serve several sub-indicators."""
        return tuple(a for a in self.activities if parent_id in (a.goal, a.indicator, *a.sub_indicators))

    @cached_property
    def _goals(self) -> dict[str, Goal]:
        return {g.id: g for g in self.goals}

    @cached_property
    def _indicators(self) -> dict[str, Indicator]:
        return {i.id: i for i in self.indicators}

    @cached_property
    def _sub_indicators(self) -> dict[str, SubIndicator]:
        return {s.id: s for s in self.sub_indicators}

    @cached_property
    def _activities(self) -> dict[str, Activity]:
        return {a.id: a for a in self.activities}

    @cached_property
    def _actors(self) -> dict[str, Actor]:
        return {a.id: a for a in self.actors}

    @cached_property
    def _timelines(self) -> dict[str, Timeline]:
        return {t.id: t for t in self.timelines}

    @cached_property
    def _links(self) -> dict[str, GoalLinks]:
        return {g.goal: g for g in self.crosswalk.goals}

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        faults = [*_repeated(self), *_orphans(self), *_unknown_in_activities(self), *_unknown_in_crosswalk(self), *_miscounted(self)]
        if faults:
            raise ValueError("; ".join(faults))
        return self


@cache
def load() -> Register:
    """Give the register of this release; pydantic.ValidationError names every fault where the data disagree."""
    return Register.model_validate(raw())


def raw() -> dict[str, object]:
    """Read the data files as one mapping, before validation."""
    parts = ("goals", "indicators", "sub_indicators", "activities", "actors", "crosswalk")
    meta = read("meta")
    if not isinstance(meta, dict):
        raise TypeError("meta.yaml is no mapping")
    return {**meta, **{part: read(part) for part in parts}}


def _first(identifier: str, parts: int) -> str:
    return ".".join(identifier.split(".")[:parts])


def _repeated(register: Register) -> Iterator[str]:
    lists: Sequence[Iterable[Entry | Actor]] = (
        (*register.goals, *register.indicators, *register.sub_indicators, *register.activities),
        register.actors,
        register.timelines,
        register.crosswalk.gcm_objectives,
        register.crosswalk.mcof_goals,
    )
    for entries in lists:
        seen: set[str] = set()
        for entry in entries:
            if entry.id in seen:
                yield f"{entry.id} stands twice"
            seen.add(entry.id)


def _orphans(register: Register) -> Iterator[str]:
    goals, indicators, subs = ({e.id for e in level} for level in (register.goals, register.indicators, register.sub_indicators))
    yield from (f"indicator {i.id} has no goal" for i in register.indicators if i.goal not in goals)
    yield from (f"sub-indicator {s.id} has no indicator" for s in register.sub_indicators if s.indicator not in indicators)
    for activity in register.activities:
        parents = activity.sub_indicators
        if not parents or any(p not in subs or _first(p, 2) != activity.indicator for p in parents):
            yield f"activity {activity.id} has a parent outside indicator {activity.indicator}: {parents}"


def _unknown_in_activities(register: Register) -> Iterator[str]:
    actors = {a.id for a in register.actors}
    activities = {a.id: a for a in register.activities}
    for activity in register.activities:
        yield from (f"activity {activity.id} names the unknown actor {a}" for a in (*activity.lead, *activity.co_lead) if a not in actors)
        for other in activity.akin:
            if other not in activities or activity.id not in activities[other].akin:
                yield f"activity {activity.id} calls {other} akin, which does not answer"


def _unknown_in_crosswalk(register: Register) -> Iterator[str]:
    crosswalk = register.crosswalk
    objectives, aims = ({e.id for e in entries} for entries in (crosswalk.gcm_objectives, crosswalk.mcof_goals))
    for row in crosswalk.goals:
        yield from (f"goal {row.goal} links to unknown GCM objective {o}" for o in row.gcm_objectives if o not in objectives)
        yield from (f"goal {row.goal} links to unknown MCOF goal {m}" for m in row.mcof_goals if m not in aims)
    if [row.goal for row in crosswalk.goals] != [g.id for g in register.goals]:
        yield "the crosswalk does not have one row for each goal"


def _miscounted(register: Register) -> Iterator[str]:
    counts = register.counts
    for name, count, entries in (
        ("goals", counts.goals, register.goals),
        ("indicators", counts.indicators, register.indicators),
        ("sub-indicators", counts.sub_indicators, register.sub_indicators),
        ("activities", counts.activities, register.activities),
    ):
        if count.found != len(entries):
            yield f"{len(entries)} {name} where {count.found} are said to be found"
