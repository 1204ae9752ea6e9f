"""Recordings and pictures of texts. The content lies outside the database (`kit.files`)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, LargeBinary
from sqlmodel import Field, SQLModel


class CrisisRecording(SQLModel, table=True):
    """What came with a text. `media_id`: the company's, as long as it is to be asked for; `file_id`: as long as it is kept."""

    __tablename__ = "crisis_recording"

    text_id: UUID = Field(primary_key=True, foreign_key="crisis_text.id")
    provider: str
    media_id: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    sent_as: str
    state: str
    received_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    attempts: int = 0
    next_try: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    fault: str | None = None
    file_id: UUID | None = None
    media_type: str | None = None
    size: int | None = Field(default=None, sa_column=Column(BigInteger))
    sha256: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    kept_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
