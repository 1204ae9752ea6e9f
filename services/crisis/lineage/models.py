"""The tables of lineage: how a state came about, what is compared of two warnings, and which two may be of one event."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Float, Identity, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class AlertStep(SQLModel, table=True):
    """Each state that a warning had, by which rule and because of which message; only added to."""

    __tablename__ = "alert_step"

    position: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    alert_id: UUID = Field(foreign_key="alert.id")
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    state: str
    by_alert: UUID | None = Field(default=None, foreign_key="alert.id")
    rule: str


class AlertTrait(SQLModel, table=True):
    """What was read out of a warning once, to compare it and to know where it holds. `shape`: WKB, WGS 84; null is the whole countries."""

    __tablename__ = "alert_trait"

    alert_id: UUID = Field(primary_key=True, foreign_key="alert.id")
    hazard: str
    hazards_version: str
    starts: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ends: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    languages: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    incidents: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    shape: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    box: list[float] | None = Field(default=None, sa_column=Column(ARRAY(Float)))
    defects: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))


class AlertLink(SQLModel, table=True):
    """Two warnings that may be of one event; `alert_id` came later. They stay two."""

    __tablename__ = "alert_link"

    alert_id: UUID = Field(primary_key=True, foreign_key="alert.id")
    other_id: UUID = Field(primary_key=True, foreign_key="alert.id")
    score: float
    twin: bool
    reasons: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    rule_version: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
