"""Who was registered abroad, before the flight, and whether they came."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, text
from sqlmodel import Field, SQLModel


class ExpectedReturn(SQLModel, table=True):
    """One per returnee whom a wing registered before the flight. `country`: where the wing is, for its colleagues."""

    __tablename__ = "expected_return"
    __table_args__ = (Index("expected_return_open", "expected_on", "returnee_id", postgresql_where=text("state = 'expected'")),)

    returnee_id: UUID = Field(primary_key=True, foreign_key="returnee.id")
    version: int
    country: str
    expected_on: date
    state: str
    noted_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
