"""What two desks said differently of one person: both values stay, and a person chooses."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Index, LargeBinary, text
from sqlmodel import Field, SQLModel


class RecordConflict(SQLModel, table=True):
    """`returnee_id`: the record that stands. The other side is a second record (`other_id`) or what a device sent (`entry_id`)."""

    __tablename__ = "record_conflict"
    __table_args__ = (
        CheckConstraint("version > 0", name="record_conflict_version_positive"),
        CheckConstraint("(other_id is null) <> (entry_id is null)", name="record_conflict_source"),
        Index("record_conflict_open", "opened_at", "id", postgresql_where=text("decided_at is null")),
        Index("record_conflict_of", "returnee_id"),
        Index("record_conflict_pair", "returnee_id", "other_id", unique=True, postgresql_where=text("other_id is not null")),
    )

    id: UUID = Field(primary_key=True)
    version: int
    returnee_id: UUID = Field(foreign_key="returnee.id")
    other_id: UUID | None = Field(foreign_key="returnee.id")
    entry_id: UUID | None = Field(foreign_key="field_entry.id")
    opened_by: str
    opened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    decided_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class ConflictField(SQLModel, table=True):
    """One field, both values sealed. Chosen at once where the standing record was silent: nothing was overwritten then."""

    __tablename__ = "conflict_field"
    __table_args__ = (
        CheckConstraint("(choice is null) = (chosen_by is null) and (choice is null) = (chosen_at is null)", name="conflict_field_choice"),
    )

    conflict_id: UUID = Field(primary_key=True, foreign_key="record_conflict.id")
    field: str = Field(primary_key=True)
    kept_value: bytes | None = Field(sa_column=Column(LargeBinary))
    new_value: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    choice: str | None
    chosen_by: str | None
    chosen_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
