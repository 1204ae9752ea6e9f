"""What cannot wait, until somebody has acted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel


class UrgentTask(SQLModel, table=True):
    """One flag of one returnee. It belongs to the office of the district, not to a person. `note` is sealed."""

    __tablename__ = "urgent_task"
    __table_args__ = (CheckConstraint("version > 0", name="urgent_task_version_positive"), UniqueConstraint("returnee_id", "flag"))

    id: UUID = Field(primary_key=True)
    version: int
    returnee_id: UUID = Field(foreign_key="returnee.id")
    flag: str
    restricted: bool
    district: str
    opened_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    due_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    overdue_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    taken_by: str | None
    taken_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    done_by: str | None
    done_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    outcome: str | None
    note: bytes | None = Field(sa_column=Column(LargeBinary))
