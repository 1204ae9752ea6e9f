"""Bodies that help, and referrals to them: what was sent and what was received are two records, each with its own eyes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class HelpProvider(SQLModel, table=True):
    """`org`: its code in the tokens of its people, null for a body without an account. `women` of `members`: of a union's organisation."""

    __tablename__ = "help_provider"
    __table_args__ = (CheckConstraint("version > 0", name="help_provider_version_positive"),)

    id: UUID = Field(primary_key=True)
    version: int
    kind: str
    name_en: str
    name_bn: str
    org: str | None
    district: str | None
    helps: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    places: int | None
    members: int | None
    women: int | None
    open_from: date = Field(sa_column=Column(Date, nullable=False))
    closed_from: date | None = Field(sa_column=Column(Date))
    source: str
    added_by: str
    added_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class ReferralSent(SQLModel, table=True):
    """The sender's record: the owner of the case stays the owner. `reason` is sealed. `letter_reference`: for a body without an account."""

    __tablename__ = "help_referral_sent"
    __table_args__ = (
        CheckConstraint("version > 0", name="help_referral_sent_version_positive"),
        Index("help_referral_sent_open", *("case_id", "provider_id", "help"), unique=True, postgresql_where=text("ended_at is null")),
    )

    id: UUID = Field(primary_key=True)
    version: int
    returnee_id: UUID = Field(foreign_key="returnee.id")
    case_id: UUID = Field(foreign_key="reintegration_case.id")
    provider_id: UUID = Field(foreign_key="help_provider.id")
    help: str
    letter_reference: str | None = Field(unique=True)
    state: str
    reason: bytes | None = Field(sa_column=Column(LargeBinary))
    decline_code: str | None
    sent_by: str
    sent_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    accept_by: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    answered_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    delivered_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    outcome: str | None
    confirmed: str | None
    confirmed_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    ended_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class ReferralReceived(SQLModel, table=True):
    """The receiver's record: the least that it needs, sealed in `data`, emptied when consent is withdrawn or it declines."""

    __tablename__ = "help_referral_received"

    id: UUID = Field(foreign_key="help_referral_sent.id", primary_key=True)
    org: str
    district: str
    help: str
    data: bytes | None = Field(sa_column=Column(LargeBinary))
    received_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    accept_by: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    state: str
    note: bytes | None = Field(sa_column=Column(LargeBinary))


class ReferralWord(SQLModel, table=True):
    """What a body without an account answered, who told it, how and when; one for each state. Added once, never changed.

    `told_by` (name and post) and `note` are sealed.
    """

    __tablename__ = "help_referral_word"

    referral_id: UUID = Field(foreign_key="help_referral_sent.id", primary_key=True)
    state: str = Field(primary_key=True)
    told_by: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    told_way: str
    told_on: date = Field(sa_column=Column(Date, nullable=False))
    note: bytes | None = Field(sa_column=Column(LargeBinary))
    written_by: str
    written_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
