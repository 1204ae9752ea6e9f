"""The tables of calls. What a caller said and the number they call from are sealed; the number is found again by its blind index."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


def _moment(*, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(DateTime(timezone=True), nullable=nullable))


def _bytes(*, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(LargeBinary, nullable=nullable))


class PhoneCall(SQLModel, table=True):
    """One call. `agent` took it; `holder` has it in hand now, and is always somebody on shift or nobody.

    `number` is null where it was withheld. `exchange_id` is null for a call that was typed by hand.
    """

    __tablename__ = "phone_call"

    id: UUID = Field(primary_key=True)
    version: int
    exchange_id: str | None = Field(unique=True)
    source: str
    direction: str
    state: str
    number: bytes | None = _bytes()
    number_index: bytes | None = _bytes()
    number_country: str | None
    opened_at: datetime = _moment(nullable=False)
    answered_at: datetime | None = _moment()
    ended_at: datetime | None = _moment()
    waited_s: int
    talked_s: int
    extension: str | None
    agent: str | None
    agent_name: str | None
    holder: str | None
    wants_woman: bool
    language: str
    caller_safe: bool | None
    country: str | None
    disposition: str | None
    disposed_at: datetime | None = _moment()
    disposed_by: str | None
    note: bytes | None = _bytes()
    told_at: datetime | None = _moment()
    callback_id: UUID | None = Field(foreign_key="callback.id")


class CallEvent(SQLModel, table=True):
    """What the exchange told, each kind once for a call: the call's record is computed from them, in whatever order they came."""

    __tablename__ = "call_event"

    exchange_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    at: datetime = _moment(nullable=False)
    received_at: datetime = _moment(nullable=False)


class CallLink(SQLModel, table=True):
    """A complaint that was lodged in a call, or that the call was about."""

    __tablename__ = "call_link"

    call_id: UUID = Field(primary_key=True, foreign_key="phone_call.id")
    complaint_id: UUID = Field(primary_key=True, foreign_key="complaint.id")
    how: str


class CallArticle(SQLModel, table=True):
    """An article of the knowledge base that an agent read from in a call."""

    __tablename__ = "call_article"

    call_id: UUID = Field(primary_key=True, foreign_key="phone_call.id")
    article: str = Field(primary_key=True)
    at: datetime = _moment(nullable=False)


class CallDraft(SQLModel, table=True):
    """What is being typed in a call, as it stands. It goes when the call is finished: then its words are in the record."""

    __tablename__ = "call_draft"

    call_id: UUID = Field(primary_key=True, foreign_key="phone_call.id")
    version: int
    fields: bytes = _bytes(nullable=False)
    saved_by: str
    saved_at: datetime = _moment(nullable=False)


class CallDraftKept(SQLModel, table=True):
    """An earlier state of a draft: as it was when another agent took over, or when what was typed elsewhere met a newer one."""

    __tablename__ = "call_draft_kept"

    call_id: UUID = Field(primary_key=True, foreign_key="phone_call.id")
    version: int = Field(primary_key=True)
    fields: bytes = _bytes(nullable=False)
    saved_by: str
    saved_at: datetime = _moment(nullable=False)


class CallerWish(SQLModel, table=True):
    """What somebody who calls from a number asked for: to speak with a woman, in which language."""

    __tablename__ = "caller_wish"

    number_index: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    wants_woman: bool
    language: str | None
    set_at: datetime = _moment(nullable=False)
    set_by: str


class CallReview(SQLModel, table=True):
    """A supervisor's word on a call, in the items of a dated list; the agent sees it and may answer."""

    __tablename__ = "call_review"

    call_id: UUID = Field(primary_key=True, foreign_key="phone_call.id")
    list_version: str
    marks: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    words: bytes | None = _bytes()
    reviewer: str
    reviewed_at: datetime = _moment(nullable=False)
    seen_at: datetime | None = _moment()
    answer: bytes | None = _bytes()
    answered_at: datetime | None = _moment()
