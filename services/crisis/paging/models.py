"""Alarms, their steps, who acknowledged, and each page to an officer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TEXT, Column, DateTime, ForeignKeyConstraint, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel


def _moment(*, nullable: bool = False) -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=nullable)


class Alarm(SQLModel, table=True):
    """One thing that one mission must take note of. `subject`: a code that its text speaks of (severity, source, mission)."""

    __tablename__ = "paging"
    __table_args__ = (UniqueConstraint("cause", "record", "mission"),)

    id: UUID = Field(primary_key=True)
    cause: str
    record: UUID
    mission: str
    level: int = Field(sa_column=Column(SmallInteger, nullable=False))
    subject: str
    countries: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    policy_version: str
    opened_at: datetime = Field(sa_column=_moment())
    closed_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    closed_because: str | None = None


class AlarmStep(SQLModel, table=True):
    """A step that was taken; `officers`: how many sat there. `mission`: whose seat it was."""

    __tablename__ = "paging_step"

    paging_id: UUID = Field(primary_key=True, foreign_key="paging.id")
    number: int = Field(sa_column=Column(SmallInteger, primary_key=True))
    who: str
    mission: str
    officers: int = Field(sa_column=Column(SmallInteger, nullable=False))
    taken_at: datetime = Field(sa_column=_moment())


class AlarmAcknowledgement(SQLModel, table=True):
    __tablename__ = "paging_acknowledgement"

    paging_id: UUID = Field(primary_key=True, foreign_key="paging.id")
    party: str = Field(primary_key=True)
    by: str = Field(primary_key=True)
    by_name: str | None = None
    via: str
    at: datetime = Field(sa_column=_moment())


class OfficerPage(SQLModel, table=True):
    """One officer, one step: accepted once, by the first of `channels` that takes it (`way` counts those that refused)."""

    __tablename__ = "page"
    __table_args__ = (
        UniqueConstraint("paging_id", "number", "shift_id"),
        ForeignKeyConstraint(["paging_id", "number"], ["paging_step.paging_id", "paging_step.number"]),
    )

    id: UUID = Field(primary_key=True)
    paging_id: UUID
    number: int = Field(sa_column=Column(SmallInteger, nullable=False))
    shift_id: UUID
    phone_index: bytes
    channels: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    way: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False, server_default="0"))
    state: str
    reason: str | None = None
    attempts: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False, server_default="0"))
    due: datetime = Field(sa_column=_moment())
    claimed_until: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    provider_id: str | None = None
    queued_at: datetime = Field(sa_column=_moment())
    handed_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
