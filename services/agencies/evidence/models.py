"""The tables of evidence. Rows are added and never changed: what no longer counts is struck out by another row.

No person stands in a fact. `record` is the complaint or order that it comes from; the agency is never shown it.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Date, DateTime, Index, LargeBinary, SmallInteger
from sqlmodel import Field, SQLModel


def _time() -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Fact(SQLModel, table=True):
    """One thing known of an agency (`evidence.rules.Kind`), true on `happened_on`, known since `recorded_at`.

    `id` is that of the event where one told of it. Of facts about one `record` the highest `sequence` holds, in whatever order they came.
    Amounts are minor units of `currency`; `ceiling` is the lawful one when the fee was noted and `ceiling_rule` the entry it stands in.
    """

    __tablename__ = "agency_fact"

    id: UUID = Field(primary_key=True)
    kind: str
    licence: str | None = None
    happened_on: date = Field(sa_column=Column(Date, nullable=False))
    record: UUID | None = None
    sequence: int | None = None
    about: UUID | None = Field(default=None, foreign_key="agency_fact.id")
    category: str | None = None
    country: str | None = None
    sex: str | None = None
    outcome: str | None = None
    basis: str | None = None
    amount: int | None = Field(default=None, sa_column=Column(BigInteger))
    outstanding: int | None = Field(default=None, sa_column=Column(BigInteger))
    currency: str | None = None
    due_on: date | None = Field(default=None, sa_column=Column(Date))
    ceiling: int | None = Field(default=None, sa_column=Column(BigInteger))
    ceiling_rule: str | None = None
    workers: int | None = None
    days: int | None = None
    source: str
    source_ref: str | None = None
    recorded_at: datetime = _time()
    recorded_by: str


class Strike(SQLModel, table=True):
    """A fact or a line of deployments struck out (`struck`) or brought back, with a reason; the latest holds."""

    __tablename__ = "fact_strike"

    id: UUID = Field(primary_key=True)
    fact: UUID
    struck: bool
    reason: str
    made_at: datetime = _time()
    made_by: str


class Deployment(SQLModel, table=True):
    """How many workers of one group an agency sent abroad in a year. `with_licence`: sent jointly with an associate."""

    __tablename__ = "deployment"
    __table_args__ = (
        Index(
            "deployment_key",
            "licence",
            "year",
            "country",
            "district",
            "sex",
            "skill",
            "with_licence",
            "version",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: UUID = Field(primary_key=True)
    licence: str
    year: int = Field(sa_column=Column(SmallInteger, nullable=False))
    country: str
    district: str | None = None
    sex: str
    skill: str
    with_licence: str | None = None
    workers: int
    version: int
    source: str
    supersedes: UUID | None = Field(default=None, unique=True, foreign_key="deployment.id")
    recorded_at: datetime = _time()
    recorded_by: str


class FactAnswer(SQLModel, table=True):
    """What an agency says to a fact about it; sealed, for it may name people."""

    __tablename__ = "fact_answer"

    id: UUID = Field(primary_key=True)
    fact: UUID
    licence: str
    words: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    answered_at: datetime = _time()
    answered_by: str


class Document(SQLModel, table=True):
    """A file that an agency put to its record. The bytes lie outside the database at `place`; `fact`: what it answers."""

    __tablename__ = "agency_document"

    id: UUID = Field(primary_key=True)
    licence: str
    fact: UUID | None = None
    name: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    media_type: str
    size: int
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    place: str
    uploaded_at: datetime = _time()
    uploaded_by: str
