"""What goes in and out of the API of claims. Amounts are whole numbers of the currency's smallest unit."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from contracts.days import DHAKA
from contracts.money import CurrencyCode
from contracts.places import CountryCode
from contracts.text import Bilingual, Text
from kit.dated import Choice
from kit.reference import parse
from kit.text import PARAGRAPHS, Day, digits
from services.reintegration import rules as returns
from services.reintegration.claims import rules
from services.reintegration.claims.lists import CLAIMS
from services.reintegration.claims.rules import State
from services.reintegration.lists import has
from services.reintegration.schemas import ChoiceOut, Code, In, Name

_LIST: Final = "/v1/returnees/claim-lists"
COMPLAINT_PREFIX: Final = "C"


def _of(choices: Sequence[Choice]) -> Callable[[str], str]:
    def check(code: str) -> str:
        if not has(choices, code):
            raise ValueError(Text(f"Choose a code of the list at {_LIST}.", f"{_LIST} তালিকা থেকে একটি বেছে নিন।"))
        return code

    return check


def _number(written: object) -> object:
    """Digits of either script, as a desk writes them."""
    return digits(written).replace(",", "").strip() if isinstance(written, str) else written


def _done(day: date) -> date:
    return rules.checked_day(day, datetime.now(DHAKA).date())


# Far from the end of a bigint.
Amount = Annotated[int, Field(gt=0, le=10**15), BeforeValidator(_number)]
Words = Annotated[str, Field(min_length=1, max_length=2000), PARAGRAPHS]


class ClaimIn(In):
    """`country`: where it was earned; that of the return where nobody says another. `employer` is sealed."""

    kind: Annotated[Code, AfterValidator(_of(CLAIMS.kinds))]
    amount: Amount
    currency: CurrencyCode
    country: Annotated[CountryCode, AfterValidator(returns.checked_origin)] | None = None
    employer: Name | None = None


class ClaimStepIn(In):
    """`amount`: with `paid`, what came of it."""

    kind: Annotated[Code, AfterValidator(_of(CLAIMS.steps))]
    done_on: Annotated[Day, AfterValidator(_done)]
    amount: Amount | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _money_has_an_amount(self) -> Self:
        if (self.kind == rules.PAID) != (self.amount is not None):
            raise ValueError(Text("Write how much came, and only where money came.", "কত টাকা পাওয়া গেছে লিখুন, কেবল টাকা পাওয়ার ক্ষেত্রে।"))
        return self


class ClaimAmountIn(In):
    amount: Amount


class ClaimEndingIn(In):
    reason: Annotated[Code, AfterValidator(_of(CLAIMS.endings))]


class ClaimStepOut(BaseModel):
    kind: ChoiceOut
    done_on: date
    amount: int | None
    note: str | None


class ClaimOut(BaseModel):
    """`digits`: those of the currency after the point."""

    id: UUID
    reference: str
    version: int
    kind: ChoiceOut
    country: str
    amount: int
    currency: str
    digits: int
    recovered: int
    recovered_on: date | None
    employer: str | None
    state: State
    state_label: Bilingual
    opened_at: datetime
    ended_at: datetime | None
    ending: ChoiceOut | None
    steps: list[ClaimStepOut]


class ClaimsOut(BaseModel):
    items: list[ClaimOut]


class ClaimListsOut(BaseModel):
    version: str
    kinds: list[ChoiceOut]
    steps: list[ChoiceOut]
    endings: list[ChoiceOut]
    currencies: dict[str, int]


class LinkIn(In):
    """The reference of a complaint that was lodged with what the returnee told, with consent."""

    reference: Annotated[str, Field(max_length=40), AfterValidator(lambda text: parse(text, COMPLAINT_PREFIX))]


class LinkOut(BaseModel):
    reference: str
    linked_at: datetime


class LinksOut(BaseModel):
    items: list[LinkOut]
