"""What goes in and out of the API of reports. `ReportContent` is what an edition says, and what is kept of it."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.text import Bilingual
from services.monitor.evidence.rules import Dimension
from services.monitor.reports.models import Report
from services.monitor.reports.rules import PERIOD, Late, State, Told

Name = Annotated[str, Field(max_length=40, pattern=r"^[a-z-]+$")]
Period = Annotated[str, Field(pattern=PERIOD, description="A half-year: 2026-H1.")]


class NewReport(BaseModel):
    """`cut_off` of a correction: what was received before this day of Bangladesh counts; today where none is given."""

    model_config = ConfigDict(extra="forbid")

    report: Name
    period: Period
    cut_off: date | None = None


class QuarterTold(BaseModel):
    """null: left out. `parts` by dimension, by code. `until`: what was received before this day is in it; `late`: how much came since."""

    quarter: str
    facts: int | None
    parts: dict[Dimension, dict[str, int | None]]
    until: date
    late: Late

    def as_told(self) -> Told:
        return Told(self.facts, {by.value: cells for by, cells in self.parts.items()}, self.until)


class TableTold(BaseModel):
    event_type: str
    title: Bilingual
    by: list[Dimension]
    quarters: list[QuarterTold]


class Change(BaseModel):
    """One number that the edition before told otherwise. `by` and `code` null: the whole."""

    event_type: str
    quarter: str
    by: Dimension | None = None
    code: str | None = None
    before: int | None
    after: int | None


class ReportContent(BaseModel):
    """`cut_off`: what was received before this day of Bangladesh was looked at. `definition`: the version of the list of tables."""

    report: str
    activity: str
    title: Bilingual
    period: str
    edition: int
    cut_off: date
    definition: int
    label: str
    smallest: int
    tables: list[TableTold]
    changes: list[Change]
    not_counted: list[Bilingual]
    notes: list[Bilingual]


class ReportRow(BaseModel):
    id: UUID
    report: str
    title: Bilingual
    period: str
    edition: int
    cut_off: date
    digest: str
    published_at: datetime | None

    @classmethod
    def of(cls, one: Report) -> Self:
        content = ReportContent.model_validate_json(one.content)
        return cls(title=content.title, **one.model_dump(include=set(cls.model_fields) - {"title"}))


class DraftRow(ReportRow):
    """`is_own`: the reader drafted it, and so does not approve it."""

    version: int
    state: State
    drafted_at: datetime
    approved_at: datetime | None
    is_own: bool

    @classmethod
    def seen(cls, one: Report, reader: str) -> Self:
        content = ReportContent.model_validate_json(one.content)
        shown = one.model_dump(include=set(cls.model_fields) - {"title", "is_own"})
        return cls(title=content.title, is_own=one.drafted_by == reader, **shown)


class DraftOut(BaseModel):
    draft: DraftRow
    content: ReportContent


class ReportOut(BaseModel):
    """`newest`: the edition that counts now."""

    about: ReportRow
    newest: int
    content: ReportContent


class KindOut(BaseModel):
    code: str
    activity: str
    title: Bilingual


class KindsOut(BaseModel):
    """Which reports there are, and the last half-year that may be told."""

    items: list[KindOut]
    newest_period: str
    next: None = None
