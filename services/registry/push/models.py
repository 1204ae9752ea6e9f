"""Browsers that a person let show notifications."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, LargeBinary
from sqlmodel import Field, SQLModel


class NationalPush(SQLModel, table=True):
    """What a browser subscribed with, sealed whole: whoever has it can make that phone ring. One browser rings for one person."""

    __tablename__ = "national_push"
    __table_args__ = (Index("national_push_of", "person_id", "added_at"),)

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="national.id", ondelete="CASCADE")
    endpoint_index: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    subscription: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    added_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
