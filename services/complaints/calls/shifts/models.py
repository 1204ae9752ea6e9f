"""The tables of shifts and of what one hands to the next."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class Shift(SQLModel, table=True):
    """Somebody's time at the desk; one open at a time. `serves_women`: takes callers who ask for a woman, said voluntarily each time."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("ends_at > began_at", name="shift_ends_after_it_began"),
        Index("shift_open_of_agent", "agent", unique=True, postgresql_where=text("ended_at is null")),
        Index("shift_open_of_extension", "extension", unique=True, postgresql_where=text("ended_at is null")),
    )

    id: UUID = Field(primary_key=True)
    agent: str
    name: str
    extension: str | None
    serves_women: bool
    began_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ends_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    ended_how: str | None


class Handover(SQLModel, table=True):
    """One thing that was in hand when a shift ended. `at_seat`: nobody accepted it in time, the supervisor's seat has it."""

    __tablename__ = "handover"
    __table_args__ = (UniqueConstraint("shift_id", "kind", "record"),)

    id: UUID = Field(primary_key=True)
    shift_id: UUID = Field(foreign_key="shift.id")
    kind: str
    record: UUID
    given_by: str
    given_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    state: str
    taken_by: str | None
    taken_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
