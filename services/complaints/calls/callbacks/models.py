"""The tables of call-backs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Index, LargeBinary, SmallInteger, text
from sqlmodel import Field, SQLModel


class Callback(SQLModel, table=True):
    """A number that somebody has to call, open once at a time. `latest`: by then it goes to the supervisor's seat.

    `may_call` is the safe-contact rule of the number as it was when the task was opened or joined last.
    """

    __tablename__ = "callback"
    __table_args__ = (
        CheckConstraint("priority between 1 and 3", name="callback_priority"),
        CheckConstraint("latest >= earliest", name="callback_window"),
        Index("callback_open_of_number", "number_index", unique=True, postgresql_where=text("closed_at is null")),
    )

    id: UUID = Field(primary_key=True)
    version: int
    number: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    number_index: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    number_country: str | None
    reason: str
    missed: int
    last_missed_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    priority: int = Field(sa_column=Column(SmallInteger, nullable=False))
    may_call: bool | None
    wants_woman: bool
    earliest: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    latest: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    assignee: str | None
    complaint_id: UUID | None = Field(foreign_key="complaint.id")
    note: bytes | None = Field(sa_column=Column(LargeBinary))
    attempts: int
    last_attempt_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    escalated_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    opened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    closed_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    outcome: str | None


class CallbackAttempt(SQLModel, table=True):
    """Somebody tried: never changed afterwards."""

    __tablename__ = "callback_attempt"

    id: UUID = Field(primary_key=True)
    callback_id: UUID = Field(foreign_key="callback.id")
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    by: str
    outcome: str
    note: bytes | None = Field(sa_column=Column(LargeBinary))
