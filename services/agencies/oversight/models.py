"""What the association and others said about a rule set, on the record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index
from sqlmodel import Field, SQLModel


class Comment(SQLModel, table=True):
    """One statement about one version of a rule set; never changed."""

    __tablename__ = "rule_set_comment"
    __table_args__ = (Index("rule_set_comment_of", "rule_set", "rule_set_version", "said_at", "id"),)

    id: UUID = Field(primary_key=True)
    rule_set: str
    rule_set_version: str
    words: str
    org: str | None = None
    role: str
    said_by: str
    said_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
