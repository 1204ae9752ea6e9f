"""The tables of the process. What is published is kept for good; only what a person has decided since is written to it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Column, Date, DateTime, ForeignKeyConstraint, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


def _time(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(DateTime(timezone=True), nullable=nullable))


def _json(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(JSONB, nullable=nullable))


def _bytes(*, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(LargeBinary, nullable=nullable))


class Run(SQLModel, table=True):
    """One computation of classes by a rule set on what was known at `known_at` of the days from `period_from` to `as_of`.

    `scope`: the licences it is narrowed to, null for the whole register. `statement`: the bytes that `signature` (detached JWS) signs.
    """

    __tablename__ = "rating_run"
    __table_args__ = (
        CheckConstraint("version > 0", name="rating_run_version_positive"),
        Index("rating_run_open", text("(true)"), unique=True, postgresql_where=text("status in ('draft', 'noticed')")),
        Index("rating_run_newest", "created_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    version: int
    status: str
    rule_set: str
    rule_set_version: str
    rule_set_hash: str
    period_from: date = Field(sa_column=Column(Date, nullable=False))
    as_of: date = Field(sa_column=Column(Date, nullable=False))
    known_at: datetime = _time()
    scope: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
    data_hash: str
    result_hash: str
    agencies: int
    author: str
    created_at: datetime = _time()
    noticed_by: str | None = None
    noticed_at: datetime | None = _time(nullable=True)
    reply_until: date | None = Field(default=None, sa_column=Column(Date))
    approved_by: str | None = None
    published_at: datetime | None = _time(nullable=True)
    statement: bytes | None = _bytes()
    signature: str | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = _time(nullable=True)


class Rating(SQLModel, table=True):
    """What a run computed for one agency. `held`: not published with the others, because of `held_because`."""

    __tablename__ = "rating"
    __table_args__ = (Index("rating_in_order", "run", "registered_at", "agency_id"), Index("rating_of", "licence", "run"))

    run: UUID = Field(primary_key=True, foreign_key="rating_run.id")
    licence: str = Field(primary_key=True)
    agency_id: UUID = Field(foreign_key="agency.id")
    state: str
    held_because: str | None = None
    class_code: str
    points: int | None
    previous_class: str | None
    inputs: dict[str, Any] = _json()
    result: dict[str, Any] = _json()
    registered_at: datetime = _time()


class Reply(SQLModel, table=True):
    """What an agency says to its result, and what a decider answers; sealed, for both may name people."""

    __tablename__ = "rating_reply"
    __table_args__ = (ForeignKeyConstraint(["run", "licence"], ["rating.run", "rating.licence"]),)

    id: UUID = Field(primary_key=True)
    run: UUID = Field(foreign_key="rating_run.id")
    licence: str
    words: bytes = _bytes(nullable=False)
    replied_by: str
    replied_at: datetime = _time()
    answer: bytes | None = _bytes()
    is_accepted: bool | None = None
    answered_by: str | None = None
    answered_at: datetime | None = _time(nullable=True)


class Published(SQLModel, table=True):
    """A class that a person published; the one in force has no `until`.

    `now_…`: what the same rule set computes for the same day on what is known now, where that differs (`changed_at`).
    """

    __tablename__ = "published_class"
    __table_args__ = (
        Index("published_class_in_force", "agency_id", unique=True, postgresql_where=text("until is null")),
        Index("published_class_of", "licence", "published_at"),
    )

    id: UUID = Field(primary_key=True)
    agency_id: UUID = Field(foreign_key="agency.id")
    licence: str
    run: UUID = Field(foreign_key="rating_run.id")
    kind: str
    class_code: str
    points: int | None
    inputs: dict[str, Any] = _json()
    result: dict[str, Any] = _json()
    rule_set: str
    rule_set_version: str
    as_of: date = Field(sa_column=Column(Date, nullable=False))
    published_at: datetime = _time()
    published_by: str
    statement: bytes | None = _bytes()
    signature: str | None = None
    until: datetime | None = _time(nullable=True)
    now_class: str | None = None
    now_points: int | None = None
    now_result: dict[str, Any] | None = _json(nullable=True)
    changed_at: datetime | None = _time(nullable=True)


class Correction(SQLModel, table=True):
    """A published class that the evidence bears out no longer: proposed by the machine, confirmed or dismissed by a person."""

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint("version > 0", name="correction_version_positive"),
        Index("correction_open", "published", unique=True, postgresql_where=text("status = 'proposed'")),
        Index("correction_newest", "proposed_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    version: int
    published: UUID = Field(foreign_key="published_class.id")
    licence: str
    status: str
    class_before: str
    class_code: str
    points: int | None
    result: dict[str, Any] = _json()
    proposed_at: datetime = _time()
    decided_by: str | None = None
    decided_at: datetime | None = _time(nullable=True)
    reasons: bytes | None = _bytes()


class Review(SQLModel, table=True):
    """An agency asks another office to look again, once for each class that was published. Grounds and reasons are sealed."""

    __tablename__ = "review"
    __table_args__ = (CheckConstraint("version > 0", name="review_version_positive"), Index("review_newest", "asked_at", "id"))

    id: UUID = Field(primary_key=True)
    version: int
    reference: str = Field(unique=True)
    published: UUID = Field(unique=True, foreign_key="published_class.id")
    licence: str
    status: str
    grounds: bytes = _bytes(nullable=False)
    asked_by: str
    asked_at: datetime = _time()
    decide_by: date = Field(sa_column=Column(Date, nullable=False))
    outcome: str | None = None
    class_before: str
    class_code: str | None = None
    reasons: bytes | None = _bytes()
    decided_by: str | None = None
    decided_office: str | None = None
    decided_at: datetime | None = _time(nullable=True)
