"""Registrations that a device wrote without a connection, as they arrived."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class FieldEntry(SQLModel, table=True):
    """One entry of a device's queue. The same number with the same `content` (a blind index) is the same entry, however often it comes.

    `body` is kept, sealed, only of what waits to be mended or was. `written_at` and `device_now` are by the device's clock.
    District, flags, `registered_by` and `registered_by_org` decide who sees it, as of a returnee.
    """

    __tablename__ = "field_entry"
    __table_args__ = (
        CheckConstraint("version > 0", name="field_entry_version_positive"),
        UniqueConstraint("device_id", "entry_id", "content"),
        Index("field_entry_to_mend", "received_at", "id", postgresql_where=text("state = 'to_mend'")),
    )

    id: UUID = Field(primary_key=True)
    version: int
    device_id: UUID
    entry_id: UUID
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str
    body: bytes | None = Field(sa_column=Column(LargeBinary))
    returnee_id: UUID | None = Field(foreign_key="returnee.id")
    reference: str | None
    district: str | None
    flags: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    restricted: bool
    registered_by: str
    registered_by_org: str | None
    written_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    device_now: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    received_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    closed_by: str | None
    closed_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    closed_because: bytes | None = Field(sa_column=Column(LargeBinary))
