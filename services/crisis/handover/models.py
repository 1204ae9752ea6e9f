"""When a mission's duty was with another."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, text
from sqlmodel import Field, SQLModel


class DutyHandover(SQLModel, table=True):
    """One at a time for a mission; open while `ended_at` is null. `alert_id`: the warning it was silent to, where it went by itself."""

    __tablename__ = "duty_handover"
    __table_args__ = (Index("duty_handover_open", "mission", unique=True, postgresql_where=text("ended_at is null")),)

    id: UUID = Field(primary_key=True)
    mission: str
    to_mission: str
    reason: str
    alert_id: UUID | None = Field(foreign_key="alert.id")
    handed_by: str | None
    handed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_by: str | None = None
    ended_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
