"""What goes in and out of the referrals API."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, PARAGRAPHS
from services.complaints.referrals.lists import LISTS
from services.complaints.referrals.rules import Confirmed, Standing
from services.complaints.schemas import In, OfficeCode

_NOT_LISTED = Text(
    "Choose a value of the list at /v1/complaints/referral-lists.", "/v1/complaints/referral-lists তালিকা থেকে একটি মান বেছে নিন।"
)
_ONE_RECEIVER = Text(
    "Name an office, a partner organization or another body: one of them.", "একটি কার্যালয়, সহযোগী সংস্থা বা অন্য প্রতিষ্ঠান: যেকোনো একটি দিন।"
)
_ANSWER_DETAIL = Text("A refusal needs a reason, an end its outcome.", "গ্রহণ না করলে কারণ, শেষ হলে ফলাফল দিতে হবে।")


def _listed(name: str) -> AfterValidator:
    def check(code: str) -> str:
        if code not in LISTS.codes(name):
            raise ValueError(_NOT_LISTED)
        return code

    return AfterValidator(check)


Code = Annotated[str, Field(max_length=40)]


class ReferralIn(In):
    """`summary` is the officer's, for the receiver: the reporter's own words are never sent. A body without an account gets a letter."""

    to_kind: Annotated[Code, _listed("bodies")]
    to_office: OfficeCode | None = None
    to_org: Annotated[str, Field(pattern=r"^[A-Za-z0-9_:-]{1,60}$")] | None = None
    to_name: Annotated[str, Field(min_length=1, max_length=200), ONE_LINE] | None = None
    purpose: Annotated[Code, _listed("purposes")]
    consent: Annotated[Code, _listed("consents")]
    summary: Annotated[str, Field(max_length=5000), PARAGRAPHS] = ""

    @model_validator(mode="after")
    def _one_receiver(self) -> Self:
        if [self.to_office, self.to_org, self.to_name].count(None) != 2:  # noqa: PLR2004 - all but one
            raise ValueError(_ONE_RECEIVER)
        return self


class ReferralAnswerIn(In):
    answer: Literal[Standing.ACCEPTED, Standing.DECLINED, Standing.DONE]
    reason: Annotated[Code, _listed("decline_reasons")] | None = None
    outcome: Annotated[Code, _listed("outcomes")] | None = None
    words: Annotated[str, Field(max_length=5000), PARAGRAPHS] = ""

    @model_validator(mode="after")
    def _has_its_detail(self) -> Self:
        needed = {Standing.DECLINED: self.reason, Standing.DONE: self.outcome}
        if needed.get(self.answer, "") is None:
            raise ValueError(_ANSWER_DETAIL)
        return self


class ConfirmationIn(In):
    confirmed: Confirmed


class PackageOut(BaseModel):
    """The case as it was sent: null where the purpose does not need it."""

    category: str | None = None
    country: str | None = None
    district: str | None = None
    sex: str | None = None
    age_band: str | None = None
    summary: str | None = None
    respondent_kind: str | None = None
    respondent_name: str | None = None
    respondent_licence: str | None = None
    victim_name: str | None = None
    victim_phone: str | None = None
    may_call: bool | None = None
    contact_note: str | None = None


class ReferralOut(BaseModel):
    """As the sender keeps it. `is_letter`: the receiver has no account and is written to."""

    id: UUID
    reference: str
    complaint: str
    version: int
    standing: Standing
    standing_label: Bilingual
    to_kind: str
    to: Bilingual
    is_letter: bool
    purpose: str
    consent: str
    accept_by: datetime
    sent_at: datetime
    sent_office: Bilingual
    answered_at: datetime | None
    answer_words: str | None
    reason: str | None
    outcome: str | None
    confirmed: Confirmed | None
    next_answers: list[Standing]
    package: PackageOut


class ReferralsOut(BaseModel):
    items: list[ReferralOut]
    may_refer: bool


class ReceivedOut(BaseModel):
    """As the receiver keeps it: nothing of the complaint but what was sent."""

    id: UUID
    reference: str
    version: int
    standing: Standing
    standing_label: Bilingual
    purpose: str
    purpose_words: Bilingual
    received_at: datetime
    accept_by: datetime
    answered_at: datetime | None
    reason: str | None
    words: str | None
    outcome: str | None
    next_answers: list[Standing]
    package: PackageOut | None


class ChoiceOut(BaseModel):
    code: str
    en: str
    bn: str


class ReferralListsOut(BaseModel):
    version: str
    bodies: list[ChoiceOut]
    purposes: list[ChoiceOut]
    consents: list[ChoiceOut]
    decline_reasons: list[ChoiceOut]
    outcomes: list[ChoiceOut]
