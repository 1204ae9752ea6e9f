"""The table of updates that files propose."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class UpdateProposal(SQLModel, table=True):
    """A row says something new of somebody who is known by a paper. `content`: the row as it was read, sealed. A person decides."""

    __tablename__ = "national_update"
    __table_args__ = (
        UniqueConstraint("import_id", "line"),
        Index("national_update_of", "person_id"),
        Index("national_update_open", "proposed_at", "id", postgresql_where=text("decision is null")),
    )

    id: UUID = Field(primary_key=True)
    import_id: UUID = Field(foreign_key="national_import.id")
    line: int = Field(sa_column=Column(BigInteger, nullable=False))
    person_id: UUID = Field(foreign_key="national.id", ondelete="CASCADE")
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    proposed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
