"""Who broke the glass of a restricted complaint, and whose words are due to be emptied."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, DateTime, LargeBinary, Text
from sqlmodel import Field, SQLModel


class BreakGlass(SQLModel, table=True):
    """Never changed. The right itself stands in `complaint.glass`, and ends by itself."""

    __tablename__ = "break_glass"

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    subject: str
    account: str
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    reason: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    until: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class RetentionDue(SQLModel, table=True):
    """Listed by the timer; an administrator confirms."""

    __tablename__ = "retention_due"

    complaint_id: UUID = Field(primary_key=True, foreign_key="complaint.id")
    due_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    listed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
