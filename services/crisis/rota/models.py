"""Who is on duty in a mission, from when until when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime
from sqlmodel import Field, SQLModel


class OfficerShift(SQLModel, table=True):
    """An officer on a seat. Name and number are sealed; the index finds whose text it is that acknowledges."""

    __tablename__ = "officer_shift"

    id: UUID = Field(primary_key=True)
    version: int = 1
    mission: str
    seat: str
    name: bytes
    phone: bytes
    phone_index: bytes
    language: str
    starts_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ends_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    added_by: str
    added_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_by: str | None = None
    ended_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
