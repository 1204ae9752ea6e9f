"""Who works in an office, and what was proposed to be decided."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class Colleague(SQLModel, table=True):
    """Seen at work in an office: to whom a case may be given. `account` is what they sign in with."""

    __tablename__ = "colleague"

    office: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    account: str
    seen_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Proposal(SQLModel, table=True):
    """A decision as one person proposed it and another approved it or sent it back. `replaces`: of an appeal, what holds instead.

    `orders`: what is to be paid by it, which becomes redress when it is approved.
    """

    __tablename__ = "proposal"
    __table_args__ = (Index("proposal_open", "complaint_id", unique=True, postgresql_where=text("answer is null")),)

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    decision: str
    replaces: str | None
    summary: bytes | None = Field(sa_column=Column(LargeBinary))
    proposed_by: str
    proposed_office: str
    proposed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    answer: str | None
    orders: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    answered_by: str | None
    answered_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
