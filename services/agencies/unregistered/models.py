"""The tables of those who recruit without registration. Names and telephones are sealed, with blind indexes to propose a match.

Rows are added and never changed, but a recruiter's `version`.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Date, DateTime, LargeBinary
from sqlmodel import Field, SQLModel


def _time() -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=False))


def _bytes() -> Any:
    return Field(default=None, sa_column=Column(LargeBinary))


class Recruiter(SQLModel, table=True):
    """Somebody who recruits without registration, put together from sightings by an officer, never by a machine."""

    __tablename__ = "recruiter"

    id: UUID = Field(primary_key=True)
    reference: str = Field(unique=True)
    version: int
    opened_by: str
    opened_at: datetime = _time()


class Sighting(SQLModel, table=True):
    """One mention of somebody who recruited: the name and telephone as one complaint gives them, and the agency that processed the visa.

    `name_words` are blind indexes of the words of the name, to propose a match; `complaint` is the reference of the complaint.
    """

    __tablename__ = "sighting"

    id: UUID = Field(primary_key=True)
    complaint: str | None = None
    name: bytes | None = _bytes()
    name_index: bytes | None = _bytes()
    name_words: list[bytes] = Field(sa_column=Column(ARRAY(LargeBinary), nullable=False))
    phone: bytes | None = _bytes()
    phone_index: bytes | None = _bytes()
    district: str | None = None
    country: str | None = None
    processed_by: str | None = None
    seen_on: date = Field(sa_column=Column(Date, nullable=False))
    source: str
    noted_at: datetime = _time()
    noted_by: str


class SightingJoin(SQLModel, table=True):
    """To whom a sighting belongs, by a person's decision; the latest holds. Without a recruiter it was taken apart again."""

    __tablename__ = "sighting_join"

    id: UUID = Field(primary_key=True)
    sighting: UUID = Field(foreign_key="sighting.id")
    recruiter: UUID | None = Field(default=None, foreign_key="recruiter.id")
    reason: str
    joined_at: datetime = _time()
    joined_by: str


class EnforcementStep(SQLModel, table=True):
    """What was done about an unregistered recruiter. Public only with an outcome and the order or judgment that says it."""

    __tablename__ = "enforcement_step"

    id: UUID = Field(primary_key=True)
    recruiter: UUID = Field(foreign_key="recruiter.id")
    kind: str
    happened_on: date = Field(sa_column=Column(Date, nullable=False))
    outcome: str | None = None
    is_public: bool
    order_ref: str | None = None
    note: bytes | None = _bytes()
    supersedes: UUID | None = Field(default=None, unique=True, foreign_key="enforcement_step.id")
    recorded_at: datetime = _time()
    recorded_by: str
