"""A family left behind: who, what threatens them, at what risk, and when somebody visits them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Column, SmallInteger, Text
from sqlmodel import Field, SQLModel

from services.complaints.cases.models import day, moment, sealed


class ProtectionFile(SQLModel, table=True):
    """`abuser` and `reach_through` are ties to the person: nobody reaches a family through the one who harms it."""

    __tablename__ = "protection_file"
    __table_args__ = (
        CheckConstraint("children_in_school between 0 and children", name="protection_file_school"),
        CheckConstraint("reach_through <> abuser or abuser = 'nobody'", name="protection_file_reach"),
    )

    complaint_id: UUID = Field(primary_key=True, foreign_key="complaint.id")
    who: str
    issues: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    abuser: str
    reach_through: str
    children: int = Field(sa_column=Column(SmallInteger, nullable=False))
    children_in_school: int | None = Field(sa_column=Column(SmallInteger))
    guardian: bytes | None = sealed()
    guardian_relation: str | None
    level: str | None
    plan: bytes | None = sealed()
    next_visit: date | None = day()
    opened_at: datetime = moment()
    opened_by: str


class Assessment(SQLModel, table=True):
    """What was answered, what that speaks for, and what a person decided and why. Never changed."""

    __tablename__ = "protection_assessment"

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    instrument: str
    answers: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    points: int
    speaks_for: str
    level: str
    reason: bytes = sealed(needed=True)
    decided_at: datetime = moment()
    decided_by: str


class Visit(SQLModel, table=True):
    """`seen_alone`: whether the person could be spoken to without the others of the house. Never changed."""

    __tablename__ = "protection_visit"

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    done_on: date = day(needed=True)
    seen_alone: bool
    findings: bytes | None = sealed()
    next_visit: date | None = day()
    recorded_at: datetime = moment()
    recorded_by: str
