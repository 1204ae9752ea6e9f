"""Hearings and settlements. Places and terms are sealed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Date, DateTime, LargeBinary, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel


class Hearing(SQLModel, table=True):
    """`apart`: the parties do not meet. `companion`: the complainant brings somebody."""

    __tablename__ = "hearing"
    __table_args__ = (UniqueConstraint("complaint_id", "number"),)

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    number: int = Field(sa_column=Column(SmallInteger, nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    mode: str
    apart: bool
    companion: bool
    place: bytes | None = Field(sa_column=Column(LargeBinary))
    state: str
    complainant_came: bool | None
    respondent_came: bool | None
    closed_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class Settlement(SQLModel, table=True):
    """What the parties agreed to of their own will. `amount` in minor units."""

    __tablename__ = "settlement"

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    made_by: str
    terms: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    complainant_agrees: bool
    respondent_agrees: bool
    amount: int | None = Field(sa_column=Column(BigInteger))
    currency: str | None
    due_on: date | None = Field(sa_column=Column(Date))
    agreed_on: date = Field(sa_column=Column(Date, nullable=False))
    recorded_by: str
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
