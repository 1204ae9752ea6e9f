"""Files of a complaint, and uploads under way. The content lies outside the database (`kit.files`)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, ForeignKey, LargeBinary, UniqueConstraint, Uuid
from sqlmodel import Field, SQLModel


class Attachment(SQLModel, table=True):
    """`file_id` is the original, `shown_file_id` the copy of a photo that others may see. The same content twice is one."""

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("complaint_id", "sha256"),)

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    kind: str
    name: bytes | None = Field(sa_column=Column(LargeBinary))
    media_type: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    file_id: UUID
    shown_file_id: UUID | None
    shown_size: int | None = Field(sa_column=Column(BigInteger))
    channel: str
    by: str
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    removed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class Upload(SQLModel, table=True):
    """A file that arrives in parts. `received` bytes are here; `attachment_id` is set once all of them are.

    `question_id`: it comes with an agency's answer, and becomes `document_id`.
    """

    __tablename__ = "upload"
    __table_args__ = (CheckConstraint("length > 0"), CheckConstraint("received between 0 and length"))

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    by: str
    kind: str
    name: bytes | None = Field(sa_column=Column(LargeBinary))
    length: int = Field(sa_column=Column(BigInteger, nullable=False))
    received: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: bytes | None = Field(sa_column=Column(LargeBinary))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    attachment_id: UUID | None = Field(default=None, foreign_key="attachment.id")
    question_id: UUID | None = Field(default=None, foreign_key="respondent_question.id")
    document_id: UUID | None = Field(default=None, foreign_key="respondent_document.id")


class UploadPart(SQLModel, table=True):
    __tablename__ = "upload_part"

    upload_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("upload.id", ondelete="CASCADE"), primary_key=True))
    start: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    file_id: UUID
