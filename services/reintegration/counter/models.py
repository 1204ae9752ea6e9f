"""Who waits at a counter and what was told there. No row knows a person."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class CounterTicket(SQLModel, table=True):
    """A number that somebody took on a day (of Dhaka). Called, or gone before that."""

    __tablename__ = "counter_ticket"
    __table_args__ = (UniqueConstraint("district", "day", "number"), CheckConstraint("number > 0", name="counter_ticket_number_check"))

    id: UUID = Field(primary_key=True)
    district: str
    day: date = Field(sa_column=Column(Date, nullable=False))
    number: int
    purpose: str
    taken_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    called_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    called_by: str | None
    left_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class CounterTold(SQLModel, table=True):
    """That something was explained to somebody. Added to, never changed."""

    __tablename__ = "counter_told"
    __table_args__ = (Index("counter_told_of", "district", "day", "topic"),)

    id: UUID = Field(primary_key=True)
    district: str
    day: date = Field(sa_column=Column(Date, nullable=False))
    topic: str
    lists_version: str
    told_by: str
    told_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
