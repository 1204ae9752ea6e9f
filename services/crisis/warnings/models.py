"""The tables of the crisis service. The message as it came stands in `cap_message` and is never changed; `alert` is what is known of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Computed, DateTime, Identity, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlmodel import Field, SQLModel


class Alert(SQLModel, table=True):
    """One CAP message, an Update or a Cancel included. Only `state`, `version` and its trust change."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("sender", "identifier", "sent"), UniqueConstraint("id", "is_drill", name="alert_drill"))

    id: UUID = Field(primary_key=True)
    version: int
    state: str
    sender: str
    identifier: str
    sent: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    message_status: str
    message_type: str
    severity: str
    urgency: str
    certainty: str
    event: str
    headlines: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    expires: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    evidence: str
    defects: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    directory_version: str
    issuer: str
    by_person: bool
    vouched: bool
    ends: bool
    source: str | None = None
    trust_tier: int = Field(sa_column=Column(SmallInteger, nullable=False))
    signature: str
    is_drill: bool | None = Field(
        default=None, sa_column=Column(Boolean, Computed("message_status <> 'actual'", persisted=True), nullable=False)
    )
    raised_by: str
    raised_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class CapMessage(SQLModel, table=True):
    __tablename__ = "cap_message"

    alert_id: UUID = Field(primary_key=True, foreign_key="alert.id")
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    content_type: str


class MessageReceipt(SQLModel, table=True):
    """Each time that a message came, also when it had come already, with all that its taking-in rested on beside its bytes."""

    __tablename__ = "message_receipt"

    id: UUID = Field(primary_key=True)
    alert_id: UUID = Field(foreign_key="alert.id")
    received_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    received_by: str
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    named: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    by_person: bool
    tier: int = Field(sa_column=Column(SmallInteger, nullable=False))
    source: str | None = None
    jurisdiction: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))


class AlertReference(SQLModel, table=True):
    """A message that this one names; it may not have come yet."""

    __tablename__ = "alert_reference"

    alert_id: UUID = Field(primary_key=True, foreign_key="alert.id")
    sender: str = Field(primary_key=True)
    identifier: str = Field(primary_key=True)
    sent: datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))


class AlertCountry(SQLModel, table=True):
    """A country that a warning concerns and the mission that answered for it when the warning came."""

    __tablename__ = "alert_country"

    alert_id: UUID = Field(primary_key=True, foreign_key="alert.id")
    country: str = Field(primary_key=True)
    mission: str


class Acknowledgement(SQLModel, table=True):
    __tablename__ = "acknowledgement"

    alert_id: UUID = Field(primary_key=True, foreign_key="alert.id")
    mission: str = Field(primary_key=True)
    acknowledged_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    acknowledged_by: str
    acknowledged_by_name: str | None = None
    role: str


class AlertChange(SQLModel, table=True):
    """What a stream tells, in the order of commits: positions are given out under the lock of `repository.one_at_a_time`.

    `at` is null of what changed before it was kept.
    """

    __tablename__ = "alert_change"

    position: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    alert_id: UUID = Field(foreign_key="alert.id")
    kind: str
    at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True), server_default=text("clock_timestamp()")))
