"""What the register of nationals was asked about a returnee, whom it named, and what a person decided."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class AbroadQuestion(SQLModel, table=True):
    """One per returnee. `answered_at` is empty while the register is to be asked; `next_try` is put off before each call."""

    __tablename__ = "abroad_question"
    __table_args__ = (Index("abroad_question_open", "next_try", postgresql_where=text("answered_at is null")),)

    returnee_id: UUID = Field(foreign_key="returnee.id", primary_key=True)
    next_try: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    attempts: int = 0
    answered_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class AbroadCandidate(SQLModel, table=True):
    """Somebody of the register who may be the returnee. `national`: the register's id; nothing else of them is kept here.

    `agreed`: the returnee's word that the two are linked; without it there is no `same`. `owes_word`: the register is to be told.
    """

    __tablename__ = "abroad_candidate"
    __table_args__ = (
        UniqueConstraint("returnee_id", "national"),
        CheckConstraint("version > 0", name="abroad_candidate_version_positive"),
        Index("abroad_candidate_owing", "next_try", postgresql_where=text("owes_word")),
    )

    id: UUID = Field(primary_key=True)
    version: int
    returnee_id: UUID = Field(foreign_key="returnee.id")
    national: UUID
    grade: str
    reasons: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    country: str
    registered_on: date = Field(sa_column=Column(Date, nullable=False))
    proposed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    decision: str | None = None
    agreed: bool = False
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    because: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    owes_word: bool = False
    next_try: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    attempts: int = 0
