"""The table of imports: what was read, and what became of each row."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class ImportRun(SQLModel, table=True):
    """One spreadsheet and what became of each of its rows."""

    __tablename__ = "agency_import"

    id: UUID = Field(primary_key=True)
    kind: str
    mode: str
    file_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    rows: int
    good: int
    bad: int
    loaded: bool
    report: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    imported_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    imported_by: str
