"""The tables of partners. Constraints stand here and in the database; input is judged in `schemas`."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class Organisation(SQLModel, table=True):
    """`code`: as in the claim `org` of its people. `contact` is sealed. `stewards`: accounts that act for it."""

    __tablename__ = "partner_organisation"
    __table_args__ = (
        CheckConstraint("version > 0", name="partner_organisation_version_positive"),
        CheckConstraint("decided_by <> applied_by", name="partner_organisation_four_eyes"),
    )

    id: UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    version: int
    state: str
    kind: str
    name_en: str
    name_bn: str
    registration: str | None
    contact: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    stewards: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    applied_by: str
    applied_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    decided_by: str | None
    decided_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    suspended_by: str | None


class Agreement(SQLModel, table=True):
    """What the organisation may know and for what. `reference`: where the signed paper lies."""

    __tablename__ = "partner_agreement"
    __table_args__ = (
        CheckConstraint("version > 0", name="partner_agreement_version_positive"),
        CheckConstraint("decided_by <> proposed_by", name="partner_agreement_four_eyes"),
        CheckConstraint("valid_until >= valid_from", name="partner_agreement_days"),
        Index("partner_agreement_of", "organisation_id", "proposed_at"),
    )

    id: UUID = Field(primary_key=True)
    version: int
    organisation_id: UUID = Field(foreign_key="partner_organisation.id")
    state: str
    purposes: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    fields: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    activities: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    reference: str
    valid_from: date = Field(sa_column=Column(Date, nullable=False))
    valid_until: date = Field(sa_column=Column(Date, nullable=False))
    proposed_by: str
    proposed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    decided_by: str | None
    decided_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    ended_by: str | None
    ended_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class Client(SQLModel, table=True):
    """A program of an organisation. `client_id`: what its tokens say; the secret is the identity provider's.

    `per_minute`, `per_day`: a quota of its own, null for that of everybody. `origins`: web pages that may use its tokens.
    """

    __tablename__ = "partner_client"
    __table_args__ = (
        CheckConstraint("version > 0", name="partner_client_version_positive"),
        UniqueConstraint("organisation_id", "name", name="partner_client_name"),
    )

    id: UUID = Field(primary_key=True)
    version: int
    client_id: str = Field(unique=True)
    organisation_id: UUID = Field(foreign_key="partner_organisation.id")
    name: str
    state: str
    scopes: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    per_minute: int | None = None
    per_day: int | None = None
    origins: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(TEXT), nullable=False))
    added_by: str
    added_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Act(SQLModel, table=True):
    """What somebody did to an organisation or to what is its: added once, never changed. `words` are sealed, `reason` is a code."""

    __tablename__ = "partner_act"
    __table_args__ = (Index("partner_act_of", "organisation_id", "at"),)

    id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(foreign_key="partner_organisation.id")
    kind: str
    about: str
    reason: str | None
    words: bytes | None = Field(sa_column=Column(LargeBinary))
    by: str
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
