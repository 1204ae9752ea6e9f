"""Tables of the clocks. What they hold is computed from `happening` and can be computed again; seats and checks are facts of their own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class Deadline(SQLModel, table=True):
    """One round of one clock. `explanation` says why it is due then (`rules.as_stored`), `changes` what it was before the data changed."""

    __tablename__ = "deadline"

    complaint_id: UUID = Field(primary_key=True, foreign_key="complaint.id")
    clock: str = Field(primary_key=True)
    round: int = Field(primary_key=True)
    state: str
    began_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    risk_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    due_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    ended_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    version: str
    explanation: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    changes: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))


class Escalation(SQLModel, table=True):
    """Handed up to a seat, once for each occasion and rung. `passed_over`: seats that were empty or that the complaint is about."""

    __tablename__ = "escalation"
    __table_args__ = (UniqueConstraint("complaint_id", "trigger", "clock", "round", "level", name="escalation_once"),)

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    trigger: str
    clock: str
    round: int
    level: int
    office: str
    seat: str
    passed_over: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    closed_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class SeatHolder(SQLModel, table=True):
    """Who sits in a seat, from when to when; one at a time."""

    __tablename__ = "seat_holder"
    __table_args__ = (Index("seat_holder_one", "seat", unique=True, postgresql_where=text("until is null")),)

    id: UUID = Field(primary_key=True)
    seat: str
    holder: str
    since: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    until: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    set_by: str


class Holding(SQLModel, table=True):
    """A stay at an office that is over, with the working time of that office in it."""

    __tablename__ = "holding"

    complaint_id: UUID = Field(primary_key=True, foreign_key="complaint.id")
    began_at: datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))
    ended_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    office: str
    restricted: bool
    about: str | None
    working_s: int = Field(sa_column=Column(BigInteger, nullable=False))


class ClockCheck(SQLModel, table=True):
    """One search for what should have happened and did not."""

    __tablename__ = "clock_check"

    id: UUID = Field(primary_key=True)
    began_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    looked_at: int
    by: str


class ClockFinding(SQLModel, table=True):
    """`what`: overdue (its timer did not fire), no_timer, old_data (computed by an earlier version of the dated data)."""

    __tablename__ = "clock_finding"

    check_id: UUID = Field(primary_key=True, foreign_key="clock_check.id")
    complaint_id: UUID = Field(primary_key=True, foreign_key="complaint.id")
    what: str
    repaired_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
