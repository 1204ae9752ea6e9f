"""What goes in and out about records that may be of one person."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.likeness import Grade
from kit.text import PARAGRAPHS
from services.registry.matching.rules import Reason
from services.registry.schemas import In, NationalRow


class MatchOut(BaseModel):
    """`person` is the later record, `other` the earlier."""

    id: UUID
    grade: Grade
    reasons: list[Reason]
    proposed_at: datetime
    decision: Literal["same", "different", "not_sure"] | None
    person: NationalRow
    other: NationalRow


class DecisionIn(In):
    decision: Literal["same", "different", "not_sure"]
    because: Annotated[str, Field(max_length=1000), PARAGRAPHS] = ""
