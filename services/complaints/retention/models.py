"""How far the erasing has come, and what waits: on hold, or of a kind that is kept longer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime
from sqlmodel import Field, SQLModel


class RetentionMark(SQLModel, table=True):
    """All that ended before `done_until` was looked at."""

    __tablename__ = "retention_mark"

    name: str = Field(primary_key=True)
    done_until: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class RetentionWaiting(SQLModel, table=True):
    """`record` ended before the mark and is still kept. Looked at again each night."""

    __tablename__ = "retention_waiting"

    name: str = Field(primary_key=True)
    record: UUID = Field(primary_key=True)
