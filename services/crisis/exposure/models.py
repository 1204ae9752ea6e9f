"""The tables of exposure: figures only; who the people are stays in the register."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlmodel import Field, SQLModel


class AlertExposure(SQLModel, table=True):
    """What the register answered for a warning. `id` is its own, by which its people are asked for page by page."""

    __tablename__ = "alert_exposure"
    __table_args__ = (
        ForeignKeyConstraint(["alert_id", "is_drill"], ["alert.id", "alert.is_drill"]),
        UniqueConstraint("alert_id", "version"),
    )

    id: UUID = Field(primary_key=True)
    alert_id: UUID
    is_drill: bool
    version: int = Field(sa_column=Column(SmallInteger, nullable=False))
    computed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    countries: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    whole_countries: bool
    near_km: float
    counts: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    vulnerable: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    data_version: str


class AlertRaise(SQLModel, table=True):
    """That a level was raised by the people in the area: once, with the figures that did it."""

    __tablename__ = "alert_raise"

    alert_id: UUID = Field(primary_key=True, foreign_key="alert.id")
    exposure_id: UUID = Field(foreign_key="alert_exposure.id")
    from_level: int = Field(sa_column=Column(SmallInteger, nullable=False))
    to_level: int = Field(sa_column=Column(SmallInteger, nullable=False))
    reasons: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    rule_version: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
