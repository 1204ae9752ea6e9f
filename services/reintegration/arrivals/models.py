"""People who come back from a crisis, until the desk of their home district knows who is there."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, DateTime, LargeBinary
from sqlmodel import Field, SQLModel


class EvacueeArrival(SQLModel, table=True):
    """What crisis tells of one person: by an event codes (`told_at`), by a manifest who it is (`data`, sealed). Either may come first.

    `data` is emptied once a person decided. `district` null: nobody knows where they are at home.
    """

    __tablename__ = "evacuee_arrival"
    __table_args__ = (CheckConstraint("version > 0", name="evacuee_arrival_version_positive"),)

    id: UUID = Field(primary_key=True)
    version: int
    state: str
    district: str | None
    country: str
    sex: str
    age_band: str
    arrived_on: date = Field(sa_column=Column(Date, nullable=False))
    restricted: bool
    told_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    data: bytes | None = Field(sa_column=Column(LargeBinary))
    data_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    first_known_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    returnee_id: UUID | None = Field(foreign_key="returnee.id")
    decided_by: str | None
    decided_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    decline_code: str | None
