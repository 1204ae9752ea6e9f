"""What is told of sources, of countries without one, and of messages that could not be read."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contracts.text import Bilingual
from services.crisis.sources.lists import Kind
from services.crisis.sources.models import RawMessage, SourceFetch
from services.crisis.sources.rules import Beat, Watched


class SourceOut(BaseModel):
    """`last_outcome`: a short word of the last try. `quarantined`: messages of it that an officer has to look at."""

    code: str
    kind: Kind
    name: Bilingual
    authority: Bilingual | None
    countries: list[str]
    state: Watched
    state_label: Bilingual
    last_read: datetime | None
    last_new: datetime | None
    last_tried: datetime | None
    last_outcome: str | None
    failures: int
    poll_s: int
    stale_after_minutes: int
    signature: str
    quarantined: int
    licence: str
    source: str
    as_of: int
    illustrative: bool


class CountryOut(BaseModel):
    """`note`: why there is no official feed, where there is none."""

    country: str
    state: Watched
    state_label: Bilingual
    note: Bilingual | None
    sources: list[SourceOut]


class AlarmOut(BaseModel):
    """`source` is null where nothing at all was read."""

    source: str | None
    countries: list[str]
    last_read: datetime | None
    raised_at: datetime


class HeartbeatOut(BaseModel):
    """`last_read`: the last time that any source was read. `silent_after_minutes`: from when on that is too long ago."""

    as_of: datetime
    state: Beat
    state_label: Bilingual
    last_read: datetime | None
    silent_after_minutes: int


class SourcesOut(BaseModel):
    """`is_reading`: whether this deployment reads feeds at all. `everywhere`: what is not bound to a country."""

    as_of: datetime
    version: str
    is_reading: bool
    alarms: list[AlarmOut]
    countries: list[CountryOut]
    everywhere: list[SourceOut]
    quarantined: int


class FetchOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    kind: str
    url: str
    began_at: datetime
    took_ms: int
    outcome: str
    status: int | None
    bytes: int

    @classmethod
    def of(cls, row: SourceFetch) -> Self:
        return cls.model_validate(row)


class RawOut(BaseModel):
    id: UUID
    version: int
    source: str
    transport: str
    received_at: datetime
    bytes: int
    sha256: str
    state: str
    problem: str | None
    problem_label: Bilingual
    alert_id: UUID | None
    closed_at: datetime | None
    closing: str | None

    @classmethod
    def of(cls, row: RawMessage) -> Self:
        return cls(
            id=row.id,
            version=row.version,
            source=row.source,
            transport=row.transport,
            received_at=row.received_at,
            bytes=len(row.raw),
            sha256=row.sha256.hex(),
            state=row.state,
            problem=row.problem,
            problem_label=Bilingual(en=row.problem_en or "", bn=row.problem_bn or ""),
            alert_id=row.alert_id,
            closed_at=row.closed_at,
            closing=row.closing,
        )


class RawDetail(RawOut):
    """`text`: a stranger's, to be shown as text; cut, and what is no text in it replaced. `advice`: faults by name."""

    origin_url: str | None
    content_type: str
    advice: list[str]
    text: str
    is_cut: bool


class Closing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=1_000)]


class Rereading(BaseModel):
    """The officer who has it read again may say which countries it concerns; it is then that officer's word."""

    model_config = ConfigDict(extra="forbid")

    countries: list[str] = Field(default_factory=list, max_length=50)
