"""What comes in by message, the talk that follows, and reports that a person should look at."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class Conversation(SQLModel, table=True):
    """The talk with one number by one channel. `answers` so far are sealed; `step` is the question that was asked last."""

    __tablename__ = "conversation"
    __table_args__ = (UniqueConstraint("channel", "phone_index"),)

    id: UUID = Field(primary_key=True)
    channel: str
    phone_index: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    phone: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    step: str
    answers: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    complaint_id: UUID | None = Field(foreign_key="complaint.id")
    began_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    last_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    last_sent_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class InboundMessage(SQLModel, table=True):
    """One message as it came, once however often it is delivered. `media_id` is the provider's, sealed: it opens the recording."""

    __tablename__ = "inbound_message"
    __table_args__ = (UniqueConstraint("provider", "provider_message_id"),)

    id: UUID = Field(primary_key=True)
    provider: str
    provider_message_id: str
    conversation_id: UUID = Field(foreign_key="conversation.id")
    sent_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    received_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    kind: str
    body: bytes | None = Field(sa_column=Column(LargeBinary))
    media_id: bytes | None = Field(sa_column=Column(LargeBinary))
    state: str
    complaint_id: UUID | None = Field(foreign_key="complaint.id")
    attempts: int
    next_try: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Doubt(SQLModel, table=True):
    """Why a report that came through an open door should be looked at. It was taken all the same: nobody is refused by a machine."""

    __tablename__ = "doubt"

    complaint_id: UUID = Field(primary_key=True, foreign_key="complaint.id")
    reasons: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    looked_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    looked_by: str | None = None
