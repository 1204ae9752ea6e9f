"""The tables of the reintegration service. Constraints stand here and in the database; input is judged in `schemas`."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Index, LargeBinary, SmallInteger, desc, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class Returnee(SQLModel, table=True):
    """A person who came back. Names, numbers and the village are sealed; `phone_index` is a blind index.

    Codes are of the lists of `lists_version`.
    `restricted`: a flag of abuse, trafficking or a child alone narrows who sees the record. `same_as`: a person decided that an earlier
    record is of the same person; both stay.
    """

    __tablename__ = "returnee"
    __table_args__ = (
        CheckConstraint("version > 0", name="returnee_version_positive"),
        CheckConstraint("birth_year between 1900 and 2100", name="returnee_birth_year"),
        Index("returnee_newest", desc("registered_at"), desc("id")),
        Index("returnee_district", "district", desc("registered_at"), desc("id")),
        Index("returnee_registered_by", "registered_by", desc("registered_at")),
        Index("returnee_phone", "phone_index", postgresql_where=text("phone_index is not null")),
    )

    id: UUID = Field(primary_key=True)
    reference: str = Field(unique=True)
    version: int
    name: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    name_bn: bytes | None = Field(sa_column=Column(LargeBinary))
    phone: bytes | None = Field(sa_column=Column(LargeBinary))
    phone_index: bytes | None = Field(sa_column=Column(LargeBinary))
    second_phone: bytes | None = Field(sa_column=Column(LargeBinary))
    father: bytes | None = Field(sa_column=Column(LargeBinary))
    mother: bytes | None = Field(sa_column=Column(LargeBinary))
    village: bytes | None = Field(sa_column=Column(LargeBinary))
    guardian: bytes | None = Field(sa_column=Column(LargeBinary))
    birth_year: int | None = Field(sa_column=Column(SmallInteger))
    upazila: str | None
    sex: str
    age_band: str
    disability: str
    district: str
    country: str
    returned_on: date = Field(sa_column=Column(Date, nullable=False))
    departed_on: date | None = Field(sa_column=Column(Date))
    return_reason: str
    proof: str | None
    owed: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    flags: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    restricted: bool
    neutral_slip: bool
    same_as: UUID | None = Field(foreign_key="returnee.id")
    device_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    lists_version: str
    registered_by: str
    registered_by_org: str | None
    registered_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class ArrivalService(SQLModel, table=True):
    """One thing that was offered, done, declined or referred on arrival. Added to, never changed."""

    __tablename__ = "arrival_service"

    id: UUID = Field(primary_key=True)
    returnee_id: UUID = Field(foreign_key="returnee.id")
    kind: str
    outcome: str
    noted_by: str
    noted_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class ReturneeDocument(SQLModel, table=True):
    """A paper that the person showed; the number is sealed, and may be missing."""

    __tablename__ = "returnee_document"
    __table_args__ = (
        Index("returnee_document_of", "returnee_id"),
        Index("returnee_document_number", "number_index", postgresql_where=text("number_index is not null")),
    )

    id: UUID = Field(primary_key=True)
    returnee_id: UUID = Field(foreign_key="returnee.id")
    kind: str
    number: bytes | None = Field(sa_column=Column(LargeBinary))
    number_index: bytes | None = Field(sa_column=Column(LargeBinary))


class ReintegrationCase(SQLModel, table=True):
    """The file in which a returnee's needs and help are kept. One at a time is open (`reintegration_case_open`)."""

    __tablename__ = "reintegration_case"
    __table_args__ = (
        CheckConstraint("version > 0", name="reintegration_case_version_positive"),
        CheckConstraint("(closing_proposed_by is null) = (closing_reason is null)", name="reintegration_case_closing"),
        Index("reintegration_case_open", "returnee_id", unique=True, postgresql_where=text("closed_at is null")),
        Index("reintegration_case_due", "plan_due", postgresql_where=text("closed_at is null")),
    )

    id: UUID = Field(primary_key=True)
    reference: str = Field(unique=True)
    version: int
    returnee_id: UUID = Field(foreign_key="returnee.id")
    status: str
    needs: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    plan_due: date = Field(sa_column=Column(Date, nullable=False))
    opened_by: str
    opened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    closed_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    closing_reason: str | None
    closing_note: bytes | None = Field(sa_column=Column(LargeBinary))
    closing_proposed_by: str | None
    closing_proposed_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    closed_by: str | None


class CaseConsent(SQLModel, table=True):
    """What a person said when asked for one purpose. A refusal is kept as well as a consent; neither is ever changed."""

    __tablename__ = "case_consent"
    __table_args__ = (Index("case_consent_of", "case_id"),)

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="reintegration_case.id")
    purpose: str
    granted: bool
    by_guardian: bool = False
    witness: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    taken_by: str
    taken_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
