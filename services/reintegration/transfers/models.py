"""Transfers: what was sent and what was received are two records, each with its own eyes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class TransferSent(SQLModel, table=True):
    """The sender's record. `note`, for the other office once it accepted, is sealed."""

    __tablename__ = "case_transfer_sent"
    __table_args__ = (
        CheckConstraint("version > 0", name="case_transfer_sent_version_positive"),
        Index("case_transfer_sent_open", "case_id", unique=True, postgresql_where=text("ended_at is null")),
    )

    id: UUID = Field(primary_key=True)
    version: int
    returnee_id: UUID = Field(foreign_key="returnee.id")
    case_id: UUID = Field(foreign_key="reintegration_case.id")
    from_district: str
    to_district: str
    state: str
    reason: str
    note: bytes | None = Field(sa_column=Column(LargeBinary))
    decline_code: str | None
    sent_by: str
    sent_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    accept_by: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class TransferReceived(SQLModel, table=True):
    """The receiver's record: codes alone, so that it can decide. `returnee_id` is there once it accepted."""

    __tablename__ = "case_transfer_received"

    id: UUID = Field(foreign_key="case_transfer_sent.id", primary_key=True)
    to_district: str
    from_district: str
    sex: str
    age_band: str
    needs: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    urgent: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    state: str
    received_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    accept_by: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    answered_by: str | None
    answered_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    returnee_id: UUID | None = Field(foreign_key="returnee.id")
