"""What leads reported of activities, and what civil society says to it. Rows are added, never changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, UniqueConstraint
from sqlmodel import Field, SQLModel


def _time() -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Report(SQLModel, table=True):
    """`version` counts the reports on an activity through all editions. `corrects`: the version that this one takes the place of."""

    __tablename__ = "activity_report"
    __table_args__ = (UniqueConstraint("edition", "activity", "version"),)

    id: UUID = Field(primary_key=True)
    edition: str
    activity: str
    version: int
    actor: str
    from_paper: bool
    state: str
    as_of: date = Field(sa_column=Column(Date, nullable=False))
    text: str
    document: str | None
    document_url: str | None
    paper: UUID | None = Field(default=None, foreign_key="paper.id")
    corrects: int | None
    reported_at: datetime = _time()
    reported_by: str


class Comment(SQLModel, table=True):
    """What an organisation of civil society says to the report `report`, or to the activity."""

    __tablename__ = "activity_comment"

    id: UUID = Field(primary_key=True)
    edition: str
    activity: str
    report: int | None
    org: str
    stance: str
    text: str
    document: str | None
    document_url: str | None
    paper: UUID | None = Field(default=None, foreign_key="paper.id")
    written_at: datetime = _time()
    written_by: str


class Reminder(SQLModel, table=True):
    """The `number`-th reminder, on `on_day`, of a report that was due on `report_due`."""

    __tablename__ = "activity_reminder"
    __table_args__ = (UniqueConstraint("edition", "activity", "report_due", "number"),)

    id: UUID = Field(primary_key=True)
    edition: str
    activity: str
    report_due: date = Field(sa_column=Column(Date, nullable=False))
    number: int
    on_day: date = Field(sa_column=Column(Date, nullable=False))
    reminded_at: datetime = _time()
