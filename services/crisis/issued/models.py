"""The posture of a country, proposed by one and approved by another, with the CAP message that told it.

`…_by` tells whether two people decided; `…_by_name` is the account that a page names.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, Index, LargeBinary, SmallInteger, text
from sqlmodel import Field, SQLModel

from services.crisis.incidents.models import INCIDENT


class CountryPosture(SQLModel, table=True):
    """1 precaution, 2 restriction, 3 voluntary return, 4 mandatory return; one in force for a country, and one in its drills."""

    __tablename__ = "country_posture"
    __table_args__ = (
        ForeignKeyConstraint(*INCIDENT),
        Index("country_posture_one", "country", "is_drill", unique=True, postgresql_where=text("state = 'in_force'")),
    )

    id: UUID = Field(primary_key=True)
    version: int
    country: str
    is_drill: bool
    incident_id: UUID | None = None
    level: int = Field(sa_column=Column(SmallInteger, nullable=False))
    reason_en: str
    reason_bn: str
    state: str
    set_by: str
    set_by_name: str | None = None
    set_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    valid_from: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    valid_until: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    approved_by: str | None = None
    approved_by_name: str | None = None
    approved_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    sender: str | None = None
    identifier: str | None = None
    sent: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    raw: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    sha256: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
