"""The tables of the agencies service. Licences are businesses: no table here holds a person. Input is judged in `schemas`."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Index, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlmodel import Field, SQLModel


class Agency(SQLModel, table=True):
    """One licence. `search` holds the words of its names and number as `kit.text.search_key` folds them.

    `status` and `valid_until` repeat what the licence's history says today (`register`), for lists. `evidence_changed_at`: when a fact
    about it last came, was struck out or came back (`evidence`).
    """

    __tablename__ = "agency"
    __table_args__ = (
        CheckConstraint("version > 0", name="agency_version_positive"),
        Index("agency_search", "search", postgresql_using="gin"),
        Index("agency_oldest", "registered_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    version: int
    licence: str = Field(unique=True)
    name_en: str
    name_bn: str | None
    status: str
    valid_until: date = Field(sa_column=Column(Date, nullable=False))
    district: str
    deployed_last_year: int | None
    search: str = Field(sa_column=Column(TSVECTOR, nullable=False))
    registered_by: str
    registered_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    evidence_changed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class Evidence(SQLModel, table=True):
    """One complaint, counted once. `licence` is null where the complaint names no agency, or is restricted and may not say which."""

    __tablename__ = "evidence"
    __table_args__ = (Index("evidence_licence", "licence", "happened_at", postgresql_where=text("licence is not null")),)

    event_id: UUID = Field(primary_key=True)
    complaint: UUID = Field(unique=True)
    licence: str | None
    category: str
    country: str
    happened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Classification(SQLModel, table=True):
    """The provisional class of an agency since `since`; the one in force has no `until`.

    Computed again with each new fact, replaced when it changes; nobody has confirmed it (`runs.models.Published` is what people publish).
    `points` are whole ones, `complaints` those upheld; `inputs` and `result` as `ratings.rules` makes their documents.
    """

    __tablename__ = "classification"
    __table_args__ = (
        Index("classification_in_force", "agency_id", unique=True, postgresql_where=text("until is null")),
        Index("classification_of", "agency_id", "since"),
    )

    id: UUID = Field(primary_key=True)
    agency_id: UUID = Field(foreign_key="agency.id")
    rule_set: str
    rule_set_version: str
    class_code: str
    points: int | None
    complaints: int
    deployed: int | None
    inputs: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    result: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    since: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    computed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    until: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
