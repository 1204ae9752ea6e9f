"""Who asks for whom in a crisis, and what was answered. `data` is sealed, and emptied when the incident closes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, ForeignKeyConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from services.crisis.incidents.models import INCIDENT


class FamilyEnquiry(SQLModel, table=True):
    """`match_kind`, `match_id`: in whom a person (`matched_by`) recognised the one who is sought; never a machine alone."""

    __tablename__ = "family_enquiry"
    __table_args__ = (ForeignKeyConstraint(*INCIDENT), UniqueConstraint("reference", name="family_enquiry_reference"))

    id: UUID = Field(primary_key=True)
    incident_id: UUID
    is_drill: bool
    version: int
    reference: str
    state: str
    relation: str
    sex: str
    age_band: str
    may_tell: str
    data: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    phone_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    document_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    name_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    asker_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    last_contact_on: date | None = Field(default=None, sa_column=Column(Date))
    match_kind: str | None = None
    match_id: UUID | None = None
    matched_by: str | None = None
    matched_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    taken_by: str
    taken_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    outcome: str | None = None


class FamilyAnswer(SQLModel, table=True):
    __tablename__ = "family_answer"

    id: UUID = Field(primary_key=True)
    enquiry_id: UUID = Field(foreign_key="family_enquiry.id")
    status: str
    told: bool
    channel: str | None = None
    words: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    by: str
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
