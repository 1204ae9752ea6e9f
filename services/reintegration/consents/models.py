"""The photo of a paper that bears an inked thumbprint: a picture, never a template of the finger."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, LargeBinary
from sqlmodel import Field, SQLModel


class ConsentPhoto(SQLModel, table=True):
    """`file_id` names the sealed file until `removed_at`; `sent_sha256` is of what was sent, not of what is kept. Else never changed."""

    __tablename__ = "consent_photo"

    consent_id: UUID = Field(foreign_key="returnee_consent.id", primary_key=True)
    file_id: UUID
    size: int
    sent_sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    added_by: str
    added_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    removed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
