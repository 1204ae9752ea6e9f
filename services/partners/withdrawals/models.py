"""Who was told that a consent is withdrawn and has to confirm it, and what was done until they did. Nobody is named."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as UUIDS
from sqlmodel import Field, SQLModel


class Withdrawal(SQLModel, table=True):
    """`event_id`: under which id it was told. `recipient`: the code by which the consent named the body; it need not be a partner.

    `records`: as the body knows them. `asked_at`: since when the confirmation is asked for.
    """

    __tablename__ = "partner_withdrawal"
    __table_args__ = (Index("partner_withdrawal_oldest", "asked_at", "event_id"),)

    event_id: UUID = Field(primary_key=True)
    recipient: str
    purpose: str
    records: list[UUID] = Field(sa_column=Column(ARRAY(UUIDS(as_uuid=True)), nullable=False))
    restricted: bool
    withdrawn_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    asked_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    due: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    confirmed_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    outcome: str | None
    way: str | None


class Step(SQLModel, table=True):
    """Added once, never changed. `by`: who confirmed, null where time did it. `words`: an officer's note of a letter or a call, sealed."""

    __tablename__ = "partner_withdrawal_step"
    __table_args__ = (Index("partner_withdrawal_step_of", "event_id", "at"),)

    id: UUID = Field(primary_key=True)
    event_id: UUID = Field(foreign_key="partner_withdrawal.event_id")
    kind: str
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    by: str | None
    words: bytes | None = Field(sa_column=Column(LargeBinary))
