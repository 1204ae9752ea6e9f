"""A wing's cases: codes in the open, whatever names or tells of a person sealed; and what happened, which is only ever added to."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, Date, DateTime, Identity, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class WingCase(SQLModel, table=True):
    """`mission`: the responsible one by the directory; whoever has its duty works on its cases. `facts`: codes and days that are counted.

    `words`, `person`, `applicant`, `answer` are sealed. `person_index`: blind index of the passport. `next_step`: what is owed first.
    """

    __tablename__ = "wing_case"
    __table_args__ = (
        CheckConstraint("version > 0", name="wing_case_version_positive"),
        Index(
            "wing_case_complaint",
            "complaint",
            "kind",
            unique=True,
            postgresql_where=text("complaint is not null and state <> 'closed'"),
        ),
    )

    id: UUID = Field(primary_key=True)
    reference: str = Field(unique=True)
    version: int
    kind: str
    state: str
    origin: str
    country: str
    mission: str
    sex: str
    age_band: str
    restricted: bool
    complaint: str | None
    facts: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    words: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    person: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    person_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    applicant: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    answer: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    secret_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    phone_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    officer: str | None = None
    officer_name: str | None = None
    next_due: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    next_step: str | None = None
    outcome: str | None = None
    opened_by: str
    opened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    taken_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    closed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    kinds_version: str


class WingHappening(SQLModel, table=True):
    """The running role may only add and read: what a report counted at a moment it counts so for ever. `note` is sealed."""

    __tablename__ = "wing_happening"

    position: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    case_id: UUID = Field(foreign_key="wing_case.id")
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    by: str
    what: str
    done_on: date | None = Field(default=None, sa_column=Column(Date))
    detail: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    note: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class WingVisit(SQLModel, table=True):
    """A visit to a workplace, a prison, a hospital; `found` are codes, `words` are sealed. Added to, never changed."""

    __tablename__ = "wing_visit"

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="wing_case.id")
    place_kind: str
    visited_on: date = Field(sa_column=Column(Date, nullable=False))
    found: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    words: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    by: str
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class WingWorker(SQLModel, table=True):
    """One worker who was spoken with at a visit: a line of the list of OEMA s.24(2)(a), without a name."""

    __tablename__ = "wing_worker"

    id: UUID = Field(primary_key=True)
    visit_id: UUID = Field(foreign_key="wing_visit.id")
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    trade: str
    sex: str
    conditions: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    benefits: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    problems: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))


class WingRequestFailure(SQLModel, table=True):
    """A wrong secret of a family's request, or a reference that is none. The address is a blind index; the row is gone after two days."""

    __tablename__ = "wing_request_failure"

    id: UUID = Field(primary_key=True)
    case_id: UUID | None
    address_index: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
