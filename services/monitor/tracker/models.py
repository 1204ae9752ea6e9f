"""What is tracked beyond the framework's own list, the steps told of it, the actions decided. Rows are added, never changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel


def _time() -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=False))


def _day() -> Any:
    return Field(sa_column=Column(Date, nullable=False))


def _names() -> Any:
    return Field(sa_column=Column(ARRAY(Text), nullable=False))


class OpenedMatter(SQLModel, table=True):
    """What the framework does not name. `actor`: the body for which an office opened it."""

    __tablename__ = "tracked_matter"

    id: UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    kind: str
    title_en: str
    title_bn: str
    country: str | None
    activities: list[str] = _names()
    actor: str
    from_paper: bool
    text: str
    document: str | None
    document_url: str | None
    paper: UUID | None = Field(default=None, foreign_key="paper.id")
    opened_at: datetime = _time()
    opened_by: str


class ToldStep(SQLModel, table=True):
    """`version` counts what was told of a matter; `replaces` is the version whose place this one takes."""

    __tablename__ = "tracked_step"
    __table_args__ = (UniqueConstraint("matter", "version"), UniqueConstraint("matter", "replaces"))

    id: UUID = Field(primary_key=True)
    matter: str
    version: int
    step: str
    state: str
    on_day: date = _day()
    outcome: str | None
    actor: str
    from_paper: bool
    text: str
    document: str | None
    document_url: str | None
    paper: UUID | None = Field(default=None, foreign_key="paper.id")
    replaces: int | None
    told_at: datetime = _time()
    told_by: str


class ToldAction(SQLModel, table=True):
    """How an action stood from `told_at` on; the newest `version` counts. `action`: the id of its first row."""

    __tablename__ = "tracked_action"
    __table_args__ = (UniqueConstraint("action", "version"), UniqueConstraint("matter", "number", "version"))

    id: UUID = Field(primary_key=True)
    action: UUID
    matter: str
    number: int
    version: int
    task: str
    owner: str
    due: date = _day()
    state: str
    as_of: date = _day()
    actor: str
    from_paper: bool
    text: str
    document: str | None
    document_url: str | None
    paper: UUID | None = Field(default=None, foreign_key="paper.id")
    told_at: datetime = _time()
    told_by: str
