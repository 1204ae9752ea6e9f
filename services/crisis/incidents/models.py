"""An incident and what hangs on it. Each table carries `is_drill` beside the incident's id: the database keeps drills among drills."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

INCIDENT: Final = (["incident_id", "is_drill"], ["incident.id", "incident.is_drill"])


class Incident(SQLModel, table=True):
    """Opened by warnings, a signal or an officer. The country, the danger and whether it is a drill never change."""

    __tablename__ = "incident"
    __table_args__ = (UniqueConstraint("id", "is_drill", name="incident_drill"),)

    id: UUID = Field(primary_key=True)
    is_drill: bool
    version: int
    country: str
    hazard: str
    phase: str
    state: str
    opened_from: str
    signal_id: UUID | None = None
    commander: str
    liaison: str | None = None
    scribe: str | None = None
    opened_by: str
    opened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    access_until: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    closed_by: str | None = None
    closed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    closed_reason: str | None = None


class IncidentAlert(SQLModel, table=True):
    __tablename__ = "incident_alert"
    __table_args__ = (
        ForeignKeyConstraint(*INCIDENT),
        ForeignKeyConstraint(["alert_id", "is_drill"], ["alert.id", "alert.is_drill"]),
    )

    incident_id: UUID = Field(primary_key=True)
    is_drill: bool
    alert_id: UUID = Field(primary_key=True)
    linked_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class IncidentLog(SQLModel, table=True):
    """What was done and said, in order. Each row's hash covers the one before: what was changed or left out afterwards shows."""

    __tablename__ = "incident_log"
    __table_args__ = (ForeignKeyConstraint(*INCIDENT),)

    incident_id: UUID = Field(primary_key=True)
    is_drill: bool
    position: int = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    by: str
    kind: str
    detail: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    note: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    before: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class IncidentTask(SQLModel, table=True):
    """One line of the checklist (`item`), or what an officer added (`words`, sealed).

    `owner_shift`: the officer of the rota whom it was given to; `assignment`: that one giving, which an alarm is raised for once.
    """

    __tablename__ = "incident_task"
    __table_args__ = (
        ForeignKeyConstraint(*INCIDENT),
        UniqueConstraint("incident_id", "item", name="incident_task_once"),
        UniqueConstraint("assignment", name="incident_task_assignment"),
    )

    id: UUID = Field(primary_key=True)
    incident_id: UUID
    is_drill: bool
    version: int
    sector: str
    phase: str
    item: str | None = None
    words: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    owner: str | None = None
    owner_shift: UUID | None = None
    is_urgent: bool = False
    assignment: UUID | None = None
    due: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    state: str
    ended_by: str | None = None
    ended_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class IncidentErrand(SQLModel, table=True):
    """A call to another service that is owed: made after the transaction that owes it, and again until it is answered."""

    __tablename__ = "incident_errand"

    id: UUID = Field(primary_key=True)
    incident_id: UUID = Field(foreign_key="incident.id")
    kind: str
    record: UUID
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    next_try: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default=text("0")))
    error: str | None = None
    done_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
