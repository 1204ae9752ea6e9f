"""What goes in and out of the API of protected cases."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from contracts.money import CurrencyCode
from contracts.text import Bilingual, Text
from kit.dated import Choice
from kit.text import PARAGRAPHS, Day
from services.reintegration.lists import has
from services.reintegration.protection import rules
from services.reintegration.protection.lists import PROTECTION
from services.reintegration.protection.rules import StepState
from services.reintegration.schemas import ChoiceOut, Code, In

_LIST: Final = "/v1/returnees/protection-lists"
_SUM: Final = Text("An amount has a currency, and a currency an amount.", "টাকার পরিমাণ ও মুদ্রা দুটোই লিখুন।")
_DAY: Final = Text("Write the day in court.", "আদালতে হাজিরার তারিখ লিখুন।")


def _of(choices: Sequence[Choice]) -> Callable[[str], str]:
    def check(code: str) -> str:
        if not has(choices, code):
            raise ValueError(Text(f"Choose a code of the list at {_LIST}.", f"{_LIST} তালিকা থেকে একটি বেছে নিন।"))
        return code

    return check


def _half(written: str) -> str:
    rules.half_year(written)
    return written


Account = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._@-]{1,79}$")]
Words = Annotated[str, Field(min_length=1, max_length=4000), PARAGRAPHS]
Amount = Annotated[int, Field(gt=0, le=10**15)]
HalfYear = Annotated[str, Field(max_length=10), AfterValidator(_half)]
IndicatorCode = Annotated[Code, AfterValidator(_of(PROTECTION.indicators))]
Answer = Literal["yes", "no", "not_known"]


class TrainedIn(In):
    training: Annotated[Code, AfterValidator(_of(PROTECTION.trainings))]
    trained_on: Day
    until: Day | None = None

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.until is not None and self.until <= self.trained_on:
            raise ValueError(Text("A training ends after it was had.", "প্রশিক্ষণের মেয়াদ শেষের তারিখ প্রশিক্ষণের পরে হতে হবে।"))
        return self


class TrainedOut(BaseModel):
    account: str
    training: ChoiceOut
    trained_on: date
    until: date | None
    noted_at: datetime


class TrainedListOut(BaseModel):
    items: list[TrainedOut]


class IndicatorsIn(In):
    answers: Annotated[dict[IndicatorCode, Answer], Field(min_length=1, max_length=len(PROTECTION.indicators))]


class IdentificationIn(In):
    """Of a trained person. `reasons`: in their own words, why."""

    finding: Annotated[Code, AfterValidator(_of(PROTECTION.findings))]
    forms: list[Annotated[Code, AfterValidator(_of(PROTECTION.forms))]] = Field(default_factory=list, max_length=10)
    reasons: Words


class TestimonyIn(In):
    answer: Annotated[Code, AfterValidator(_of(PROTECTION.testimony))]


class StepIn(In):
    """`provider_id`: who gives it, of /v1/returnees/providers. `amount` in the currency's smallest unit."""

    kind: Annotated[Code, AfterValidator(_of(PROTECTION.kinds))]
    provider_id: UUID | None = None
    due_on: Day | None = None
    amount: Amount | None = None
    currency: CurrencyCode | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if (self.amount is None) != (self.currency is None):
            raise ValueError(_SUM)
        if self.kind == "hearing" and self.due_on is None:
            raise ValueError(_DAY)
        return self


class StepStateIn(In):
    state: StepState
    due_on: Day | None = None


class MemberIn(In):
    """`on` false: no longer sees the case."""

    on: bool = True


class ProtectionClosingIn(In):
    reason: Annotated[Code, AfterValidator(_of(PROTECTION.closing_reasons))]


class ProtectedRow(BaseModel):
    """One line of a list. `next_on`: the first day on which something is planned."""

    id: UUID
    reference: str
    version: int
    returnee_reference: str
    name: str
    name_bn: str | None
    finding: ChoiceOut | None
    next_on: date | None
    opened_at: datetime
    closed_at: datetime | None


class IndicatorOut(BaseModel):
    code: str
    answer: Answer
    noted_at: datetime


class IdentificationOut(BaseModel):
    finding: ChoiceOut
    forms: list[ChoiceOut]
    reasons: str
    training: ChoiceOut
    made_by_me: bool
    made_at: datetime


class StepOut(BaseModel):
    id: UUID
    version: int
    area: ChoiceOut
    kind: ChoiceOut
    state: StepState
    state_label: Bilingual
    provider: Bilingual | None
    due_on: date | None
    given_at: datetime | None
    amount: int | None
    currency: str | None
    note: str | None


class ProtectedOut(ProtectedRow):
    """`agreed`: whether the person's consent to the protected case is in force. `may_identify`: whether the caller's training is noted.

    `emergency_until`: the reader is no member, opened it in an emergency, and may look until then.
    """

    emergency_until: datetime | None
    phone: str | None
    sex: str
    age_band: str
    country: str
    agreed: bool
    may_identify: bool
    testimony: ChoiceOut
    indicators: list[IndicatorOut]
    identifications: list[IdentificationOut]
    steps: list[StepOut]
    members: list[str]
    closing_reason: ChoiceOut | None


class IndicatorChoiceOut(ChoiceOut):
    group: str


class AreaOut(ChoiceOut):
    consent: bool


class KindOut(ChoiceOut):
    area: str


class ProtectionListsOut(BaseModel):
    version: str
    source: str
    indicators: list[IndicatorChoiceOut]
    groups: list[ChoiceOut]
    findings: list[ChoiceOut]
    forms: list[ChoiceOut]
    testimony: list[ChoiceOut]
    trainings: list[ChoiceOut]
    areas: list[AreaOut]
    kinds: list[KindOut]
    closing_reasons: list[ChoiceOut]


class FigureOut(BaseModel):
    """`people` is null where so few were counted that one of them might be known."""

    dimension: Literal["all", "sex", "age_band", "country", "form", "help", "smuggled"]
    value: str
    people: int | None


class FiguresOut(BaseModel):
    """People whom a trained person found to be victims of trafficking in one half-year, and the help that they got in it."""

    half: str
    fewer_than: int
    items: list[FigureOut]
