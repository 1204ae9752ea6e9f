"""The tables of a case that is followed. Words about a person are sealed; results are whole percents."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER
from sqlmodel import Field, SQLModel


class Consent(SQLModel, table=True):
    """What a person said of one purpose and one recipient (`own`: the office itself). A refusal is kept too; `witness` is sealed."""

    __tablename__ = "returnee_consent"
    __table_args__ = (
        Index(
            "returnee_consent_in_force",
            *("returnee_id", "purpose", "recipient"),
            unique=True,
            postgresql_where=text("granted and withdrawn_at is null"),
        ),
    )

    id: UUID = Field(primary_key=True)
    returnee_id: UUID = Field(foreign_key="returnee.id")
    purpose: str
    recipient: str
    granted: bool
    way: str
    language: str
    witness: bytes | None = Field(sa_column=Column(LargeBinary))
    by_guardian: bool
    taken_by: str
    taken_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    withdrawn_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    withdrawn_by: str | None


class HouseholdMember(SQLModel, table=True):
    """Somebody of the household; of a child, how schooling goes. `has_papers` false is a child without papers."""

    __tablename__ = "household_member"

    id: UUID = Field(primary_key=True)
    returnee_id: UUID = Field(foreign_key="returnee.id")
    name: bytes | None = Field(sa_column=Column(LargeBinary))
    relation: str
    birth_year: int | None = Field(sa_column=Column(SmallInteger))
    sex: str
    has_papers: bool | None
    schooling: str | None
    school_class: str | None
    credits: str | None
    out_since: date | None = Field(sa_column=Column(Date))
    added_by: str
    added_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class ChildHandOver(SQLModel, table=True):
    """A child of the household was given to child protection. `note` is sealed. Written once, never changed."""

    __tablename__ = "child_hand_over"

    member_id: UUID = Field(foreign_key="household_member.id", primary_key=True)
    body: str
    handed_on: date = Field(sa_column=Column(Date, nullable=False))
    note: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    handed_by: str
    written_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Assessment(SQLModel, table=True):
    """How somebody stood on a day: number 0 is the baseline. `answers` is sealed JSON; `answered` counts per dimension."""

    __tablename__ = "case_assessment"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="reintegration_case.id")
    number: int
    instrument: str
    answers: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    economic: int | None = Field(sa_column=Column(SmallInteger))
    social: int | None = Field(sa_column=Column(SmallInteger))
    psychosocial: int | None = Field(sa_column=Column(SmallInteger))
    answered: list[int] = Field(sa_column=Column(ARRAY(INTEGER), nullable=False))
    made_by: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Plan(SQLModel, table=True):
    """That there is a plan, and whether the returnee agreed to it."""

    __tablename__ = "case_plan"

    case_id: UUID = Field(foreign_key="reintegration_case.id", primary_key=True)
    agreed: bool
    made_by: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class PlanGoal(SQLModel, table=True):
    """One goal: in which dimension, with what help, who acts, by when."""

    __tablename__ = "plan_goal"

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="reintegration_case.id")
    dimension: str
    words: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    help: str | None
    who: str
    due_on: date = Field(sa_column=Column(Date, nullable=False))
    state: str
    state_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Review(SQLModel, table=True):
    """A day on which the plan is looked at again. `confirmed`: whether the returnee says that the services came."""

    __tablename__ = "case_review"

    case_id: UUID = Field(foreign_key="reintegration_case.id", primary_key=True)
    number: int = Field(primary_key=True)
    district: str
    due_on: date = Field(sa_column=Column(Date, nullable=False))
    held_on: date | None = Field(sa_column=Column(Date))
    held_by: str | None
    confirmed: str | None
    note: bytes | None = Field(sa_column=Column(LargeBinary))
