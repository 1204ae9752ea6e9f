"""A person's agreement that something is shared, per purpose and recipient; dated, and taken back at any time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, LargeBinary, text
from sqlmodel import Field, SQLModel


class Consent(SQLModel, table=True):
    """`recipient` is a code: a kind of body (`police`), an office, an organisation. `witness` is sealed: who was there, or a thumbprint."""

    __tablename__ = "consent"
    __table_args__ = (
        Index("consent_in_force", "complaint_id", "purpose", "recipient", unique=True, postgresql_where=text("withdrawn_at is null")),
    )

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    purpose: str
    recipient: str
    language: str
    witness: bytes | None = Field(sa_column=Column(LargeBinary))
    given_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    recorded_by: str
    withdrawn_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    withdrawn_by: str | None
