"""The ledger of outreach: what was opened, who was told what by which way, every try; relays; links that are personal.

A row of `recipient` names a person by the register's id and never by name. How to reach them is sealed in it only until the message is
handed over (a constraint keeps it so); the id of the row is the reference that the provider is given, however often it is tried.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CHAR, Column, DateTime, Double, ForeignKeyConstraint, LargeBinary, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class OutreachJob(SQLModel, table=True):
    """People of one source for one version of an alert. `root`: the first alert of its chain that went out. `cursor`: the page to come."""

    __tablename__ = "outreach_job"
    __table_args__ = (
        UniqueConstraint("alert_id", "version", "purpose", "source"),
        UniqueConstraint("id", "is_drill"),
        ForeignKeyConstraint(["alert_id", "is_drill"], ["alert.id", "alert.is_drill"]),
        ForeignKeyConstraint(["root", "is_drill"], ["alert.id", "alert.is_drill"]),
    )

    id: UUID = Field(primary_key=True)
    alert_id: UUID
    is_drill: bool
    root: UUID
    version: int
    purpose: str
    source: str
    level: int = Field(sa_column=Column(SmallInteger, nullable=False))
    lane: int = Field(sa_column=Column(SmallInteger, nullable=False))
    place: int = Field(sa_column=Column(SmallInteger, nullable=False))
    not_after: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    cursor: str | None = None
    taken: int = 0
    opened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    next_try: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    attempts: int = 0
    done_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class Recipient(SQLModel, table=True):
    """`contact` (address, safe contact) is sealed and gone once the message was handed over. `phone_index` finds who answers a text."""

    __tablename__ = "recipient"
    __table_args__ = (
        UniqueConstraint("alert_id", "version", "purpose", "person", "channel"),
        UniqueConstraint("id", "is_drill"),
        ForeignKeyConstraint(["job_id", "is_drill"], ["outreach_job.id", "outreach_job.is_drill"]),
    )

    id: UUID = Field(primary_key=True)
    job_id: UUID
    is_drill: bool
    alert_id: UUID
    root: UUID
    version: int
    kind: str
    person: UUID
    purpose: str
    source: str
    level: int = Field(sa_column=Column(SmallInteger, nullable=False))
    lane: int = Field(sa_column=Column(SmallInteger, nullable=False))
    channel: str
    rung: int = Field(sa_column=Column(SmallInteger, nullable=False))
    language: str
    country: str | None = Field(sa_column=Column(CHAR(2)))
    flags: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    parts: int = Field(sa_column=Column(SmallInteger, nullable=False))
    state: str
    reason: str | None = None
    contact: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    phone_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    due: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    not_after: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    attempts: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))
    claimed_until: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    provider_id: str | None = None
    queued_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    handed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    delivered_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    climb_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class SendAttempt(SQLModel, table=True):
    """Written before the provider is called; `outcome` stays null where the process died in between. `word`: of the provider, or why."""

    __tablename__ = "send_attempt"
    __table_args__ = (ForeignKeyConstraint(["recipient_id", "is_drill"], ["recipient.id", "recipient.is_drill"]),)

    recipient_id: UUID = Field(primary_key=True)
    is_drill: bool
    number: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    is_ask: bool
    begun_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    outcome: str | None = None
    word: str | None = None


class DrillMessage(SQLModel, table=True):
    """What a drill would have sent: the only provider that it has. No address is in it."""

    __tablename__ = "drill_message"
    __table_args__ = (ForeignKeyConstraint(["recipient_id", "is_drill"], ["recipient.id", "recipient.is_drill"]),)

    recipient_id: UUID = Field(primary_key=True)
    is_drill: bool
    channel: str
    body: str
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class PushGone(SQLModel, table=True):
    """A browser of which its push service says that nobody is there: the register's id, until the register was told."""

    __tablename__ = "push_gone"

    subscription: UUID = Field(primary_key=True)
    noted_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class PushLeft(SQLModel, table=True):
    """Browsers that were busy when another of the same person took it; sealed as `recipient.contact` is, and gone when they took it."""

    __tablename__ = "push_left"
    __table_args__ = (ForeignKeyConstraint(["recipient_id", "is_drill"], ["recipient.id", "recipient.is_drill"]),)

    recipient_id: UUID = Field(primary_key=True)
    is_drill: bool = False
    contact: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    due: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    not_after: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    attempts: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))


class ProviderBucket(SQLModel, table=True):
    """Parts that may still go at once, shared by all replicas."""

    __tablename__ = "provider_bucket"

    channel: str = Field(primary_key=True)
    tokens: float = Field(sa_column=Column(Double, nullable=False))
    filled_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Relay(SQLModel, table=True):
    """Who passes a warning on to people that are not registered. Its name and address may be those of a person: both are sealed."""

    __tablename__ = "relay"

    id: UUID = Field(primary_key=True)
    version: int = 1
    kind: str
    name: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    country: str = Field(sa_column=Column(CHAR(2), nullable=False))
    channel: str
    address: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    language: str
    in_drills: bool
    added_by: str
    added_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class OutreachLink(SQLModel, table=True):
    """Found by a keyed hash of the token; the token itself stands nowhere. `kind` home: it speaks for a relative."""

    __tablename__ = "outreach_link"
    __table_args__ = (
        UniqueConstraint("root", "person", "kind"),
        ForeignKeyConstraint(["root", "is_drill"], ["alert.id", "alert.is_drill"]),
    )

    token_index: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    root: UUID
    is_drill: bool
    kind: str
    person: UUID
    language: str
    country: str | None = Field(sa_column=Column(CHAR(2)))
    flags: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ends_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
