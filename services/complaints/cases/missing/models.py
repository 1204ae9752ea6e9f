"""Who is sought, what was found, and which of both may belong together."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Column, DateTime, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from services.complaints.cases.models import day, moment, sealed


class MissingFile(SQLModel, table=True):
    """`tell_asker`: what whoever asks may be told, by their tie to the person. `consent`: what the person said once found alive."""

    __tablename__ = "missing_file"
    __table_args__ = (
        CheckConstraint("state in ('sought', 'alive', 'dead')", name="missing_file_state"),
        CheckConstraint("consent in ('contact', 'safe_only', 'nothing')", name="missing_file_consent"),
    )

    complaint_id: UUID = Field(primary_key=True, foreign_key="complaint.id")
    last_contact_on: date | None = day()
    last_place: bytes | None = sealed()
    features: bytes | None = sealed()
    passport_index: bytes | None = sealed()
    tell_asker: str
    state: str
    consent: str | None
    found_on: date | None = day()
    opened_at: datetime = moment()
    opened_by: str


class Remains(SQLModel, table=True):
    """Remains that nobody knows yet, as a wing reports them. `name_key`, `passport_index`: of a name or paper found with them."""

    __tablename__ = "remains"
    __table_args__ = (CheckConstraint("state in ('unidentified', 'identified')", name="remains_state"),)

    id: UUID = Field(primary_key=True)
    country: str
    office: str
    found_on: date = day(needed=True)
    sex: str
    age_band: str
    features: bytes = sealed(needed=True)
    name_key: bytes | None = sealed()
    passport_index: bytes | None = sealed()
    state: str
    reported_at: datetime = moment()
    reported_by: str


class Match(SQLModel, table=True):
    """A machine proposes, two persons confirm: the second is another than the first."""

    __tablename__ = "remains_match"
    __table_args__ = (
        UniqueConstraint("remains_id", "complaint_id"),
        CheckConstraint("state in ('proposed', 'confirmed', 'rejected')", name="remains_match_state"),
        CheckConstraint("state <> 'confirmed' or (first_by is not null and decided_by <> first_by)", name="remains_match_by_two"),
    )

    id: UUID = Field(primary_key=True)
    remains_id: UUID = Field(foreign_key="remains.id")
    complaint_id: UUID = Field(foreign_key="complaint.id")
    reasons: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    state: str
    first_by: str | None
    first_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    decided_by: str | None
    decided_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    proposed_at: datetime = moment()
