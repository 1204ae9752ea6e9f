"""What was published of a quarter, once and for all: two editions side by side would give small counts away."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class OutcomePublic(SQLModel, table=True):
    __tablename__ = "outcome_public"

    quarter: str = Field(primary_key=True)
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
