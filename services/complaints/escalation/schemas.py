"""What queues, seats and searches look like."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.text import Bilingual
from kit.text import ONE_LINE
from services.complaints.schemas import ComplaintRow

Queue = Literal["due", "at_risk", "breached", "unassigned", "escalated", "mine"]


class WaitingOut(ComplaintRow):
    """One line of a queue. `due_at` is the next deadline of an office, `due_clock` whose; `seat` where it was handed up to."""

    due_at: datetime | None
    due_clock: str | None
    due_name: Bilingual | None
    risk: str
    seat: str | None
    seat_name: Bilingual | None
    escalated_at: datetime | None


class SeatOut(BaseModel):
    seat: str
    office: str
    name: Bilingual
    holder: str | None
    since: datetime | None


class SeatsOut(BaseModel):
    version: str
    items: list[SeatOut]


class SeatIn(BaseModel):
    """`holder` is the id of an account (`sub`); null leaves the seat empty."""

    model_config = ConfigDict(extra="forbid")

    holder: Annotated[str, Field(min_length=1, max_length=80), ONE_LINE] | None


class FindingOut(BaseModel):
    """`what`: overdue, no_timer, old_data."""

    reference: str
    what: str
    repaired_at: datetime


class CheckOut(BaseModel):
    """The newest search for what should have happened and did not. `found` counts all, `items` are those that the reader may see."""

    began_at: datetime | None
    ended_at: datetime | None
    found: int
    items: list[FindingOut]
