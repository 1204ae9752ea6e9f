"""What was decided of each warning that stands, by which rule and from what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, SmallInteger
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlmodel import Field, SQLModel


class AlertDecision(SQLModel, table=True):
    """`author` brought the warning in; `decided_by` is null where the window decided. `is_drill` ties a drill to drills in the database."""

    __tablename__ = "alert_decision"
    __table_args__ = (ForeignKeyConstraint(["alert_id", "is_drill"], ["alert.id", "alert.is_drill"]),)

    alert_id: UUID = Field(primary_key=True)
    is_drill: bool
    version: int
    level: int = Field(sa_column=Column(SmallInteger, nullable=False))
    outcome: str
    moment: str
    rule_version: str
    inputs: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    reasons: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    author: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    due: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
