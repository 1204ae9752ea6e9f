"""The tables of the register. Rows are added and never changed: a correction is a row that supersedes another.

`true_from` to `true_until` is when something held, `recorded_at` when the office knew. Telephone numbers are sealed (`kit.crypto`) with a
blind index. A sub-agent's name is not: it stands in a register that exists to be looked up.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Date, DateTime, LargeBinary
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel


def _time() -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=False))


def _bytes() -> Any:
    return Field(default=None, sa_column=Column(LargeBinary))


class LicenceEvent(SQLModel, table=True):
    """One step in the life of a licence. `true_until` is the last day of a term; `hearing` says whether a suspension followed one."""

    __tablename__ = "licence_event"

    id: UUID = Field(primary_key=True)
    licence: str
    kind: str
    true_from: date = Field(sa_column=Column(Date, nullable=False))
    true_until: date | None = Field(default=None, sa_column=Column(Date))
    hearing: bool | None = None
    reason: str | None = None
    order_ref: str | None = None
    security_minor: int | None = Field(default=None, sa_column=Column(BigInteger))
    rules_version: str | None = None
    source: str
    supersedes: UUID | None = Field(default=None, unique=True, foreign_key="licence_event.id")
    recorded_at: datetime = _time()
    recorded_by: str


class Alias(SQLModel, table=True):
    """Another name of an agency: as it trades, as it was called, as people spell it."""

    __tablename__ = "agency_alias"

    id: UUID = Field(primary_key=True)
    licence: str
    name: str
    kind: str
    true_from: date = Field(sa_column=Column(Date, nullable=False))
    true_until: date | None = Field(default=None, sa_column=Column(Date))
    source: str
    supersedes: UUID | None = Field(default=None, unique=True, foreign_key="agency_alias.id")
    recorded_at: datetime = _time()
    recorded_by: str


class Branch(SQLModel, table=True):
    """An office of an agency: the head office or an approved branch (an unapproved one is an offence, OEMA 2013 s.35)."""

    __tablename__ = "agency_branch"

    id: UUID = Field(primary_key=True)
    licence: str
    kind: str
    address: str
    district: str
    phone: bytes | None = _bytes()
    phone_index: bytes | None = _bytes()
    approval_ref: str | None = None
    true_from: date = Field(sa_column=Column(Date, nullable=False))
    true_until: date | None = Field(default=None, sa_column=Column(Date))
    source: str
    supersedes: UUID | None = Field(default=None, unique=True, foreign_key="agency_branch.id")
    recorded_at: datetime = _time()
    recorded_by: str


class Associate(SQLModel, table=True):
    """Another agency with which this one may send workers jointly ("associate recruiter", rules as amended on 5 January 2026)."""

    __tablename__ = "agency_associate"

    id: UUID = Field(primary_key=True)
    licence: str
    with_licence: str
    true_from: date = Field(sa_column=Column(Date, nullable=False))
    true_until: date | None = Field(default=None, sa_column=Column(Date))
    source: str
    supersedes: UUID | None = Field(default=None, unique=True, foreign_key="agency_associate.id")
    recorded_at: datetime = _time()
    recorded_by: str


class SubAgent(SQLModel, table=True):
    """Who procures workers for an agency and is registered to (OEMA 2013 s.14A, 2023). `ended` says why a registration ended early."""

    __tablename__ = "sub_agent"

    id: UUID = Field(primary_key=True)
    number: str
    licence: str
    name_en: str
    name_bn: str | None = None
    district: str
    phone: bytes | None = _bytes()
    phone_index: bytes | None = _bytes()
    true_from: date = Field(sa_column=Column(Date, nullable=False))
    true_until: date = Field(sa_column=Column(Date, nullable=False))
    ended: str | None = None
    search: str = Field(sa_column=Column(TSVECTOR, nullable=False))
    source: str
    supersedes: UUID | None = Field(default=None, unique=True, foreign_key="sub_agent.id")
    recorded_at: datetime = _time()
    recorded_by: str
