"""An emergency opens the register for those who must act in it, and ends."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, Column, DateTime
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel


class EmergencyOpening(SQLModel, table=True):
    """While it is open (neither closed nor past `until`), officers of its countries may list who is there. `incident`: of crisis.

    `standing_in`: officers of these countries have its duty now.
    """

    __tablename__ = "emergency_opening"
    __table_args__ = (CheckConstraint("until > opened_at", name="emergency_opening_until"),)

    incident: UUID = Field(primary_key=True)
    is_drill: bool
    countries: list[str] = Field(sa_column=Column(ARRAY(CHAR(2)), nullable=False))
    standing_in: list[str] = Field(sa_column=Column(ARRAY(CHAR(2)), nullable=False))
    reason: str
    opened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    until: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    closed_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
