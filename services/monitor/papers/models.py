"""A paper, and what was found of its content. It is never changed; one that no record names goes after a day."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Index
from sqlmodel import Field, SQLModel


class Paper(SQLModel, table=True):
    """`name`: as whoever brought it calls the file. `file_id`: in the store of files."""

    __tablename__ = "paper"
    __table_args__ = (Index("paper_of", "brought_by"),)

    id: UUID = Field(primary_key=True)
    file_id: UUID = Field(unique=True)
    name: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: bytes
    media_type: str
    brought_by: str
    brought_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
