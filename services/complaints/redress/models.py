"""What is owed and paid: a line for each head of a claim in one currency, and what was paid, recovered or sued for. Minor units."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, DateTime, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class RedressLine(SQLModel, table=True):
    """One head of a claim (`wages`, `fee`) in one currency: what is claimed, and what was ordered by a decision or a settlement.

    `payer`: who owes it, where that is not simply whom the complaint is about (a code of the cases' lists). `is_grant`: the Welfare Board
    pays it and nobody owes it; `head` is then a grant of the data. `settled_on` is the day of the payment that left nothing owed.
    """

    __tablename__ = "redress_line"
    __table_args__ = (
        UniqueConstraint("complaint_id", "head", "currency", "payer", name="redress_line_once", postgresql_nulls_not_distinct=True),
        CheckConstraint("ordered >= 0", name="redress_line_ordered"),
        Index("redress_line_grants", "made_at", "id", postgresql_where=text("is_grant and given_up_at is null and settled_on is null")),
    )

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    version: int
    head: str
    currency: str
    payer: str | None = None
    is_grant: bool = False
    claimed_on: date | None = Field(default=None, sa_column=Column(Date))
    claimed: int | None = Field(default=None, sa_column=Column(BigInteger))
    ordered: int | None = Field(default=None, sa_column=Column(BigInteger))
    basis: str | None = None
    ordered_on: date | None = Field(default=None, sa_column=Column(Date))
    due_on: date | None = Field(default=None, sa_column=Column(Date))
    settled_on: date | None = Field(default=None, sa_column=Column(Date))
    given_up_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    given_up_reason: str | None = None
    given_up_note: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    made_by: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class RedressPayment(SQLModel, table=True):
    """What somebody says was paid. It counts once `confirmed_at` is set: by the person it is owed to, or a proof that an officer saw.

    `proof` is null where an officer of a case saw the money arrive and named no paper.
    """

    __tablename__ = "redress_payment"
    __table_args__ = (UniqueConstraint("line_id", "proof_index"),)

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="redress_line.id")
    complaint_id: UUID = Field(foreign_key="complaint.id")
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    paid_on: date = Field(sa_column=Column(Date, nullable=False))
    way: str
    source: str
    proof: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    proof_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    recorded_by: str
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    confirmed_by: str | None = None
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    confirmed_with: str | None = None


class RedressRecourse(SQLModel, table=True):
    """The agency's security deposit is asked for what it does not pay, and a public demand for what the deposit does not cover."""

    __tablename__ = "redress_recourse"
    __table_args__ = (Index("redress_recourse_open", "line_id", unique=True, postgresql_where=text("status in ('requested', 'granted')")),)

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="redress_line.id")
    complaint_id: UUID = Field(foreign_key="complaint.id")
    version: int
    status: str
    requested: int = Field(sa_column=Column(BigInteger, nullable=False))
    requested_on: date = Field(sa_column=Column(Date, nullable=False))
    granted: int | None = Field(default=None, sa_column=Column(BigInteger))
    decided_on: date | None = Field(default=None, sa_column=Column(Date))
    refused_because: str | None = None
    paid_on: date | None = Field(default=None, sa_column=Column(Date))
    demanded: int | None = Field(default=None, sa_column=Column(BigInteger))
    demanded_on: date | None = Field(default=None, sa_column=Column(Date))
    made_by: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class CourtCase(SQLModel, table=True):
    """A case before a court or the police about the same matter: a complaint gives none of them up. `body` and `number` are sealed."""

    __tablename__ = "court_case"

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    version: int
    kind: str
    law: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    number: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    filed_on: date = Field(sa_column=Column(Date, nullable=False))
    next_date: date | None = Field(default=None, sa_column=Column(Date))
    outcome: str | None = None
    closed_on: date | None = Field(default=None, sa_column=Column(Date))
    made_by: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class RedressTask(SQLModel, table=True):
    """Something for the office that holds the complaint: a date comes near, a date is past, or somebody is to be asked how it went.

    `callback_id`: an agent of the call centre asks it, with whatever else that number is called for.
    """

    __tablename__ = "redress_task"
    __table_args__ = (UniqueConstraint("complaint_id", "kind", "due"),)

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    office: str
    kind: str
    line_id: UUID | None = Field(default=None, foreign_key="redress_line.id")
    callback_id: UUID | None = Field(default=None, foreign_key="callback.id")
    due: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    done_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    done_by: str | None = None
    answer: str | None = None
    words: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
