"""The tables of protected cases. What was said is sealed; what is counted are codes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, DateTime, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class TrainedOfficer(SQLModel, table=True):
    """Whose training a supervisor noted. `until`: the first day on which it no longer counts."""

    __tablename__ = "trained_officer"

    account: str = Field(primary_key=True)
    training: str
    trained_on: date = Field(sa_column=Column(Date, nullable=False))
    until: date | None = Field(sa_column=Column(Date))
    noted_by: str
    noted_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class VictimCase(SQLModel, table=True):
    """Seen by its members and a supervisor alone. `sex`, `age_band`, `country` as at the opening, for counts.

    `finding`, `forms`, `identified_at`: of the identification that stands. `testimony` is noted for the court, and asked by no help.
    """

    __tablename__ = "victim_case"
    __table_args__ = (
        CheckConstraint("version > 0", name="victim_case_version_positive"),
        Index("victim_case_open", "returnee_id", unique=True, postgresql_where=text("closed_at is null")),
    )

    id: UUID = Field(primary_key=True)
    reference: str = Field(unique=True)
    version: int
    returnee_id: UUID = Field(foreign_key="returnee.id")
    country: str
    sex: str
    age_band: str
    finding: str | None
    forms: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False, server_default=text("'{}'")))
    identified_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    testimony: str
    opened_by: str
    opened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    closed_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    closed_by: str | None
    closing_reason: str | None


class VictimCaseMember(SQLModel, table=True):
    """Who sees a case: an account, until it ended."""

    __tablename__ = "victim_case_member"

    case_id: UUID = Field(foreign_key="victim_case.id", primary_key=True)
    account: str = Field(primary_key=True)
    added_by: str
    added_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class VictimIndicator(SQLModel, table=True):
    """What is known of one sign; the latest answer stands. Nothing is computed from it."""

    __tablename__ = "victim_indicator"

    case_id: UUID = Field(foreign_key="victim_case.id", primary_key=True)
    code: str = Field(primary_key=True)
    answer: str
    noted_by: str
    noted_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class VictimIdentification(SQLModel, table=True):
    """What a trained person found and why; added to, never changed. `reasons` is sealed."""

    __tablename__ = "victim_identification"

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="victim_case.id")
    finding: str
    forms: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    reasons: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    training: str
    made_by: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class VictimStep(SQLModel, table=True):
    """One step of help, followed until it was given. `due_on`: a day in court among others. `amount` in minor units; `note` is sealed."""

    __tablename__ = "victim_step"
    __table_args__ = (CheckConstraint("version > 0", name="victim_step_version_positive"),)

    id: UUID = Field(primary_key=True)
    version: int
    case_id: UUID = Field(foreign_key="victim_case.id")
    area: str
    kind: str
    state: str
    provider_id: UUID | None = Field(foreign_key="help_provider.id")
    due_on: date | None = Field(sa_column=Column(Date))
    given_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    amount: int | None = Field(sa_column=Column(BigInteger))
    currency: str | None
    note: bytes | None = Field(sa_column=Column(LargeBinary))
    added_by: str
    added_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
