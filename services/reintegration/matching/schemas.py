"""What goes in and out of the API of matches."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.likeness import Grade
from contracts.text import Bilingual
from kit.text import PARAGRAPHS
from services.reintegration.matching.rules import Decision
from services.reintegration.schemas import In


class DecisionIn(In):
    decision: Decision
    because: Annotated[str, Field(max_length=1000), PARAGRAPHS] | None = None


class ReasonOut(Bilingual):
    code: str


class MatchOut(BaseModel):
    """Two records that may be of one person: compare both before you decide."""

    id: UUID
    returnee_id: UUID
    other_id: UUID
    grade: Grade
    grade_label: Bilingual
    reasons: list[ReasonOut]
    proposed_at: datetime
    decision: Decision | None
    decided_at: datetime | None


class MatchesOut(BaseModel):
    items: list[MatchOut]
