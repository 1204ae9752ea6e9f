"""What was earned abroad and not paid, and what came of it; complaints that began at the desk. Amounts in minor units."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, DateTime, LargeBinary, text
from sqlmodel import Field, SQLModel


class EarningsClaim(SQLModel, table=True):
    """One claim in one currency. `employer` is sealed. `recovered` is the sum of what its steps say came, never more than `amount`."""

    __tablename__ = "earnings_claim"
    __table_args__ = (CheckConstraint("version > 0", name="earnings_claim_version_positive"),)

    id: UUID = Field(primary_key=True)
    reference: str = Field(unique=True)
    version: int
    returnee_id: UUID = Field(foreign_key="returnee.id")
    kind: str
    country: str
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    currency: str
    recovered: int = Field(sa_column=Column(BigInteger, nullable=False, server_default=text("0")))
    recovered_on: date | None = Field(sa_column=Column(Date))
    employer: bytes | None = Field(sa_column=Column(LargeBinary))
    state: str
    opened_by: str
    opened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    ending: str | None


class ClaimStep(SQLModel, table=True):
    """What was done about a claim; with an amount, what came of it. Added to, never changed. `note` is sealed."""

    __tablename__ = "earnings_claim_step"

    id: UUID = Field(primary_key=True)
    claim_id: UUID = Field(foreign_key="earnings_claim.id")
    kind: str
    done_on: date = Field(sa_column=Column(Date, nullable=False))
    amount: int | None = Field(sa_column=Column(BigInteger))
    note: bytes | None = Field(sa_column=Column(LargeBinary))
    noted_by: str
    noted_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class LinkedComplaint(SQLModel, table=True):
    """A complaint that was lodged from a returnee's page: its reference alone, for whoever may read it there."""

    __tablename__ = "returnee_complaint"

    returnee_id: UUID = Field(foreign_key="returnee.id", primary_key=True)
    complaint_reference: str = Field(primary_key=True)
    linked_by: str
    linked_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
