"""What a reader is told of outcomes and needs."""

from datetime import date, datetime

from pydantic import BaseModel

from contracts.text import Bilingual
from services.reintegration.casework.schemas import DimensionCode


class IntervalOut(BaseModel):
    """`low` and `high` with the confidence that the answer names; null for one case alone."""

    value: float
    low: float | None
    high: float | None


class ToldOut(BaseModel):
    """`cases` null: too few to tell, or others could be worked out. `change`: mean, in points of 100; `better`: share in percent."""

    code: str
    label: Bilingual | None = None
    cases: int | None
    change: IntervalOut | None = None
    better: IntervalOut | None = None


class GroupOut(BaseModel):
    """One division of the cases: by sex, age band, disability, or by whether help reached them."""

    by: str
    rows: list[ToldOut]


class DimensionOut(BaseModel):
    code: DimensionCode
    label: Bilingual
    all: ToldOut
    groups: list[GroupOut]
    helps: list[ToldOut]


class OutcomesOut(BaseModel):
    """How far returnees moved from their first assessment. Never by officer. `notes` belong beside every number."""

    since: date
    until: date
    follow_up: str
    follow_up_label: Bilingual
    help: str | None
    exact: bool
    smallest: int
    confidence: float
    least_change: int
    first: int | None
    followed: int | None
    dimensions: list[DimensionOut]
    notes: list[Bilingual]


class CountedOut(BaseModel):
    """`count` null: too few to tell, or others could be worked out."""

    code: str
    label: Bilingual | None = None
    count: int | None
    percent: IntervalOut | None = None


class DivisionOut(BaseModel):
    by: str
    rows: list[CountedOut]


class NeedOut(CountedOut):
    """One need of those who were asked, with its share, and in each group."""

    groups: list[DivisionOut]


class ProfileOut(BaseModel):
    """Who came back and what they need (activity 6.3.1.1). `asked`: those with a case, of whose needs is told."""

    since: date
    until: date
    exact: bool
    smallest: int
    confidence: float
    registered: int | None
    divisions: list[DivisionOut]
    owed: list[CountedOut]
    asked: int | None
    asked_groups: list[DivisionOut]
    needs: list[NeedOut]
    notes: list[Bilingual]


class PublicOut(BaseModel):
    """A quarter that is over, told once and the same ever after; null while too little is there."""

    quarter: str
    made_at: datetime | None
    quarters: list[str]
    outcomes: OutcomesOut | None
    profile: ProfileOut | None
