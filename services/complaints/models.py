"""The tables of the complaints service. Constraints stand here and in the database; input is judged in `schemas`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, LargeBinary
from sqlmodel import Field, SQLModel


class Complaint(SQLModel, table=True):
    """Contacts are sealed; `*_index` are blind indexes for search. `restricted` is fixed when the complaint is lodged."""

    __tablename__ = "complaint"
    __table_args__ = (CheckConstraint("version > 0", name="complaint_version_positive"),)

    id: UUID = Field(primary_key=True)
    reference: str = Field(unique=True)
    version: int
    status: str
    channel: str
    language: str
    caller_safe: bool | None
    category: str
    taxonomy_version: str
    restricted: bool
    country: str
    district: str | None
    reporter_relation: str
    reporter_name: bytes | None = Field(sa_column=Column(LargeBinary))
    reporter_phone: bytes | None = Field(sa_column=Column(LargeBinary))
    reporter_phone_index: bytes | None = Field(sa_column=Column(LargeBinary))
    victim_name: bytes | None = Field(sa_column=Column(LargeBinary))
    victim_phone: bytes | None = Field(sa_column=Column(LargeBinary))
    victim_phone_index: bytes | None = Field(sa_column=Column(LargeBinary))
    victim_sex: str
    victim_age_band: str
    respondent_kind: str | None
    respondent_name: bytes | None = Field(sa_column=Column(LargeBinary))
    respondent_licence: str | None
    narrative: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    may_call: bool | None
    contact_note: bytes | None = Field(sa_column=Column(LargeBinary))
    lodged_by: str
    lodged_by_org: str | None
    lodged_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
