"""Endpoints, each event on its way to each, and every attempt."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKeyConstraint, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class Endpoint(SQLModel, table=True):
    """`types`: which events it wants, null for all. Both secrets are sealed; the former one signs too until `former_until`.

    `failures` in a row; nothing is sent before `retry_at`.
    """

    __tablename__ = "partner_endpoint"
    __table_args__ = (CheckConstraint("version > 0", name="partner_endpoint_version_positive"),)

    id: UUID = Field(primary_key=True)
    version: int
    organisation_id: UUID = Field(foreign_key="partner_organisation.id")
    client_id: str = Field(foreign_key="partner_client.client_id")
    url: str
    types: list[str] | None = Field(sa_column=Column(ARRAY(TEXT)))
    state: str
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    former_secret: bytes | None = Field(sa_column=Column(LargeBinary))
    former_until: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    failures: int
    retry_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    added_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Delivery(SQLModel, table=True):
    """`event_id` is the `webhook-id` of all its attempts. `ping`: the body of a test event, which stands in no feed.

    `begun_at`: from when it is tried. `claimed_until`: until then another sender has it.
    """

    __tablename__ = "partner_delivery"

    endpoint_id: UUID = Field(foreign_key="partner_endpoint.id", primary_key=True)
    event_id: UUID = Field(primary_key=True)
    organisation_id: UUID
    type: str
    subject: UUID
    sequence: int
    ping: bytes | None = Field(sa_column=Column(LargeBinary))
    state: str
    reason: str | None
    attempts: int
    begun_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    due: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    claimed_until: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    done_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class Attempt(SQLModel, table=True):
    """Written before the call. Without an end: the sender died, and nobody knows whether it came through. `status` is the answer's."""

    __tablename__ = "partner_delivery_attempt"
    __table_args__ = (
        ForeignKeyConstraint(
            ["endpoint_id", "event_id"], ["partner_delivery.endpoint_id", "partner_delivery.event_id"], name="partner_delivery_attempt_of"
        ),
    )

    endpoint_id: UUID = Field(primary_key=True)
    event_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    began_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    status: int | None
    outcome: str | None
