"""A referral as the office that sent it keeps it, and as it lies with the body that received it: two records, each with its own words."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, DateTime, LargeBinary, Text
from sqlmodel import Field, SQLModel


class Referral(SQLModel, table=True):
    """The sender's record. `package` is what was sent, sealed, as it was then; `consent` names on what it rests."""

    __tablename__ = "referral"

    id: UUID = Field(primary_key=True)
    reference: str = Field(unique=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    version: int
    status: str
    to_kind: str
    to_office: str | None = None
    to_org: str | None = None
    to_name: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    purpose: str
    fields: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    consent: str
    package: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    accept_by: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    sent_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    sent_by: str
    sent_office: str
    answered_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    answer: str | None = None
    outcome: str | None = None
    outcome_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    confirmed: str | None = None
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class ReferralReceived(SQLModel, table=True):
    """The receiver's record: all that they see of the complaint."""

    __tablename__ = "referral_received"

    id: UUID = Field(primary_key=True)
    referral_id: UUID = Field(foreign_key="referral.id", unique=True)
    reference: str
    office: str | None = None
    org: str | None = None
    purpose: str
    package: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    status: str
    version: int
    received_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    accept_by: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    first_read_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    answered_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    answered_by: str | None = None
    reason: str | None = None
    words: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    outcome: str | None = None
    outcome_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
