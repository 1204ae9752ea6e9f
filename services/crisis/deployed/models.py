"""Which agencies were asked for the workers they sent to a country in crisis, and what each said. Silence is a row without an answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, ForeignKeyConstraint, LargeBinary, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from services.crisis.incidents.models import INCIDENT


class DeployedRequest(SQLModel, table=True):
    __tablename__ = "deployed_request"
    __table_args__ = (ForeignKeyConstraint(*INCIDENT), UniqueConstraint("incident_id", "licence", name="deployed_request_once"))

    id: UUID = Field(primary_key=True)
    incident_id: UUID
    is_drill: bool
    licence: str
    asked_by: str
    asked_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    due: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    answered_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    answered_by: str | None = None
    has_none: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))


class DeployedWorker(SQLModel, table=True):
    """Who and where (`data`, sealed), as the agency last said. Emptied when the incident closes."""

    __tablename__ = "deployed_worker"

    id: UUID = Field(primary_key=True)
    request_id: UUID = Field(foreign_key="deployed_request.id")
    state: str
    data: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    phone_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    document_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    name_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    confirmed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
