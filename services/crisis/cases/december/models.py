"""The report of a mission for a year: its cut-off, its words and who wrote them. Its figures stand nowhere: they are counted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class DecemberReport(SQLModel, table=True):
    """`market` (e) and `other` (g) are sealed words. `digest`: SHA-256 of what was counted when it was approved.

    `names`: what people read for those who drafted, wrote, approved.
    """

    __tablename__ = "december_report"
    __table_args__ = (CheckConstraint("version > 0", name="december_report_version_check"), UniqueConstraint("mission", "year"))

    id: UUID = Field(primary_key=True)
    mission: str
    year: int
    version: int
    state: str
    cutoff: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    market: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    market_by: str | None = None
    other: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    other_by: str | None = None
    drafted_by: str
    drafted_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    digest: str | None = None
    sent_by: str | None = None
    names: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    sent_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
