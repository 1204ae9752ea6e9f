"""A case of distress: where the person is, whether the family may know, and what is needed, one row for each need."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, SmallInteger
from sqlmodel import Field, SQLModel

from services.complaints.cases.models import day, moment, sealed


class DistressFile(SQLModel, table=True):
    """`family_may_know`: the person's own answer, null until they were asked. `ministry_service`: asked for as MoFA's service."""

    __tablename__ = "distress_file"

    complaint_id: UUID = Field(primary_key=True, foreign_key="complaint.id")
    place: bytes | None = sealed()
    family_may_know: bool | None
    family_told_on: date | None = day()
    ministry_service: bool
    opened_at: datetime = moment()
    opened_by: str


class DistressRequest(SQLModel, table=True):
    """`urgency`: 1 (can wait) to 4 (a life is in danger). `office` owns it."""

    __tablename__ = "distress_request"
    __table_args__ = (
        CheckConstraint("urgency between 1 and 4", name="distress_request_urgency"),
        CheckConstraint("state in ('open', 'met', 'unmet', 'withdrawn')", name="distress_request_state"),
    )

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    need: str
    urgency: int = Field(sa_column=Column(SmallInteger, nullable=False))
    office: str
    state: str
    opened_at: datetime = moment()
    opened_by: str
    ended_on: date | None = day()
    note: bytes | None = sealed()
