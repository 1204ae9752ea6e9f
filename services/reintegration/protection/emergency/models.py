"""Who opened a protected case in an emergency, and who judged it. Both are only added to: the running role can change neither."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, DateTime, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class ProtectionEmergency(SQLModel, table=True):
    """The right ends at `until`, or when a word says that it was not justified. `reason` is sealed."""

    __tablename__ = "protection_emergency"

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="victim_case.id")
    subject: str
    account: str
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    reason: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    until: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    review_by: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class EmergencyWord(SQLModel, table=True):
    """What one of the two who must judge says: one word for each voice. `words` is sealed."""

    __tablename__ = "protection_emergency_word"
    __table_args__ = (UniqueConstraint("emergency_id", "said_by"),)

    emergency_id: UUID = Field(foreign_key="protection_emergency.id", primary_key=True)
    voice: str = Field(primary_key=True)
    justified: bool
    words: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    said_by: str
    account: str
    said_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
