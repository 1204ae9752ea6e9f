"""Counts by month in which complaints were lodged: recomputed month by month, so that a count is never adjusted wrongly."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class Figure(SQLModel, table=True):
    """One cell. `office`, `restricted` and `about` are what readers are narrowed by; `amount` is in minor units or in seconds."""

    __tablename__ = "figure"

    month: date = Field(sa_column=Column(Date, primary_key=True))
    dimension: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    office: str = Field(primary_key=True)
    restricted: bool = Field(primary_key=True)
    about: str = Field(primary_key=True)
    complaints: int = Field(sa_column=Column(BigInteger, nullable=False))
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))


class FigureState(SQLModel, table=True):
    """Until when happenings have been counted; `pending` are months that wait to be counted."""

    __tablename__ = "figure_state"

    one: bool = Field(sa_column=Column(Boolean, primary_key=True))
    counted_until: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    pending: list[date] = Field(sa_column=Column(ARRAY(Date), nullable=False))


class FigurePublic(SQLModel, table=True):
    """What was published for a quarter, once and for all: two editions side by side would give small counts away."""

    __tablename__ = "figure_public"

    quarter: str = Field(primary_key=True)
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    cells: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
