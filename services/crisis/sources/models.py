"""The tables of sources: messages as they came, what was asked where, and which source is silent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class RawMessage(SQLModel, table=True):
    """What a source brought, before anybody read it. The bytes never change (the role that runs may not change them)."""

    __tablename__ = "raw_message"
    __table_args__ = (UniqueConstraint("source", "sha256"),)

    id: UUID = Field(primary_key=True)
    source: str
    transport: str
    origin_url: str | None = None
    received_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    received_by: str
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    content_type: str
    named: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    state: str
    version: int
    signature: str | None = None
    problem: str | None = None
    problem_en: str | None = None
    problem_bn: str | None = None
    advice: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    alert_id: UUID | None = Field(default=None, foreign_key="alert.id")
    conflicts_with: UUID | None = Field(default=None, foreign_key="alert.id")
    closed_by: str | None = None
    closed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    closing: str | None = None


class SourceState(SQLModel, table=True):
    """Where the reading of one source stands. `watched_since`: when this code first read it."""

    __tablename__ = "source_state"

    source: str = Field(primary_key=True)
    watched_since: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    next_poll: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    etag: str | None = None
    last_modified: str | None = None
    last_tried: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    last_ok: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    last_new: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    failures: int = 0
    last_outcome: str | None = None


class SourceFetch(SQLModel, table=True):
    """One request to somebody else's server and what came of it."""

    __tablename__ = "source_fetch"

    id: UUID = Field(primary_key=True)
    source: str
    kind: str
    url: str
    began_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    took_ms: int
    outcome: str
    status: int | None = None
    bytes: int
    entries: int | None = None


class SourceEntry(SQLModel, table=True):
    """A message that an index names. It vanishes from there without being taken back: `vanished_at` is all that follows."""

    __tablename__ = "source_entry"

    source: str = Field(primary_key=True)
    link: str = Field(primary_key=True)
    version_key: str
    named: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    first_seen: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    last_seen: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    vanished_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    raw_id: UUID | None = Field(default=None, foreign_key="raw_message.id")
    tries: int = 0


class SourceAlarm(SQLModel, table=True):
    """A source that was not read for too long; `source` is null where nothing at all was read."""

    __tablename__ = "source_alarm"
    __table_args__ = (
        Index("source_alarm_open", "source", unique=True, postgresql_where=text("ended_at is null"), postgresql_nulls_not_distinct=True),
    )

    id: UUID = Field(primary_key=True)
    source: str | None = None
    countries: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    last_ok: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    raised_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
