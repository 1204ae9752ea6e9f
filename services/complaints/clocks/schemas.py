"""What the deadlines of a complaint look like to those who may see it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.text import Bilingual
from kit.text import PARAGRAPHS


class SegmentOut(BaseModel):
    """A stretch of time. `why`: working (counts), paused, closed. `used` is in the unit of the limit."""

    office: str
    office_name: Bilingual
    calendar: str
    zone: str
    since: datetime
    until: datetime
    why: Literal["working", "paused", "closed"]
    used: float
    holidays: list[str]


class DeadlineOut(BaseModel):
    """`standing`: running, at_risk, breached, paused, met, met_late, cancelled. `why`: the sentences that explain `due_at`, in order."""

    clock: str
    name: Bilingual
    source: str
    illustrative: bool
    whose: Literal["office", "complainant"]
    round: int
    standing: str
    standing_label: Bilingual
    began_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    why: list[Bilingual]
    segments: list[SegmentOut]


class EscalationOut(BaseModel):
    """`because`: at_risk, breached, unassigned, still. `said` tells to which seat, and which were empty."""

    at: datetime
    because: str
    clock: str | None
    level: int
    seat: str
    closed_at: datetime | None
    said: Bilingual


class DeadlinesOut(BaseModel):
    reference: str
    version: int
    due_at: datetime | None
    risk: str
    items: list[DeadlineOut]
    escalations: list[EscalationOut]


class ContactIn(BaseModel):
    """That somebody spoke with the complainant, or wrote and had an answer: it meets the first contact and starts the next update anew."""

    model_config = ConfigDict(extra="forbid")

    how: Literal["phone", "in_person", "text", "visit"]
    note: Annotated[str, Field(max_length=2000), PARAGRAPHS] | None = None
