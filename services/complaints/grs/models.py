"""A complaint about an office's service on its way up the national grievance redress system."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, LargeBinary, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel


class GrsStep(SQLModel, table=True):
    """One step of the ladder. `limit_days` are working days by the data of `data_version`; null where no source names a limit."""

    __tablename__ = "grs_step"
    __table_args__ = (UniqueConstraint("complaint_id", "step"),)

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    version: int
    step: int = Field(sa_column=Column(SmallInteger, nullable=False))
    level: str
    about_office: str
    limit_days: int | None = None
    data_version: str
    begun_on: date = Field(sa_column=Column(Date, nullable=False))
    due_on: date | None = Field(default=None, sa_column=Column(Date))
    tracking: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    outcome: str | None = None
    outcome_on: date | None = Field(default=None, sa_column=Column(Date))
    words: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    made_by: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
