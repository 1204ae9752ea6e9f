"""What goes out of the monitor's API."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel

from contracts.framework.register import Activity, load
from contracts.text import Bilingual
from services.monitor.evidence.rules import ActivityFacts


class ActivityOut(BaseModel):
    """`evidence` counts events; 0 says that no service has reported any, not that nothing was done. `last_at`: the last one's day."""

    id: str
    title: Bilingual
    goal: str
    goal_title: Bilingual
    indicator: str
    indicator_title: Bilingual
    lead: list[str]
    co_lead: list[str]
    timeline: Literal["short", "medium", "long"]
    evidence: int
    last_at: datetime | None

    @classmethod
    def of(cls, activity: Activity, evidence: ActivityFacts | None) -> Self:
        register = load()
        return cls(
            id=activity.id,
            title=Bilingual.of(activity.title),
            goal=activity.goal,
            goal_title=Bilingual.of(register.goal(activity.goal).title),
            indicator=activity.indicator,
            indicator_title=Bilingual.of(register.indicator(activity.indicator).title),
            lead=list(activity.lead),
            co_lead=list(activity.co_lead),
            timeline=activity.timeline,
            evidence=evidence.facts if evidence else 0,
            last_at=evidence.last_day() if evidence else None,
        )


class CountsOut(BaseModel):
    """The document claims one number of activities and prints another: both are shown."""

    claimed: int
    found: int


class ActivitiesOut(BaseModel):
    items: list[ActivityOut]
    counts: CountsOut
    next: None = None
