"""Pairs of complaints that may be one, what a person said of each, and complaints that were merged or joined."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class DuplicatePair(SQLModel, table=True):
    """`one_id` is the smaller id. Without a `verdict` it waits for a person; a pair that was judged is never proposed again."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (UniqueConstraint("one_id", "other_id"),)

    id: UUID = Field(primary_key=True)
    one_id: UUID = Field(foreign_key="complaint.id")
    other_id: UUID = Field(foreign_key="complaint.id")
    rule: str
    rules_version: str
    found_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    verdict: str | None = None
    reason: str | None = None
    note: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class ComplaintMerge(SQLModel, table=True):
    """`merged_id` counts at `into_id` from `at` until `undone_at`. Nothing of either is moved or deleted."""

    __tablename__ = "complaint_merge"
    __table_args__ = (Index("complaint_merge_stands", "merged_id", unique=True, postgresql_where=text("undone_at is null")),)

    id: UUID = Field(primary_key=True)
    merged_id: UUID = Field(foreign_key="complaint.id")
    into_id: UUID = Field(foreign_key="complaint.id")
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    by: str
    reason: str
    note: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    status_before: str
    undone_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    undone_by: str | None = None
    undone_note: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class Collective(SQLModel, table=True):
    """Many complaints against one respondent, heard and decided together under a lead; each keeps its own claim and clock."""

    __tablename__ = "collective"

    id: UUID = Field(primary_key=True)
    lead_id: UUID = Field(foreign_key="complaint.id", unique=True)
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    made_by: str
    note: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class CollectiveMember(SQLModel, table=True):
    __tablename__ = "collective_member"
    __table_args__ = (Index("collective_member_now", "complaint_id", unique=True, postgresql_where=text("left_at is null")),)

    id: UUID = Field(primary_key=True)
    collective_id: UUID = Field(foreign_key="collective.id")
    complaint_id: UUID = Field(foreign_key="complaint.id")
    joined_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    joined_by: str
    left_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    left_by: str | None = None
