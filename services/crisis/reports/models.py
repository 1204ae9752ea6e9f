"""What is known of an incident, each figure with its source and its time; what callers are told; the plan that was made before."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, ForeignKeyConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from services.crisis.incidents.models import INCIDENT


class SituationReport(SQLModel, table=True):
    __tablename__ = "situation_report"
    __table_args__ = (ForeignKeyConstraint(*INCIDENT), UniqueConstraint("incident_id", "number", name="situation_report_number"))

    id: UUID = Field(primary_key=True)
    incident_id: UUID
    is_drill: bool
    number: int
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    made_by: str
    summary: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class IncidentCount(SQLModel, table=True):
    """One source's figure at one time. Never changed: what another source says, or the same one later, is a row beside it."""

    __tablename__ = "incident_count"
    __table_args__ = (ForeignKeyConstraint(*INCIDENT),)

    id: UUID = Field(primary_key=True)
    incident_id: UUID
    is_drill: bool
    report_id: UUID | None = Field(default=None, foreign_key="situation_report.id")
    what: str
    number: int = Field(sa_column=Column(BigInteger, nullable=False))
    currency: str | None = None
    source: str
    as_of: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    may_tell: bool
    entered_by: str
    entered_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class IncidentScript(SQLModel, table=True):
    """What every desk says to callers; the newest holds."""

    __tablename__ = "incident_script"
    __table_args__ = (ForeignKeyConstraint(*INCIDENT),)

    id: UUID = Field(primary_key=True)
    incident_id: UUID
    is_drill: bool
    en: str
    bn: str
    written_by: str
    written_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class IncidentPlan(SQLModel, table=True):
    __tablename__ = "incident_plan"
    __table_args__ = (ForeignKeyConstraint(*INCIDENT),)

    id: UUID = Field(primary_key=True)
    incident_id: UUID
    is_drill: bool
    file_id: UUID
    title: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    media_type: str
    attached_by: str
    attached_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
