"""Complaints as far as they are counted, and what was drafted from them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, desc, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PGUUID
from sqlmodel import Field, SQLModel


class ComplaintSeen(SQLModel, table=True):
    """One complaint that is not restricted: where and of what. `day` is Bangladesh's. Forgotten when no window reaches it any more."""

    __tablename__ = "complaint_seen"
    __table_args__ = (Index("complaint_seen_day", "day", "country", "category"),)

    complaint_id: UUID = Field(primary_key=True)
    country: str
    category: str
    day: date


class Signal(SQLModel, table=True):
    """`complaints`: those that were counted. One draft at most for a country and category."""

    __tablename__ = "signal"
    __table_args__ = (
        Index("signal_newest", desc("made_at"), desc("id")),
        Index("signal_draft", "country", "category", unique=True, postgresql_where=text("state = 'draft'")),
        Index("signal_answered", "country", "category", desc("answered_at"), postgresql_where=text("state <> 'draft'")),
    )

    id: UUID = Field(primary_key=True)
    version: int
    country: str
    category: str
    since: date
    until: date
    observed: int
    expected: float
    upper: int
    probability: float
    adjusted: float
    complaints: list[UUID] = Field(sa_column=Column(ARRAY(PGUUID(as_uuid=True)), nullable=False))
    numbers_version: str
    state: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    renewed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    because: bytes | None = None
