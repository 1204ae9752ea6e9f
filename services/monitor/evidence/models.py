"""The tables of evidence: each event once, and the figures kept from them. Both can be built again."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, SmallInteger
from sqlmodel import Field, SQLModel


def _time() -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=False))


def _day(*, key: bool = False) -> Any:
    return Field(sa_column=Column(Date, primary_key=key, nullable=False))


class Fact(SQLModel, table=True):
    """One event as evidence: codes and ids only. Of a restricted record no district, country, sex or age band is kept."""

    __tablename__ = "fact"

    event_id: UUID = Field(primary_key=True)
    event_type: str
    record: UUID
    happened_at: datetime = _time()
    district: str
    country: str
    sex: str
    age_band: str
    received_at: datetime = _time()


class Mapping(SQLModel, table=True):
    """The dated map of this release as rows, so that counting and building anew are one statement."""

    __tablename__ = "activity_mapping"

    event_type: str = Field(primary_key=True)
    activity: str = Field(primary_key=True)
    since: date = _day(key=True)
    until: date | None = Field(default=None, sa_column=Column(Date))


class FiguresState(SQLModel, table=True):
    """By which map and which cut-off the figures stand."""

    __tablename__ = "figures_state"

    id: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    map_version: int
    map_digest: str
    publication_version: int
    cut_off_days: int
    rebuilt_at: datetime = _time()


class Figure(SQLModel, table=True):
    """Facts per activity, kind, month (of Bangladesh) and group. `late`: received after the cut-off of its quarter."""

    __tablename__ = "evidence_figure"

    activity: str = Field(primary_key=True)
    month: date = _day(key=True)
    event_type: str = Field(primary_key=True)
    district: str = Field(primary_key=True)
    country: str = Field(primary_key=True)
    sex: str = Field(primary_key=True)
    age_band: str = Field(primary_key=True)
    late: bool = Field(sa_column=Column(Boolean, primary_key=True))
    facts: int = Field(sa_type=BigInteger)


class FigureMonth(SQLModel, table=True):
    """The same undivided: a page of all activities must not add up a million groups."""

    __tablename__ = "evidence_month"

    activity: str = Field(primary_key=True)
    month: date = _day(key=True)
    event_type: str = Field(primary_key=True)
    late: bool = Field(sa_column=Column(Boolean, primary_key=True))
    facts: int = Field(sa_type=BigInteger)
    last_at: datetime = _time()
