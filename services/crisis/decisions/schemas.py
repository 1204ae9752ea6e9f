"""What is told of a decision: the level, the rule that fired, and what it was fed with."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.crisis.decisions.models import AlertDecision
from services.crisis.decisions.rules import Outcome, Reason


class DecisionOut(BaseModel):
    """`due`: when it goes out by itself unless somebody holds it back. `by_itself`: it went out so. `reasons`: why a person must decide.

    `mine`: the reader brought the warning in, so that another officer releases it.
    """

    model_config = ConfigDict(from_attributes=True)

    alert_id: UUID
    version: int
    level: int
    outcome: Outcome
    moment: str
    rule_version: str
    inputs: dict[str, Any]
    reasons: list[Reason]
    is_drill: bool
    made_at: datetime
    due: datetime | None
    decided_at: datetime | None
    by_itself: bool
    mine: bool

    @classmethod
    def of(cls, decision: AlertDecision, reader: str) -> Self:
        by_itself = decision.outcome == Outcome.RELEASED and decision.decided_by is None
        return cls.model_validate({**decision.model_dump(), "by_itself": by_itself, "mine": decision.author == reader})
