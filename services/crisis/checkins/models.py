"""What people answered, appended and never changed; what holds of each by rule; texts and questions that wait for a person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CHAR, Column, DateTime, ForeignKeyConstraint, LargeBinary, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class CheckinResponse(SQLModel, table=True):
    """`observed_at`: when it was so; `received_at`: when we heard. Free words are sealed. `is_assumed`: by the clock, not by a person."""

    __tablename__ = "checkin_response"
    __table_args__ = (ForeignKeyConstraint(["root", "is_drill"], ["alert.id", "alert.is_drill"]),)

    id: UUID = Field(primary_key=True)
    root: UUID
    is_drill: bool
    person: UUID
    status: str
    reporter: str
    made_contact: bool
    people_with: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))
    needs: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    place: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    note: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    document: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    observed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    received_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    channel: str
    taken_by: str | None = None
    is_assumed: bool = False


class CheckinCurrent(SQLModel, table=True):
    """What holds of a person in a chain of warnings, made again by `rules.current` in the transaction of each response."""

    __tablename__ = "checkin_current"
    __table_args__ = (ForeignKeyConstraint(["root", "is_drill"], ["alert.id", "alert.is_drill"]),)

    root: UUID = Field(primary_key=True)
    person: UUID = Field(primary_key=True)
    is_drill: bool
    response_id: UUID = Field(foreign_key="checkin_response.id")
    status: str
    reporter: str
    is_assumed: bool
    is_contradicted: bool
    people_with: int = Field(sa_column=Column(SmallInteger, nullable=False))
    needs: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    observed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    changed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class CrisisText(SQLModel, table=True):
    """A text or a question that came in. `foreign`: of the shared number but not ours, passed on as it came (`raw`, `signature`)."""

    __tablename__ = "crisis_text"
    __table_args__ = (
        UniqueConstraint("provider", "provider_message_id"),
        ForeignKeyConstraint(["root", "is_drill"], ["alert.id", "alert.is_drill"]),
    )

    id: UUID = Field(primary_key=True)
    provider: str
    provider_message_id: str
    kind: str
    state: str
    root: UUID | None = None
    is_drill: bool | None = None
    person: UUID | None = None
    country: str | None = Field(default=None, sa_column=Column(CHAR(2)))
    language: str
    sender: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    raw: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    signature: str | None = None
    sent_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    received_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    due: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    attempts: int = 0
    assumed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    version: int = 1
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    answer: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
