"""Two records that may be of one person: proposed by rules, decided by a person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class NationalMatch(SQLModel, table=True):
    """`person_id` is the later record. `because`: what the officer wrote, sealed."""

    __tablename__ = "national_match"
    __table_args__ = (
        UniqueConstraint("person_id", "other_id"),
        Index("national_match_open", "proposed_at", postgresql_where=text("decision is null")),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="national.id", ondelete="CASCADE")
    other_id: UUID = Field(foreign_key="national.id", ondelete="CASCADE")
    grade: str
    reasons: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    proposed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    because: bytes | None = Field(sa_column=Column(LargeBinary))
