"""What goes in and out of the reintegration API."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from contracts.days import DHAKA
from contracts.persons import AgeBand, Disability, Sex
from contracts.places import CountryCode, DistrictCode
from contracts.text import Bilingual, Text
from kit.dated import Choice
from kit.text import ONE_LINE, Day, Phone
from services.reintegration import lists, rules
from services.reintegration.rules import CaseStatus

LISTS: Final = lists.load()
_ONE_OF: Final = Text(
    "Search by a phone number or by the number of a document: one of the two.", "ফোন নম্বর অথবা কাগজের নম্বর, যেকোনো একটি দিয়ে খুঁজুন।"
)
_NO_NEED: Final = Text("Choose at least one kind of help.", "অন্তত এক ধরনের সহায়তা বেছে নিন।")


def not_after_today(day: date) -> date:
    return rules.checked_return_day(day, datetime.now(DHAKA).date())


def _not_far_ahead(day: date) -> date:
    return rules.checked_return_day(day, datetime.now(DHAKA).date() + timedelta(days=LISTS.expected_ahead_days))


def _one_of(choices: Sequence[Choice], address: str) -> Callable[[str], str]:
    def check(code: str) -> str:
        if not lists.has(choices, code):
            raise ValueError(Text(f"Choose a code of the list at {address}.", f"{address} তালিকা থেকে একটি বেছে নিন।"))
        return code

    return check


def _each_once(codes: list[str]) -> list[str]:
    if not codes:
        raise ValueError(_NO_NEED)
    return list(dict.fromkeys(codes))


Code = Annotated[str, Field(max_length=40)]
Name = Annotated[str, Field(min_length=1, max_length=300), ONE_LINE]
DocumentNumber = Annotated[str, Field(min_length=1, max_length=60), ONE_LINE]
Need = Annotated[Code, AfterValidator(_one_of(LISTS.needs, "/v1/returnees/needs"))]


class In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DocumentIn(In):
    kind: Annotated[Code, AfterValidator(_one_of(LISTS.document_kinds, "/v1/returnees/document-kinds"))]
    number: DocumentNumber | None = None

    @model_validator(mode="after")
    def _an_identity_number_is_one(self) -> Self:
        if self.kind == "nid" and self.number is not None:
            rules.checked_nid(self.number)
        return self


class GuardianIn(In):
    """Who answers for a child."""

    name: Name
    relation: Annotated[str, Field(min_length=1, max_length=60), ONE_LINE]
    phone: Phone | None = None


class ArrivalServiceIn(In):
    kind: Annotated[Code, AfterValidator(_one_of(LISTS.arrival_services, "/v1/returnees/arrival-services"))]
    outcome: Literal["offered", "done", "declined", "referred"]


class ReturneeIn(In):
    """No document, no phone and no second script is demanded: nobody is turned away for lacking a paper (design §5).

    `returned_on` may lie ahead where a wing registers before the flight.
    `device_at`: when a device without a connection wrote it down, by its own clock.
    """

    name: Name
    name_bn: Name | None = None
    phone: Phone | None = None
    sex: Sex
    age_band: AgeBand
    disability: Disability = Disability.UNKNOWN
    district: DistrictCode
    country: Annotated[CountryCode, AfterValidator(rules.checked_origin)]
    returned_on: Annotated[Day, AfterValidator(_not_far_ahead)]
    return_reason: Annotated[Code, AfterValidator(_one_of(LISTS.reasons, "/v1/returnees/reasons"))]
    documents: Annotated[list[DocumentIn], Field(max_length=10)] = []
    second_phone: Phone | None = None
    father: Name | None = None
    mother: Name | None = None
    birth_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    upazila: Annotated[str, Field(min_length=1, max_length=80), ONE_LINE] | None = None
    village: Annotated[str, Field(min_length=1, max_length=120), ONE_LINE] | None = None
    departed_on: Day | None = None
    proof: Annotated[Code, AfterValidator(_one_of(LISTS.proofs, "/v1/returnees/proofs"))] | None = None
    owed: Annotated[list[Annotated[Code, AfterValidator(_one_of(LISTS.owed, "/v1/returnees/owed"))]], Field(max_length=20)] = []
    flags: Annotated[list[Annotated[Code, AfterValidator(_one_of(LISTS.flags, "/v1/returnees/flags"))]], Field(max_length=20)] = []
    guardian: GuardianIn | None = None
    arrival: Annotated[list[ArrivalServiceIn], Field(max_length=20)] = []
    neutral_slip: bool = False
    device_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _returned_after_leaving(self) -> Self:
        rules.check_stay(self.departed_on, self.returned_on)
        return self


class ConsentIn(In):
    """A refusal is an answer too, and does not close the door to help.

    A child's guardian speaks for the child; of a child without one, a witness is named.
    """

    purpose: Annotated[Code, AfterValidator(_one_of(LISTS.consent_purposes, "/v1/returnees/consent-purposes"))]
    granted: bool
    by_guardian: bool = False
    witness: Name | None = None


class CaseIn(In):
    needs: Annotated[list[Need], Field(max_length=len(LISTS.needs)), AfterValidator(_each_once)]
    consent: ConsentIn | None = None


class SearchIn(In):
    """A personal value travels in the body, never in an address."""

    phone: Phone | None = None
    document: DocumentNumber | None = None

    @model_validator(mode="after")
    def _by_one_thing(self) -> Self:
        if (self.phone is None) == (self.document is None):
            raise ValueError(_ONE_OF)
        return self


class ChoiceOut(Bilingual):
    code: str

    @classmethod
    def chosen(cls, choice: Choice) -> Self:
        return cls(code=choice.code, en=choice.en, bn=choice.bn)


class ReceiptOut(BaseModel):
    """What the person takes home: nothing personal is in it. `notes`: what the officer may look at once more."""

    id: UUID
    reference: str
    registered_at: datetime
    next_step: Bilingual
    urgent: list[ChoiceOut] = []
    matches: int = 0
    notes: list[Bilingual] = []


class CaseReceiptOut(BaseModel):
    id: UUID
    reference: str
    returnee_reference: str
    status: CaseStatus
    status_label: Bilingual
    plan_due: date
    opened_at: datetime
    next_step: Bilingual


class ChoicesOut(BaseModel):
    version: str
    items: list[ChoiceOut]


class ReturneeRow(BaseModel):
    """One line of a list. `case_reference`: of the open case."""

    id: UUID
    reference: str
    name: str
    name_bn: str | None
    sex: Sex
    age_band: AgeBand
    district: str
    country: str
    returned_on: date
    return_reason: str
    return_reason_label: Bilingual
    registered_at: datetime
    restricted: bool
    flags: list[ChoiceOut]
    case_reference: str | None


class FoundOut(BaseModel):
    """Candidates: whether one of them is the person, a person decides."""

    items: list[ReturneeRow]


class DocumentOut(BaseModel):
    kind: str
    kind_label: Bilingual
    number: str | None


class CaseOut(BaseModel):
    id: UUID
    reference: str
    status: CaseStatus
    status_label: Bilingual
    needs: list[ChoiceOut]
    plan_due: date
    opened_at: datetime


class ArrivalOut(BaseModel):
    kind: str
    kind_label: Bilingual
    outcome: str
    noted_at: datetime


class ReturneeOut(ReturneeRow):
    """`notes`: what the officer may look at once more, as at registration."""

    disability: Disability
    phone: str | None
    second_phone: str | None
    father: str | None
    mother: str | None
    birth_year: int | None
    upazila: str | None
    village: str | None
    guardian: GuardianIn | None
    departed_on: date | None
    proof: str | None
    owed: list[ChoiceOut]
    arrival: list[ArrivalOut]
    neutral_slip: bool
    device_at: datetime | None = None
    same_as: UUID | None
    documents: list[DocumentOut]
    notes: list[Bilingual] = []
    case: CaseOut | None
