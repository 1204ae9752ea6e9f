"""The tables of the complaints service. Constraints stand here and in the database; input is judged in `schemas`."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Column, Date, DateTime, LargeBinary, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class Complaint(SQLModel, table=True):
    """One case of any kind. Contacts are sealed; `*_index` (a number) and `*_key` (a folded name) are blind indexes for search.

    `*_sound_key` are those of names as they sound, alike in both scripts. `redress_state` and `redress_due` (the earliest day by which
    something is owed) are kept by `redress.service`.

    `office` holds it now, `assignee` works on it; `transfer_to` is asked to take it over, `checker` to approve a proposal, `appeal_office`
    decides on an appeal about it. `restricted` is set when it is lodged and only becomes stricter. `resumes`: the status to which a pause
    or a check leads back. `glass`: who broke the glass of a restricted one → until when. `due_at` to `look_at` are the clocks' alone: the
    next deadline and whose, the seat that it was handed up to, when its timer looks next.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        CheckConstraint("version > 0", name="complaint_version_positive"),
        CheckConstraint("severity between 1 and 4", name="complaint_severity"),
    )

    id: UUID = Field(primary_key=True)
    reference: str = Field(unique=True)
    version: int
    kind: str
    status: str
    severity: int = Field(sa_column=Column(SmallInteger, nullable=False))
    office: str
    assignee: str | None
    decision: str | None
    decided_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    decided_by: str | None
    decided_office: str | None
    resolved_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    channel: str
    language: str
    caller_safe: bool | None
    category: str
    taxonomy_version: str
    restricted: bool
    country: str
    district: str | None
    reporter_relation: str
    reporter_name: bytes | None = Field(sa_column=Column(LargeBinary))
    reporter_name_key: bytes | None = Field(sa_column=Column(LargeBinary))
    reporter_phone: bytes | None = Field(sa_column=Column(LargeBinary))
    reporter_phone_index: bytes | None = Field(sa_column=Column(LargeBinary))
    victim_name: bytes | None = Field(sa_column=Column(LargeBinary))
    victim_name_key: bytes | None = Field(sa_column=Column(LargeBinary))
    victim_phone: bytes | None = Field(sa_column=Column(LargeBinary))
    victim_phone_index: bytes | None = Field(sa_column=Column(LargeBinary))
    victim_sex: str
    victim_age_band: str
    victim_disability: str
    respondent_kind: str | None
    respondent_name: bytes | None = Field(sa_column=Column(LargeBinary))
    respondent_key: bytes | None = Field(sa_column=Column(LargeBinary))
    respondent_licence: str | None
    respondent_office: str | None
    occurred_on: date | None = Field(sa_column=Column(Date))
    narrative: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    may_call: bool | None
    contact_note: bytes | None = Field(sa_column=Column(LargeBinary))
    lodged_by: str
    lodged_by_org: str | None
    lodged_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    changed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    appeal_of: UUID | None = Field(foreign_key="complaint.id")
    merged_into: UUID | None = Field(foreign_key="complaint.id")
    reporter_sound_key: bytes | None = Field(sa_column=Column(LargeBinary))
    victim_sound_key: bytes | None = Field(sa_column=Column(LargeBinary))
    respondent_sound_key: bytes | None = Field(sa_column=Column(LargeBinary))
    redress_state: str
    redress_due: date | None = Field(sa_column=Column(Date))
    call_id: UUID | None
    secret_hash: bytes | None = Field(sa_column=Column(LargeBinary))
    transfer_to: str | None
    appeal_office: str | None
    checker: str | None
    resumes: str | None
    investigation_started_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    investigated_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    withdrawal: str | None
    allegation: bytes | None = Field(sa_column=Column(LargeBinary))
    glass: dict[str, str] | None = Field(sa_column=Column(JSONB(none_as_null=True)))
    on_hold: bool = Field(sa_column=Column(Boolean, nullable=False))
    emptied_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    due_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    due_clock: str | None
    risk: str
    seat: str | None
    escalated_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    look_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    contact_rule: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default="{}"))
    contact_ask_for: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class Happening(SQLModel, table=True):
    """One thing that was done with a complaint: never changed, and all that clocks and histories are computed from.

    `status` is the one that held afterwards, `office` the one that held the complaint then. `detail` has codes only; words are in `note`,
    sealed.
    """

    __tablename__ = "happening"

    id: UUID = Field(primary_key=True)
    complaint_id: UUID = Field(foreign_key="complaint.id")
    version: int
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    by: str
    office: str
    kind: str
    status: str
    detail: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    note: bytes | None = Field(sa_column=Column(LargeBinary))
