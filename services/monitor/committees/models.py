"""What was returned of the Safe Migration Committees of one upazila in one quarter. Rows are added, never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel


def _time() -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class CommitteeReturn(SQLModel, table=True):
    """The newest `version` counts. `first`: the id of version 1, by which it is known. `place`: the upazila as names are compared."""

    __tablename__ = "committee_return"
    __table_args__ = (
        UniqueConstraint("first", "version"),
        Index("committee_return_once", "district", "place", "quarter", unique=True, postgresql_where=text("version = 1")),
    )

    id: UUID = Field(primary_key=True)
    first: UUID
    version: int
    quarter: str
    district: str
    upazila: str
    place: str
    unions: int
    formed: int
    met: int
    trained: int
    referred: int
    document: str | None
    document_url: str | None
    paper: UUID | None = Field(default=None, foreign_key="paper.id")
    reason: str | None
    office: str
    returned_at: datetime = _time()
    returned_by: str
