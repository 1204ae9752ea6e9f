"""What goes in and out of the redress API. Amounts are whole numbers of the currency's smallest unit."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from contracts.money import CURRENCIES
from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, PARAGRAPHS, Day
from services.complaints.cases.lists import CASES, one_of
from services.complaints.redress.lists import LISTS, CourtKind
from services.complaints.redress.rules import Recourse, Redress, Satisfaction
from services.complaints.schemas import In

_NOT_LISTED = Text(
    "Choose a value of the list at /v1/complaints/redress-lists.", "/v1/complaints/redress-lists তালিকা থেকে একটি মান বেছে নিন।"
)
_DUE_BEFORE_ORDER = Text("The day it is due lies before the order.", "পরিশোধের শেষ তারিখ আদেশের তারিখের আগে পড়েছে।")


def _listed(name: str) -> AfterValidator:
    def check(code: str) -> str:
        known = CURRENCIES.keys() if name == "currencies" else LISTS.codes(name)
        if code not in known:
            raise ValueError(_NOT_LISTED)
        return code

    return AfterValidator(check)


Code = Annotated[str, Field(max_length=40)]
Currency = Annotated[str, Field(max_length=3), _listed("currencies")]
# Ten million million takas: more than any claim, and far from the end of a bigint.
Amount = Annotated[int, Field(gt=0, le=10**15, strict=True)]
Note = Annotated[str, Field(max_length=2000), PARAGRAPHS]
Proof = Annotated[str, Field(min_length=3, max_length=120), ONE_LINE]


Head = Annotated[Code, _listed("heads")]
Payer = Annotated[Code, one_of(CASES.payers)]


class ClaimIn(In):
    """`payer`: who owes it, where that is not simply whom the complaint is about."""

    head: Head
    currency: Currency
    amount: Amount
    payer: Payer | None = None


class OrderIn(In):
    """`due_on`: the day by which it must be paid; without one nothing becomes overdue."""

    head: Head
    currency: Currency
    amount: Amount
    basis: Annotated[Code, _listed("bases")]
    ordered_on: Day
    due_on: Day | None = None
    payer: Payer | None = None

    @model_validator(mode="after")
    def _due_after_order(self) -> Self:
        if self.due_on is not None and self.due_on < self.ordered_on:
            raise ValueError(_DUE_BEFORE_ORDER)
        return self


class PaymentIn(In):
    """`proof` is the number on the slip, receipt or message: the same twice is one payment. Unconfirmed it is said, not paid."""

    line: UUID
    amount: Amount
    paid_on: Day
    way: Annotated[Code, _listed("ways")]
    source: Annotated[Code, _listed("sources")] = "respondent"
    proof: Proof
    confirmed_with: Annotated[Code, _listed("confirmations")] | None = None


class ConfirmationIn(In):
    confirmed_with: Annotated[Code, _listed("confirmations")]


class GivingUpIn(In):
    reason: Annotated[Code, _listed("given_up")]
    note: Note = ""


class RecourseIn(In):
    amount: Amount
    requested_on: Day


class RecourseStepIn(In):
    """`amount` of what was granted, paid out or demanded; `proof` of a payment; `reason` of a refusal."""

    step: Literal[Recourse.GRANTED, Recourse.REFUSED, Recourse.PAID, Recourse.DEMANDED]
    on: Day
    amount: Amount | None = None
    reason: Annotated[Code, _listed("refusals")] | None = None
    proof: Proof | None = None


class CourtCaseIn(In):
    """`body` is the court or police station, `number` the case's own. A complaint gives up neither suit nor charge (s.28, s.41(1))."""

    law: Annotated[Code, _listed("laws")]
    body: Annotated[str, Field(min_length=1, max_length=200), ONE_LINE]
    number: Annotated[str, Field(max_length=80), ONE_LINE] = ""
    filed_on: Day
    next_date: Day | None = None


class CourtStepIn(In):
    """A next date, or an outcome with the day it fell."""

    next_date: Day | None = None
    outcome: Annotated[Code, _listed("outcomes")] | None = None
    closed_on: Day | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.outcome is None) != (self.closed_on is None) or (self.outcome is None) == (self.next_date is None):
            raise ValueError(Text("Give a next date, or an outcome with its day.", "পরবর্তী তারিখ দিন, অথবা ফলাফল ও তার তারিখ দিন।"))
        return self


class TaskAnswerIn(In):
    """Of a call-back: how satisfied the person is, or null where they were not reached. Of a reminder: null."""

    answer: Satisfaction | None = None
    words: Note = ""
    reached: bool = True


class SumsOut(BaseModel):
    currency: str
    digits: int
    claimed: int
    ordered: int
    paid: int
    said: int
    outstanding: int


class PaymentOut(BaseModel):
    """`proof` is null for whoever may see what was paid and not by which paper."""

    id: UUID
    amount: int
    paid_on: date
    way: str
    source: str
    proof: str | None
    recorded_at: datetime
    confirmed_with: str | None
    confirmed_at: datetime | None


class RecourseOut(BaseModel):
    id: UUID
    status: Recourse
    next_steps: list[Recourse]
    requested: int
    requested_on: date
    granted: int | None
    decided_on: date | None
    refused_because: str | None
    paid_on: date | None
    shortfall: int
    demanded: int | None
    demanded_on: date | None


class LineOut(BaseModel):
    id: UUID
    head: str
    currency: str
    digits: int
    payer: str | None
    is_grant: bool
    state: Redress
    state_label: Bilingual
    claimed: int | None
    ordered: int | None
    basis: str | None
    ordered_on: date | None
    due_on: date | None
    paid: int
    said: int
    outstanding: int
    given_up_reason: str | None
    given_up_note: str | None
    payments: list[PaymentOut]
    recourse: list[RecourseOut]


class CourtCaseOut(BaseModel):
    id: UUID
    kind: CourtKind
    law: str
    body: str | None
    number: str | None
    filed_on: date
    next_date: date | None
    outcome: str | None
    closed_on: date | None


class RedressOut(BaseModel):
    """`is_hidden`: the caller may know how it stands, and no more. `may_change`: the complaint is in the caller's hands."""

    reference: str
    version: int
    state: Redress
    state_label: Bilingual
    due_on: date | None
    is_hidden: bool
    may_change: bool
    sums: list[SumsOut]
    lines: list[LineOut]
    court_cases: list[CourtCaseOut]
    tasks: list["TaskOut"]


class TaskOut(BaseModel):
    id: UUID
    reference: str
    kind: str
    line: UUID | None
    due: datetime
    done_at: datetime | None
    answer: Satisfaction | None
    words: str | None


class MadeOut(BaseModel):
    """What was made or found, and how the redress stands now. `is_new` is false for the same proof told again."""

    id: UUID
    state: Redress
    state_label: Bilingual
    version: int
    is_new: bool = True


class ChoiceOut(BaseModel):
    code: str
    en: str
    bn: str


class CurrencyOut(BaseModel):
    code: str
    digits: int


class ListsOut(BaseModel):
    version: str
    heads: list[ChoiceOut]
    bases: list[ChoiceOut]
    ways: list[ChoiceOut]
    sources: list[ChoiceOut]
    confirmations: list[ChoiceOut]
    given_up: list[ChoiceOut]
    refusals: list[ChoiceOut]
    laws: list[ChoiceOut]
    outcomes: list[ChoiceOut]
    payers: list[ChoiceOut]
    grants: list[ChoiceOut]
    currencies: list[CurrencyOut]
