"""Messages that go out: each row is an attempt with its rule judged, its words and its outcome."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class Message(SQLModel, table=True):
    """Who gets it and in what words is decided when it is sent: `recipient` and `body` are sealed and empty until then.

    A reply to a number that has no complaint yet has its `recipient` from the beginning. `id` is the reference that the provider is given.
    """

    __tablename__ = "message"

    id: UUID = Field(primary_key=True)
    complaint_id: UUID | None = Field(foreign_key="complaint.id")
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    by: str
    template: str
    detail: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    channel: str
    language: str
    recipient: bytes | None = Field(sa_column=Column(LargeBinary))
    is_reply: bool
    status: str
    reason: str | None = None
    due: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    attempts: int = 0
    attempted_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    wording: str | None = None
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    provider_id: str | None = None
    settled_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
