"""What goes in and out of protection."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.text import Bilingual
from services.complaints.lifecycle.schemas import Words
from services.complaints.schemas import In


class GlassIn(In):
    """`reason`: whose safety needs it and why nobody who may open it can. Read by the supervisor and the auditors."""

    reason: Words
    minutes: int = Field(default=60, ge=5)


class GlassOut(BaseModel):
    reference: str
    until: datetime


class GlassRow(BaseModel):
    id: UUID
    reference: str
    office_name: Bilingual
    account: str
    roles: list[str]
    reason: str
    at: datetime
    until: datetime


class ReadRow(BaseModel):
    """One time that somebody was shown a record. `fields`: names of the policy, never values."""

    id: UUID
    at: datetime
    caller: str
    account: str | None
    client: str
    roles: list[str]
    purpose: str
    record_type: str
    record: UUID
    fields: list[str]


class DueRow(BaseModel):
    id: UUID
    reference: str
    kind: str
    due_at: datetime
    on_hold: bool
    version: int


class HoldIn(In):
    """`on`: keep the words beyond their time, for a court or a claim; else let their time run."""

    on: bool
    reason: Words


class EmptiedOut(BaseModel):
    reference: str
    version: int
    on_hold: bool
    emptied_at: datetime | None
