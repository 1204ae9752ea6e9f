"""The table of the duty: figures of a chain of warnings, kept because they are too dear to count at each look. No person is in it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class DutyCount(SQLModel, table=True):
    """`figures`: `rules.Figures` by country, as of `counted_at`; `changed_at`: when they were last other than before."""

    __tablename__ = "duty_count"
    __table_args__ = (ForeignKeyConstraint(["root", "is_drill"], ["alert.id", "alert.is_drill"]),)

    root: UUID = Field(primary_key=True)
    is_drill: bool
    figures: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    counted_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    changed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    took_ms: int
