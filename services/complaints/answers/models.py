"""What a respondent with a licence was asked, and what it answered."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Date, DateTime, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel


class RespondentQuestion(SQLModel, table=True):
    """`allegation` is an officer's summary: never the reporter's own words. `answer_by` is a day of Dhaka, the whole of it."""

    __tablename__ = "respondent_question"

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    version: int
    status: str
    licence: str
    allegation: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    asked_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    asked_by: str
    asked_office: str
    answer_by: date = Field(sa_column=Column(Date, nullable=False))
    more_time_until: date | None = Field(default=None, sa_column=Column(Date))
    more_time_because: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    more_time_asked_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    more_time_granted: bool | None = None
    answered_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    answered_by: str | None = None
    answer: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    stand: str | None = None
    working_days: int | None = None
    lapsed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class RespondentDocument(SQLModel, table=True):
    """A paper that came with an answer. `file_id` is the original, `shown_file_id` the copy of a photo without what it tells of a phone.

    `shared_at`: an officer read it and lets the complainant see it.
    """

    __tablename__ = "respondent_document"
    __table_args__ = (UniqueConstraint("question_id", "sha256"),)

    id: UUID = Field(primary_key=True)
    question_id: UUID = Field(foreign_key="respondent_question.id")
    name: bytes | None = Field(sa_column=Column(LargeBinary))
    media_type: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    file_id: UUID
    shown_file_id: UUID | None
    shown_size: int | None = Field(sa_column=Column(BigInteger))
    added_by: str
    added_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    shared_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    shared_by: str | None = None
    removed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
