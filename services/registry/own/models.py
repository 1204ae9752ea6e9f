"""How often somebody without an account tried: kept two days, of an address only a keyed hash."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, LargeBinary
from sqlmodel import Field, SQLModel


class OwnFailure(SQLModel, table=True):
    """A wrong secret, or a reference that is none."""

    __tablename__ = "own_failure"

    id: UUID = Field(primary_key=True)
    person_id: UUID | None = Field(foreign_key="national.id", ondelete="CASCADE")
    address_index: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
