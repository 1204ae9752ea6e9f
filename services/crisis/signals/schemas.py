"""What is told of a signal, and what a person says of it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from contracts.text import Bilingual
from services.crisis.signals.rules import State


class SignalOut(BaseModel):
    """More complaints than usual. `upper`: more than this comes once in a thousand times; `adjusted`: the probability for all series.

    `complaints`: the ids of those that were counted; who may read one is decided by the complaints service.
    """

    id: UUID
    version: int
    country: str
    country_label: Bilingual
    category: str
    since: date
    until: date
    observed: int
    expected: float
    upper: int
    probability: float
    adjusted: float
    complaints: list[UUID]
    numbers_version: str
    illustrative: bool
    state: State
    state_label: Bilingual
    made_at: datetime
    renewed_at: datetime
    answered_at: datetime | None
    because: str | None


class AnswerIn(BaseModel):
    """Why it is something, or nothing."""

    model_config = ConfigDict(extra="forbid")

    because: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
