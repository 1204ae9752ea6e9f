"""What goes in and out of hearings and settlements."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from contracts.text import Bilingual, Text
from kit.text import PARAGRAPHS, Day
from services.complaints.lifecycle.schemas import Words
from services.complaints.redress.schemas import Currency, Head
from services.complaints.schemas import In

Mode = Literal["in_person", "phone", "video"]
Body = Literal["shalish", "union", "ngo", "mediation", "arbitration"]
_DUE_BEFORE = Text("It cannot be due before the day of the settlement.", "আপসের তারিখের আগে পরিশোধের শেষ তারিখ হতে পারে না।")
_AMOUNT_OR_NONE = Text("Give the amount together with its currency.", "টাকার পরিমাণ ও মুদ্রা একসঙ্গে লিখুন।")


class HearingIn(In):
    """`apart`: the parties do not meet. `companion`: the complainant brings somebody they trust. `place` is sealed."""

    at: AwareDatetime
    mode: Mode = "in_person"
    apart: bool = True
    companion: bool = False
    place: Annotated[str, Field(max_length=500), PARAGRAPHS] = ""


class HeardIn(In):
    """`record`: what was said, for those who decide."""

    complainant_came: bool
    respondent_came: bool
    record: Words


class SettlementIn(In):
    """`amount` in minor units of `currency` (ISO 4217): owed, and followed as redress, from `agreed_on` on.

    `head`: of the redress lists; without one what is usual for the complaint's category.
    """

    made_by: Body
    terms: Words
    complainant_agrees: bool
    respondent_agrees: bool
    amount: int | None = Field(default=None, gt=0, le=10**13)
    currency: Currency | None = None
    head: Head | None = None
    due_on: Day | None = None
    agreed_on: Day

    @model_validator(mode="after")
    def _amount_has_a_currency(self) -> Self:
        if (self.amount is None) != (self.currency is None):
            raise ValueError(_AMOUNT_OR_NONE)
        if self.due_on is not None and self.due_on < self.agreed_on:
            raise ValueError(_DUE_BEFORE)
        return self


class HearingOut(BaseModel):
    number: int
    at: datetime
    mode: Mode
    apart: bool
    companion: bool
    place: str | None
    state: Literal["scheduled", "held", "adjourned"]
    complainant_came: bool | None
    respondent_came: bool | None


class HearingsOut(BaseModel):
    """`most`: how many there may be."""

    items: list[HearingOut]
    most: int


class SettlementOut(BaseModel):
    made_by: Body
    terms: str
    amount: int | None
    currency: str | None
    due_on: date | None
    agreed_on: date
    recorded_at: datetime


class SettlementsOut(BaseModel):
    items: list[SettlementOut]
    waives: Bilingual
