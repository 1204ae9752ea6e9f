"""By what a record can be found again, and which records a person was asked to compare."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class ReturneeKey(SQLModel, table=True):
    """One thing that another record may share: a blind index, of no use without the service's key."""

    __tablename__ = "returnee_key"

    kind: str = Field(primary_key=True)
    value: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    returnee_id: UUID = Field(foreign_key="returnee.id", primary_key=True)


class MatchProposal(SQLModel, table=True):
    """The later record (`returnee_id`) may be of the same person as the earlier (`other_id`). `because` is sealed."""

    __tablename__ = "match_proposal"
    __table_args__ = (UniqueConstraint("returnee_id", "other_id"), CheckConstraint("returnee_id <> other_id"))

    id: UUID = Field(primary_key=True)
    returnee_id: UUID = Field(foreign_key="returnee.id")
    other_id: UUID = Field(foreign_key="returnee.id")
    grade: str
    reasons: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    proposed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    because: bytes | None = Field(sa_column=Column(LargeBinary))
