"""The table of reports: an edition as it was told, byte by byte."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Index, LargeBinary, text
from sqlmodel import Field, SQLModel


class Report(SQLModel, table=True):
    """`edition` counts those of one half-year; above 1 it is a correction. `content` never changes. `cut_off`: a day of Bangladesh."""

    __tablename__ = "framework_report"
    __table_args__ = (
        CheckConstraint("approved_by <> drafted_by", name="framework_report_four_eyes"),
        CheckConstraint("(state = 'published') = (published_at is not null)", name="framework_report_dated"),
        Index("framework_report_edition", "report", "period", "edition", unique=True, postgresql_where=text("state <> 'withdrawn'")),
    )

    id: UUID = Field(primary_key=True)
    version: int
    report: str
    period: str
    edition: int
    state: str
    cut_off: date = Field(sa_column=Column(Date, nullable=False))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    digest: str
    drafted_by: str
    drafted_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    published_by: str | None = None
    published_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
