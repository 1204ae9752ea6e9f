"""Who may follow their own complaint without an account: short sessions, and wrong attempts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, LargeBinary
from sqlmodel import Field, SQLModel


class TrackingSession(SQLModel, table=True):
    """Begun with reference and secret. The token is not here: `token_hash` is its SHA-256."""

    __tablename__ = "tracking_session"

    token_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    complaint_id: UUID = Field(foreign_key="complaint.id")
    door: str
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class TrackingFailure(SQLModel, table=True):
    """A wrong secret, or a reference that is none. The address is a blind index, and the row is gone after two days."""

    __tablename__ = "tracking_failure"

    id: UUID = Field(primary_key=True)
    complaint_id: UUID | None
    address_index: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
