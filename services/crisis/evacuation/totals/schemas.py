"""What comes out of the figures after the action."""

from uuid import UUID

from pydantic import BaseModel


class WarningFigures(BaseModel):
    """Seconds since the warning came; null for what has not happened. `by_itself`: no person decided."""

    alert: UUID
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
