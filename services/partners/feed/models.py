"""The tables of the feed: what each organisation is told, as it is sent, and what it may hear of no more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class Feed(SQLModel, table=True):
    """The number of the organisation's last event. Its lock is held by whoever adds: no number shows before a smaller one."""

    __tablename__ = "partner_feed"

    organisation_id: UUID = Field(foreign_key="partner_organisation.id", primary_key=True)
    last: int = Field(sa_column=Column(BigInteger, nullable=False))


class FeedEvent(SQLModel, table=True):
    """`body` is what goes out, byte by byte, now and at every repetition. `fields`: which of the fact's data are in it.

    `purpose` is null for a withdrawal. `withheld`: why nobody is given it any more.
    """

    __tablename__ = "partner_feed_event"
    __table_args__ = (UniqueConstraint("organisation_id", "id", name="partner_feed_event_once"),)

    organisation_id: UUID = Field(foreign_key="partner_organisation.id", primary_key=True)
    position: int = Field(sa_column=Column(BigInteger, primary_key=True))
    id: UUID
    type: str
    subject: UUID
    sequence: int
    purpose: str | None
    fields: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    added_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    withheld: str | None


class ClosedRecord(SQLModel, table=True):
    """A record of which the organisation is told nothing more: the consent that it rested on is gone. `closed_by`: that event."""

    __tablename__ = "partner_closed_record"

    organisation_id: UUID = Field(foreign_key="partner_organisation.id", primary_key=True)
    record: UUID = Field(primary_key=True)
    closed_by: UUID
