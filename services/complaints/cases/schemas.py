"""What goes in and out of every kind of case."""

from datetime import UTC, date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from contracts.days import DHAKA
from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, PARAGRAPHS, Day
from services.complaints.cases.lists import CASES, CaseKind, one_of
from services.complaints.referrals.rules import Standing
from services.complaints.schemas import In

_NOT_YET: Final = Text("This date lies in the future.", "তারিখটি আজকের পরের হতে পারে না।")
_PAST: Final = Text("This date lies in the past.", "তারিখটি আজকের আগের হতে পারে না।")
_TOO_EARLY: Final = Text("Write a date of 1970 or later.", "১৯৭০ সাল বা তার পরের তারিখ লিখুন।")
_WHOLE_COST: Final = Text("A cost needs its currency.", "খরচের সঙ্গে মুদ্রা লিখুন।")
_PROOF_CODES: Final = ("bank", "cheque", "cash_receipt", "family_confirmed", "other")
_PROOF: Final = Text(
    "Choose one of: bank, cheque, cash_receipt, family_confirmed, other.",
    "একটি বেছে নিন: bank, cheque, cash_receipt, family_confirmed, other।",
)


def today() -> date:
    """By the calendar of Dhaka."""
    return datetime.now(UTC).astimezone(DHAKA).date()


def _happened(day: date) -> date:
    if day > today():
        raise ValueError(_NOT_YET)
    if day.year < 1970:  # noqa: PLR2004 - nobody who is served left before
        raise ValueError(_TOO_EARLY)
    return day


def _to_come(day: date) -> date:
    if day < today():
        raise ValueError(_PAST)
    return day


def _known_proof(code: str) -> str:
    if code not in _PROOF_CODES:
        raise ValueError(_PROOF)
    return code


PastDay = Annotated[Day, AfterValidator(_happened)]
DayToCome = Annotated[Day, AfterValidator(_to_come)]
Code = Annotated[str, Field(max_length=40)]
Note = Annotated[str, Field(min_length=1, max_length=5000), PARAGRAPHS]
Line = Annotated[str, Field(min_length=1, max_length=300), ONE_LINE]
Amount = Annotated[int, Field(gt=0, le=10**13)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Source = Annotated[Code, one_of(CASES.sources)]
Payer = Annotated[Code, one_of(CASES.payers)]


class StepIn(In):
    """`cost` in minor units of `currency`. `request`: for which request of a case of distress."""

    kind: Annotated[Code, one_of(CASES.steps)]
    source: Source
    done_on: PastDay
    cost: Amount | None = None
    currency: Currency | None = None
    borne_by: Payer | None = None
    request: UUID | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _cost_is_whole(self) -> "StepIn":
        if (self.cost is None) != (self.currency is None):
            raise ValueError(_WHOLE_COST)
        return self


class MoneyIn(In):
    kind: Annotated[Code, one_of(CASES.money)]
    payer: Payer
    currency: Currency
    claimed: Amount
    claimed_on: PastDay


class AgreementIn(In):
    """`agreed` in minor units; null gives the claim up. Without `due_on` nothing becomes overdue."""

    agreed: Annotated[int, Field(ge=0, le=10**13)] | None
    on: PastDay
    due_on: Day | None = None


class PaymentIn(In):
    amount: Amount
    paid_on: PastDay
    proof: Annotated[str, Field(max_length=40), AfterValidator(_known_proof)]


class NewCaseIn(In):
    """A case of another kind that grows out of this one: same persons, same place, a reference of its own."""

    kind: Literal["distress", "death"]
    narrative: Annotated[str, Field(min_length=1, max_length=20_000), PARAGRAPHS]


class ClosingIn(In):
    outcome: Code
    note: Note | None = None


class ChangedOut(BaseModel):
    """`id`: of what was written down; `version`: that of the case now."""

    id: UUID
    reference: str
    version: int
    said: Bilingual | None = None


class ChoiceOut(BaseModel):
    code: str
    en: str
    bn: str


class ListsOut(BaseModel):
    """`basis`: what a list is worth where no official one was found."""

    version: str
    lists: dict[str, list[ChoiceOut]]
    basis: dict[str, Bilingual]


class StepOut(BaseModel):
    id: UUID
    kind: str
    label: Bilingual
    source: Bilingual
    done_on: date
    cost: int | None
    currency: str | None
    borne_by: Bilingual | None
    request: UUID | None
    office: str
    note: str | None


class PaymentOut(BaseModel):
    amount: int
    paid_on: date
    proof: str


class MoneyOut(BaseModel):
    """Minor units. `due` is what is still to come, `is_settled` whether the line needs nothing more."""

    id: UUID
    kind: str
    label: Bilingual
    payer: Bilingual
    currency: str
    claimed: int
    claimed_on: date
    agreed: int | None
    agreed_on: date | None
    due_on: date | None
    paid: int
    due: int
    is_settled: bool
    is_dropped: bool
    is_grant: bool
    payments: list[PaymentOut]


class TotalOut(BaseModel):
    currency: str
    claimed: int
    paid: int
    due: int


class LinkOut(BaseModel):
    reference: str
    kind: str
    why: str


class AskedOut(BaseModel):
    """A body that was asked to help, in one line; the whole of it stands at `/v1/complaints/{reference}/referrals`."""

    reference: str
    to: Bilingual
    standing: Standing
    standing_label: Bilingual
    accept_by: datetime
    sent_at: datetime
    answered_at: datetime | None
    outcome: str | None


class OutcomeOut(BaseModel):
    """`missing`: what has to be known before the case can end so; empty where it can."""

    code: str
    label: Bilingual
    missing: list[Bilingual]


class WaitingRow(BaseModel):
    """One case that is not ended, in the list of those who wait. `needs` and `urgency`: what is asked for and not yet given."""

    reference: str
    kind: CaseKind
    category: str
    country: str
    district: str | None
    office: str
    office_name: Bilingual
    assigned: bool
    severity: int
    restricted: bool
    contacted: bool
    needs: list[Bilingual]
    urgency: int | None
    lodged_at: datetime
