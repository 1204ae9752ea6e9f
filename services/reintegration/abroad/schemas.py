"""What goes in and out about a returnee's registration abroad."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from contracts.likeness import Grade
from contracts.text import Bilingual
from services.reintegration.abroad.rules import Asked
from services.reintegration.matching.rules import Decision
from services.reintegration.matching.schemas import DecisionIn, ReasonOut


class LinkIn(DecisionIn):
    """`agreed`: the person's own word that the two are linked and the register notes the return. *Same* needs it."""

    agreed: bool = False


class CandidateOut(BaseModel):
    """Somebody registered abroad who may be the returnee: what agrees, where and when they registered, and nothing else of them."""

    id: UUID
    version: int
    grade: Grade
    grade_label: Bilingual
    reasons: list[ReasonOut]
    country: str
    registered_on: date
    decision: Decision | None
    decided_at: datetime | None
    register_told: bool


class AbroadOut(BaseModel):
    """`waiting`: the register has not answered yet; it is asked again by itself."""

    asked: Asked
    answered_at: datetime | None
    attempts: int
    items: list[CandidateOut]
