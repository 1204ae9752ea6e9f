"""That somebody of the register is said to have come home."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Index
from sqlmodel import Field, SQLModel


class NationalReturn(SQLModel, table=True):
    """One per link that a person confirmed with consent. The record stays as it was: whoever asks the person changes its state.

    `link`: reintegration's id of what was decided; nothing of the register's finds the returnee by it.
    """

    __tablename__ = "national_return"
    __table_args__ = (Index("national_return_of", "person_id"),)

    link: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="national.id", ondelete="CASCADE")
    returned_on: date = Field(sa_column=Column(Date, nullable=False))
    told_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    taken_back_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
