"""Whom a warning concerns, as it was found for each of its versions. Written once, never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CHAR, Column, DateTime, Double, ForeignKeyConstraint, Integer, LargeBinary, SmallInteger, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel


class Exposure(SQLModel, table=True):
    """One answer for a version of an alert. `request_key`: a hash of what was asked, so that another question is not answered by it."""

    __tablename__ = "exposure"
    __table_args__ = (UniqueConstraint("alert", "version", "is_drill"), UniqueConstraint("id", "is_drill"))

    id: UUID = Field(primary_key=True)
    alert: UUID
    version: int
    is_drill: bool
    countries: list[str] = Field(sa_column=Column(ARRAY(CHAR(2)), nullable=False))
    near_km: float = Field(sa_column=Column(Double, nullable=False))
    request_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    computed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    counts: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    vulnerable: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    took_ms: int


class ExposurePage(SQLModel, table=True):
    """Up to a thousand persons of one class, the vulnerable first; the n-th reason and distance are of the n-th person.

    Arrays, because a million rows of their own would take longer to write than the warning may wait. A page of a drill holds only
    who agreed to drills: a trigger refuses anybody else.
    """

    __tablename__ = "exposure_page"
    __table_args__ = (ForeignKeyConstraint(["exposure_id", "is_drill"], ["exposure.id", "exposure.is_drill"]),)

    exposure_id: UUID = Field(primary_key=True)
    # `class` is a word of the language.
    rank: int = Field(sa_column=Column("class", SmallInteger, primary_key=True, autoincrement=False))
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    is_drill: bool
    people: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    reasons: list[int] = Field(sa_column=Column(ARRAY(SmallInteger), nullable=False))
    distances: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
