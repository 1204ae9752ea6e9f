"""What goes in and out of reports, capacity, the callers' script and plans."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, model_validator

from contracts.text import Bilingual, Text
from kit.text import Whole
from services.crisis.incidents.schemas import LISTS, In, Line, Words, one_of

_MONEY: Final = Text("Money has a currency, and nothing else has one.", "অর্থের মুদ্রা লিখতে হয়; অন্য হিসাবে মুদ্রা লেখা যায় না।")
_FUTURE: Final = Text("A count is of the past: its time lies ahead.", "হিসাবটি ভবিষ্যতের সময়ের: সময় ঠিক করুন।")
_CLOCKS_MAY_DIFFER: Final = timedelta(minutes=10)


def _not_ahead(at: datetime) -> datetime:
    if at > datetime.now(UTC) + _CLOCKS_MAY_DIFFER:
        raise ValueError(_FUTURE)
    return at


class CountIn(In):
    """`number`: people, beds, seats, or money in minor units of `currency`. `may_tell`: callers may be told it."""

    what: Annotated[str, AfterValidator(one_of(LISTS.counts))]
    number: Whole = Field(ge=0, le=10**15)
    currency: Annotated[str | None, Field(pattern="^[A-Z]{3}$")] = None
    source: Line
    as_of: Annotated[AwareDatetime, AfterValidator(_not_ahead)]
    may_tell: bool = False

    @model_validator(mode="after")
    def _money_has_a_currency(self) -> Self:
        if (LISTS.counted(self.what).kind == "money") != (self.currency is not None):
            raise ValueError(_MONEY)
        return self


class ReportIn(In):
    summary: Words
    counts: list[CountIn] = Field(default_factory=list, max_length=60)


class CountsIn(In):
    counts: list[CountIn] = Field(min_length=1, max_length=60)


class ScriptIn(In):
    en: Words
    bn: Words


class FigureOut(BaseModel):
    number: int
    currency: str | None
    source: str
    as_of: datetime
    may_tell: bool


class BesideOut(BaseModel):
    what: str
    name: Bilingual
    kind: str
    differ: bool
    figures: list[FigureOut]


class CountsOut(BaseModel):
    items: list[BesideOut]


class ReportOut(BaseModel):
    id: UUID
    number: int
    made_at: datetime
    summary: str
    counts: list[BesideOut]


class PlanOut(BaseModel):
    id: UUID
    title: str
    size: int
    sha256: str
    media_type: str
    attached_at: datetime


class PlansOut(BaseModel):
    items: list[PlanOut]


class BriefingOut(BaseModel):
    """What a desk needs when somebody calls about this incident."""

    incident: UUID
    is_drill: bool
    country: str
    hazard: Bilingual
    script: Bilingual | None
    script_at: datetime | None
    facts: list[BesideOut]
    enquiries_waiting: int


class BriefingsOut(BaseModel):
    items: list[BriefingOut]
