"""What goes in and out about call-backs."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.text import Bilingual
from kit.text import PARAGRAPHS
from services.complaints.calls.rules import Outcome

Note = Annotated[str, Field(max_length=1000), PARAGRAPHS]


class AttemptIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    outcome: Outcome
    note: Note = ""


class AttemptOut(BaseModel):
    at: datetime
    by: str
    outcome: Outcome
    outcome_label: Bilingual
    note: str | None


class CallbackRow(BaseModel):
    """One line of a list: the number shows its end only."""

    id: UUID
    version: int
    number_masked: str
    number_country: str | None
    reason: Literal["missed", "promised", "asked"]
    missed: int
    priority: int
    may_call: bool | None
    wants_woman: bool
    earliest: datetime
    latest: datetime
    overdue: bool
    escalated: bool
    mine: bool
    assigned: bool
    attempts: int
    opened_at: datetime
    last_missed_at: datetime | None
    closed_at: datetime | None
    outcome: str | None


class QuestionOut(BaseModel):
    """What redress asks the person on this call: how it went after a payment, or after the decision."""

    id: UUID
    kind: str
    reference: str


class CallbackOut(CallbackRow):
    """What whoever calls has to know: the number, the clock where it rings, the rule and the words for a safe contact."""

    number: str | None
    local_time: datetime | None
    contact_notes: list[str]
    language: str | None
    note: str | None
    reference: str | None
    questions: list[QuestionOut] = []
    tried: list[AttemptOut]
