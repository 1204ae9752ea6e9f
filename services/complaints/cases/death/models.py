"""A death abroad: what is known and how, what the family wishes, papers, heirs, transport. Names and numbers are sealed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Column, Text
from sqlmodel import Field, SQLModel

from services.complaints.cases.models import day, moment, sealed


class DeathFile(SQLModel, table=True):
    """`identity` stays *reported* until somebody who saw papers or the person confirms it. `cleared`: left with BMET's clearance.

    `contact`: the one officer of the home district's office whom the family may ask. The name of the dead stands in the complaint.
    """

    __tablename__ = "death_file"
    __table_args__ = (CheckConstraint("identity in ('reported', 'confirmed', 'error')", name="death_file_identity"),)

    complaint_id: UUID = Field(primary_key=True, foreign_key="complaint.id")
    reported_by: str
    died_on: date | None = day()
    cause: str
    suspicious: bool | None
    police_case: str
    police_note: bytes | None = sealed()
    cleared: bool | None
    passport: bytes | None = sealed()
    passport_index: bytes | None = sealed()
    identity: str
    identity_seen: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    identity_source: str | None
    identity_on: date | None = day()
    contact: str | None
    contact_name: bytes | None = sealed()
    contact_office: str | None
    contact_told_on: date | None = day()
    flight: str | None
    cargo: str | None
    airport: str | None
    arrives_on: date | None = day()
    receiver: bytes | None = sealed()
    receiver_phone: bytes | None = sealed()
    handed_over_on: date | None = day()
    buried_on: date | None = day()
    opened_at: datetime = moment()
    opened_by: str


class Wish(SQLModel, table=True):
    """What one member of the family said on one day. Never changed: who thinks otherwise later says so in another row."""

    __tablename__ = "death_wish"
    __table_args__ = (CheckConstraint("wish in ('return', 'burial_there')", name="death_wish_known"),)

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    wish: str
    relation: str
    said_on: date = day(needed=True)
    said_by: bytes | None = sealed()
    recorded_at: datetime = moment()
    recorded_by: str


class Paper(SQLModel, table=True):
    """The newest row of a code tells where that paper stands."""

    __tablename__ = "death_paper"
    __table_args__ = (CheckConstraint("state in ('asked', 'received', 'not_needed')", name="death_paper_state"),)

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    code: str
    state: str
    on_day: date = day(needed=True)
    source: str
    recorded_at: datetime = moment()
    recorded_by: str


class Heir(SQLModel, table=True):
    """A minor has a guardian, or cannot be written down: money would otherwise reach nobody, or the wrong person."""

    __tablename__ = "death_heir"
    __table_args__ = (CheckConstraint("not is_minor or guardian is not null", name="death_heir_minor_has_guardian"),)

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    relation: str
    name: bytes = sealed(needed=True)
    is_minor: bool
    guardian: bytes | None = sealed()
    guardian_relation: str | None
    recorded_at: datetime = moment()
    recorded_by: str
