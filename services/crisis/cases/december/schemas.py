"""What goes in and out of the API of the December report. Nothing that goes in is a number."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from contracts.text import Bilingual
from services.crisis.cases.schemas import In, Words


class WordsIn(In):
    """The two points for which the law asks for words: (e) the market and agreements, (g) other matters. What is left out stays."""

    market: Words | None = None
    other: Words | None = None


class LineOut(BaseModel):
    code: str
    label: Bilingual
    count: int


class TableOut(BaseModel):
    title: Bilingual
    lines: list[LineOut]


class TypedOut(BaseModel):
    """Words that somebody wrote, and who."""

    words: str
    by: str


class PointOut(BaseModel):
    """`counted`: from cases and visits. `typed`: words of a person."""

    point: Literal["a", "b", "c", "d", "e", "f", "g"]
    title: Bilingual
    counted: list[TableOut]
    typed: TypedOut | None
    asks_for_words: bool


class ReportOut(BaseModel):
    """`digest`: SHA-256 of what is counted, the same as long as year and cut-off are. `stands`: that it still is what was approved."""

    mission: str
    mission_name: Bilingual
    countries: list[str]
    year: int
    version: int
    state: Literal["not_begun", "draft", "approved", "sent"]
    state_label: Bilingual
    cutoff: datetime
    points: list[PointOut]
    digest: str
    stands: bool
    drafted_by: str | None
    approved_by: str | None
    approved_at: datetime | None
    sent_at: datetime | None
    may_approve: bool


class ReportRow(BaseModel):
    mission: str
    mission_name: Bilingual
    state: str
    state_label: Bilingual


class ReportsOut(BaseModel):
    year: int
    items: list[ReportRow]
