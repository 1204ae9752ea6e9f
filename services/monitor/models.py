"""The monitor's tables: what happened, counted; no fact of its own."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Date, DateTime
from sqlmodel import Field, SQLModel


class Fact(SQLModel, table=True):
    """One event as evidence: codes and ids only."""

    __tablename__ = "fact"

    event_id: UUID = Field(primary_key=True)
    event_type: str
    record: UUID
    happened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Tally(SQLModel, table=True):
    """Facts per type and day (of Bangladesh), so that a page does not count millions."""

    __tablename__ = "tally"

    event_type: str = Field(primary_key=True)
    day: date = Field(sa_column=Column(Date, primary_key=True))
    facts: int = Field(sa_type=BigInteger)
    last_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
