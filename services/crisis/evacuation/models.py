"""Windows of registration, evacuees, legs and seats. What was asked for the way home (`data`, `escort`) is sealed, and forgotten after."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlmodel import Field, SQLModel

from services.crisis.incidents.models import INCIDENT


class EvacuationWindow(SQLModel, table=True):
    """A time in which people may register. Closed ones stay: a new row opens it again."""

    __tablename__ = "evacuation_window"
    __table_args__ = (
        ForeignKeyConstraint(*INCIDENT),
        Index("evacuation_window_open", "incident_id", unique=True, postgresql_where=text("closed_at is null")),
    )

    id: UUID = Field(primary_key=True)
    incident_id: UUID
    is_drill: bool
    opened_by: str
    opened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    closes_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    closed_by: str | None = None
    closed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class Evacuee(SQLModel, table=True):
    """`person`: their id in the register, if they are in it. `guardian_id`: an evacuee who travels with this child."""

    __tablename__ = "evacuee"
    __table_args__ = (
        ForeignKeyConstraint(*INCIDENT),
        UniqueConstraint("id", "is_drill", name="evacuee_drill"),
        UniqueConstraint("reference", name="evacuee_reference"),
        Index("evacuee_person_once", "incident_id", "person", unique=True, postgresql_where=text("person is not null")),
        Index("evacuee_document_once", "incident_id", "document_index", unique=True, postgresql_where=text("document_index is not null")),
    )

    id: UUID = Field(primary_key=True)
    incident_id: UUID
    is_drill: bool
    version: int
    window_id: UUID = Field(foreign_key="evacuation_window.id")
    person: UUID | None = None
    reference: str
    state: str
    papers: str
    papers_since: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    sex: str
    age_band: str
    district: str | None = None
    reasons: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    priority: int = Field(sa_column=Column(SmallInteger, nullable=False))
    guardian_id: UUID | None = Field(default=None, foreign_key="evacuee.id")
    escort: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    data: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    name_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    phone_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    document_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    consent_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    proof: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    registered_by: str
    registered_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    arrived_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    told_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    told_outcome: str | None = None


class EvacuationLeg(SQLModel, table=True):
    """One journey. `taken` never passes `capacity`: the database says so, and one statement takes seats."""

    __tablename__ = "evacuation_leg"
    __table_args__ = (ForeignKeyConstraint(*INCIDENT), UniqueConstraint("id", "is_drill", name="evacuation_leg_drill"))

    id: UUID = Field(primary_key=True)
    incident_id: UUID
    is_drill: bool
    version: int
    mode: str
    from_place: str
    from_country: str
    to_place: str
    to_country: str
    operator: str
    departs: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    transit_hours: int | None = None
    capacity: int
    taken: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default=text("0")))
    state: str
    manifest_sha256: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    departed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    arrived_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    made_by: str


class EvacuationSeat(SQLModel, table=True):
    """`live` until the leg arrives, one for a person. A child's names its guardian's seat on the same leg, or an escort goes along."""

    __tablename__ = "evacuation_seat"
    __table_args__ = (
        ForeignKeyConstraint(["leg_id", "is_drill"], ["evacuation_leg.id", "evacuation_leg.is_drill"]),
        ForeignKeyConstraint(["evacuee_id", "is_drill"], ["evacuee.id", "evacuee.is_drill"]),
        ForeignKeyConstraint(["leg_id", "guardian_id"], ["evacuation_seat.leg_id", "evacuation_seat.evacuee_id"]),
        Index("evacuation_seat_one_live", "evacuee_id", unique=True, postgresql_where=text("state = 'live'")),
    )

    leg_id: UUID = Field(primary_key=True)
    evacuee_id: UUID = Field(primary_key=True)
    is_drill: bool
    state: str
    is_child: bool
    guardian_id: UUID | None = None
    with_escort: bool
    taken_by: str
    taken_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class EvacuationHandover(SQLModel, table=True):
    """Who gave how many people to whom, signed by two. `discrepancies`: what did not agree, sealed."""

    __tablename__ = "evacuation_handover"

    leg_id: UUID = Field(primary_key=True, foreign_key="evacuation_leg.id")
    to_unit: str
    manifest_sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    counts: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    discrepancies: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    signed_by: str
    signed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    countersigned_by: str | None = None
    countersigned_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class IncidentReconciliation(SQLModel, table=True):
    """The sum of people as it stood one night, or at the end."""

    __tablename__ = "incident_reconciliation"
    __table_args__ = (ForeignKeyConstraint(*INCIDENT),)

    id: UUID = Field(primary_key=True)
    incident_id: UUID
    is_drill: bool
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    exposed: int
    parts: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    difference: int
    holds: bool | None = Field(default=None, sa_column=Column(Boolean, Computed("difference = 0", persisted=True), nullable=False))
