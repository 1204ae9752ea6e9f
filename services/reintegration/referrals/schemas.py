"""What goes in and out of the API of providers and referrals."""

from datetime import date, datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from contracts.days import DHAKA
from contracts.places import DistrictCode
from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, PARAGRAPHS, Day
from services.reintegration.lists import has
from services.reintegration.referrals.helps import HELPS
from services.reintegration.referrals.rules import State
from services.reintegration.schemas import ChoiceOut, Code, In, Name

_NO_HELP: Final = Text("Choose a help of the list at /v1/returnees/helps.", "/v1/returnees/helps তালিকা থেকে একটি সহায়তা বেছে নিন।")
_NO_KIND: Final = Text("Choose a kind of body of the list at /v1/returnees/helps.", "/v1/returnees/helps তালিকা থেকে প্রতিষ্ঠানের ধরন বেছে নিন।")
_NO_CODE: Final = Text("Choose a reason of the list at /v1/returnees/helps.", "/v1/returnees/helps তালিকা থেকে একটি কারণ বেছে নিন।")
_CLOSES_LATER: Final = Text("A body closes after it opened.", "প্রতিষ্ঠান বন্ধের তারিখ শুরুর তারিখের পরে হতে হবে।")
_NOT_YET: Final = Text("This day is still to come.", "এই তারিখ এখনো আসেনি।")
_MORE_WOMEN: Final = Text("There are more women than members.", "মোট সদস্যের চেয়ে নারী সদস্য বেশি হতে পারে না।")


def _help(code: str) -> str:
    if not has(HELPS.helps, code):
        raise ValueError(_NO_HELP)
    return code


def _kind(code: str) -> str:
    if not has(HELPS.provider_kinds, code):
        raise ValueError(_NO_KIND)
    return code


def _decline(code: str) -> str:
    if not has(HELPS.decline_codes, code):
        raise ValueError(_NO_CODE)
    return code


def _past(day: date) -> date:
    if day > datetime.now(DHAKA).date():
        raise ValueError(_NOT_YET)
    return day


Past = Annotated[Day, AfterValidator(_past)]
ToldWay = Literal["phone", "letter", "visit"]
HelpCode = Annotated[Code, AfterValidator(_help)]
Words = Annotated[str, Field(min_length=1, max_length=1000), PARAGRAPHS]


class ProviderIn(In):
    """`org` where its people have accounts; without it a referral is a letter and its answer is taken down by the sender."""

    kind: Annotated[Code, AfterValidator(_kind)]
    name_en: Name
    name_bn: Name
    org: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")] | None = None
    district: DistrictCode | None = None
    helps: Annotated[list[HelpCode], Field(min_length=1, max_length=30)]
    places: Annotated[int, Field(ge=0, le=100_000)] | None = None
    members: Annotated[int, Field(ge=0, le=100_000)] | None = None
    women: Annotated[int, Field(ge=0, le=100_000)] | None = None
    open_from: Day
    closed_from: Day | None = None
    source: Annotated[str, Field(min_length=1, max_length=300), ONE_LINE]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.closed_from is not None and self.closed_from <= self.open_from:
            raise ValueError(_CLOSES_LATER)
        if self.women is not None and self.women > (self.members or 0):
            raise ValueError(_MORE_WOMEN)
        return self


class ProviderOut(BaseModel):
    """`recipient`: how a consent names the body."""

    id: UUID
    version: int
    kind: str
    name: Bilingual
    org: str | None
    district: str | None
    helps: list[ChoiceOut]
    places: int | None
    members: int | None
    women: int | None
    open_from: date
    closed_from: date | None
    is_open: bool
    source: str
    recipient: str


class CriterionOut(Bilingual):
    fact: str


class EligibilityIn(In):
    """What the desk knows. What is left out is asked for, and nobody is refused for it."""

    went_legally: bool | None = None
    is_sick_or_injured: bool | None = None


class EligibilityOut(BaseModel):
    """`eligible` is null where `ask` must be answered first. Whoever pays decides by its own rules of the day."""

    help: ChoiceOut
    about: Bilingual | None
    source: str
    eligible: bool | None
    why_not: list[CriterionOut]
    ask: list[str]


class EligibilitiesOut(BaseModel):
    version: str
    items: list[EligibilityOut]


class ReferralIn(In):
    provider_id: UUID
    help: HelpCode
    reason: Words | None = None


class AnswerIn(In):
    """By the receiver."""

    accept: bool
    decline_code: Annotated[Code, AfterValidator(_decline)] | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _a_decline_says_why(self) -> Self:
        if not self.accept and self.decline_code is None:
            raise ValueError(_NO_CODE)
        return self


class DeliveryIn(In):
    outcome: Literal["given", "partly", "not_taken_up"]


class _Told(In):
    """By the sender, for a body without an account: who there said it, how, and on which day."""

    told_by: Name
    told_way: ToldWay
    told_on: Past


class ToldAnswerIn(AnswerIn, _Told):
    pass


class ToldDeliveryIn(DeliveryIn, _Told):
    note: Words | None = None


class ConfirmationIn(In):
    """What the returnee says when asked."""

    confirmed: Literal["came", "partly", "did_not_come"]


class ToldOut(BaseModel):
    """An answer that the sender wrote down."""

    state: State
    state_label: Bilingual
    told_by: str
    told_way: ToldWay
    told_on: date
    note: str | None
    written_by_me: bool
    written_at: datetime


class ReferralOut(BaseModel):
    """The sender's record. `is_letter`: the body has no account, and the sender writes its answers down (`told`)."""

    id: UUID
    version: int
    returnee_id: UUID
    provider: Bilingual
    provider_kind: str
    help: ChoiceOut
    state: State
    state_label: Bilingual
    decline_code: str | None
    sent_at: datetime
    accept_by: datetime
    answered_at: datetime | None
    delivered_at: datetime | None
    outcome: str | None
    confirmed: str | None
    is_letter: bool = False
    letter_reference: str | None = None
    told: list[ToldOut] = []


class LetterOut(BaseModel):
    """What is printed for a body without an account: the least that it needs of the person, and nothing of why they came or of the case."""

    reference: str
    to: Bilingual
    help: ChoiceOut
    person: dict[str, str]
    reason: str | None
    from_district: str
    sent_on: date
    accept_by: date
    decline_reasons: list[ChoiceOut]


class ReferralsOut(BaseModel):
    items: list[ReferralOut]


class ReceivedOut(BaseModel):
    """The receiver's record: `person` is the least that it needs, null once it may not be used any more."""

    id: UUID
    version: int
    help: ChoiceOut
    district: str
    state: State
    state_label: Bilingual
    received_at: datetime
    accept_by: datetime
    person: dict[str, str] | None


class HelpsOut(BaseModel):
    version: str
    helps: list[ChoiceOut]
    provider_kinds: list[ChoiceOut]
    decline_codes: list[ChoiceOut]
