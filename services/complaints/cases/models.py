"""What every case keeps, of whatever kind: steps, links between cases. Personal words are sealed. Money is followed as redress."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, DateTime, LargeBinary
from sqlmodel import Field, SQLModel


def moment() -> Any:
    """A column that always has a moment."""
    return Field(sa_column=Column(DateTime(timezone=True), nullable=False))


def day(*, needed: bool = False) -> Any:
    return Field(sa_column=Column(Date, nullable=not needed))


def sealed(*, needed: bool = False) -> Any:
    return Field(sa_column=Column(LargeBinary, nullable=not needed))


class Step(SQLModel, table=True):
    """What was done, when, by whom (`source`), at whose cost. Never changed. `request_id`: for which request of a distress case."""

    __tablename__ = "file_step"
    __table_args__ = (
        CheckConstraint("cost > 0"),
        CheckConstraint("(cost is null) = (currency is null)", name="file_step_cost_is_whole"),
    )

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    request_id: UUID | None
    kind: str
    source: str
    done_on: date = day(needed=True)
    cost: int | None = Field(sa_column=Column(BigInteger))
    currency: str | None
    borne_by: str | None
    note: bytes | None = sealed()
    office: str
    recorded_at: datetime = moment()
    recorded_by: str


class Link(SQLModel, table=True):
    """One case grew out of another: `complaint_id` is the later one."""

    __tablename__ = "file_link"

    complaint_id: UUID = Field(primary_key=True, foreign_key="complaint.id")
    other_id: UUID = Field(primary_key=True, foreign_key="complaint.id")
    why: str
    at: datetime = moment()
    by: str
