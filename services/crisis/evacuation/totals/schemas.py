"""What comes out of the figures after the action."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from contracts.text import Bilingual
from services.crisis.decisions.rules import Outcome


class WarningFigures(BaseModel):
    """Seconds since the warning came; null for what has not happened. `by_itself`: no person decided.

    `people`: of which countries whoever was to be warned is counted here; null is everywhere.
    """

    alert: UUID
    title: Bilingual
    raised_at: datetime
    people: list[str] | None
    level: int | None
    outcome: Outcome | None
    decided_s: float | None
    by_itself: bool
    acknowledged_s: float | None
    first_handed_s: float | None
    handed_50_s: float | None
    handed_90_s: float | None
    handed_99_s: float | None
    warned: int
    handed: int
    answered: int


class FiguresOut(BaseModel):
    warnings: list[WarningFigures]
