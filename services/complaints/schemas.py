"""What goes in and out of the complaints API."""

from datetime import date, datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from contracts.persons import AgeBand, Disability, Sex
from contracts.places import CountryCode, DistrictCode
from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, PARAGRAPHS, Day, Phone, digits
from services.complaints import taxonomy
from services.complaints.offices import OFFICES
from services.complaints.redress.rules import Redress
from services.complaints.rules import Channel, Relation, RespondentKind, Status
from services.complaints.taxonomy import Kind

TAXONOMY: Final = taxonomy.load()
_NO_CATEGORY: Final = Text(
    "Choose a category of the list at /v1/complaints/categories.", "/v1/complaints/categories তালিকা থেকে একটি বিষয় বেছে নিন।"
)

_NO_OFFICE: Final = Text("Choose an office of the list at /v1/complaints/offices.", "/v1/complaints/offices তালিকা থেকে একটি কার্যালয় বেছে নিন।")

_NO_ZONE: Final = Text("Choose a time zone such as Asia/Riyadh.", "একটি সময় অঞ্চল বেছে নিন, যেমন Asia/Riyadh।")
_ONE_END: Final = Text("Say from when to when it is safe, both.", "কখন থেকে কখন পর্যন্ত নিরাপদ, দুটোই জানান।")


def known_category(code: str) -> str:
    if not TAXONOMY.has(code):
        raise ValueError(_NO_CATEGORY)
    return code


def _known_office(code: str) -> str:
    if code not in OFFICES.by_code:
        raise ValueError(_NO_OFFICE)
    return code


OfficeCode = Annotated[str, Field(max_length=40), AfterValidator(_known_office)]
Name = Annotated[str, Field(min_length=1, max_length=300), ONE_LINE]


class In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReporterIn(In):
    name: Name | None = None
    phone: Phone | None = None
    relation: Relation


class VictimIn(In):
    name: Name | None = None
    phone: Phone | None = None
    sex: Sex = Sex.UNKNOWN
    age_band: AgeBand = AgeBand.UNKNOWN
    disability: Disability = Disability.UNKNOWN


class RespondentIn(In):
    kind: RespondentKind
    name: Name | None = None
    licence: Annotated[str, Field(min_length=1, max_length=40), ONE_LINE] | None = None
    office: OfficeCode | None = None


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(_NO_ZONE)
    return name


def _written_clock(value: object) -> object:
    """`22:30`, in digits of either script."""
    return digits(value).strip() if isinstance(value, str) else value


Clock = Annotated[str, BeforeValidator(_written_clock), StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class SafeContactIn(In):
    """Unknown (null) reads as *no* until somebody asked. Enforced when a message is sent; `note` is for whoever calls.

    `hours_from` (included) to `hours_to` (excluded) by the person's clock: `time_zone` (IANA), else that of the telephone's country.
    `wording`: `neutral` says nothing of a complaint.
    """

    may_call: bool | None = None
    may_text: bool | None = None
    channels: Annotated[list[Literal["sms", "whatsapp"]], Field(max_length=2)] = []
    hours_from: Clock | None = None
    hours_to: Clock | None = None
    time_zone: Annotated[str, Field(max_length=60), AfterValidator(_known_zone)] | None = None
    ask_for: Name | None = None
    wording: Literal["neutral", "full"] = "neutral"
    may_leave_voicemail: bool = False
    note: Annotated[str, Field(max_length=500), PARAGRAPHS] = ""

    @model_validator(mode="after")
    def _hours_have_two_ends(self) -> Self:
        if (self.hours_from is None) != (self.hours_to is None):
            raise ValueError(_ONE_END)
        return self


class ComplaintIn(In):
    """Nothing but what is said and where is mandatory: nobody is refused for lacking a document (design §5).

    `original_text`: what was pasted in an old font, where `narrative` is its conversion.
    """

    channel: Channel
    language: Literal["bn", "en"] = "bn"
    caller_safe: bool | None = None
    category: Annotated[str, Field(max_length=40), AfterValidator(known_category)]
    country: CountryCode
    district: DistrictCode | None = None
    reporter: ReporterIn
    victim: VictimIn | None = None
    respondent: RespondentIn | None = None
    occurred_on: Day | None = None
    narrative: Annotated[str, Field(min_length=1, max_length=20_000), PARAGRAPHS]
    original_text: Annotated[str, Field(max_length=20_000), PARAGRAPHS] | None = None
    safe_contact: SafeContactIn = SafeContactIn()


class ReceiptOut(BaseModel):
    """What the person gets at once, to be read aloud: nothing personal is in it."""

    id: UUID
    reference: str
    status: Status
    status_label: Bilingual
    lodged_at: datetime
    restricted: bool
    next_step: Bilingual


class PersonOut(BaseModel):
    name: str | None = None
    phone: str | None = None


class ReporterOut(PersonOut):
    relation: Relation


class VictimOut(PersonOut):
    sex: Sex
    age_band: AgeBand
    disability: Disability


class RespondentOut(BaseModel):
    kind: RespondentKind
    name: str | None = None
    licence: str | None = None
    office: str | None = None
    office_name: Bilingual | None = None


class ComplaintRow(BaseModel):
    """One line of a list. `redress` stands beside the status: what is decided is not yet paid."""

    id: UUID
    reference: str
    version: int
    kind: Kind
    status: Status
    status_label: Bilingual
    severity: int
    office: str
    office_name: Bilingual
    assigned: bool
    decision: str | None
    category: str
    restricted: bool
    country: str
    district: str | None
    channel: Channel
    lodged_at: datetime
    redress: Redress
    redress_label: Bilingual
    redress_due: date | None


class SafeContactOut(BaseModel):
    """`may_call_now`, `may_text_now`: judged at this moment by the person's clock."""

    may_call: bool | None
    may_text: bool | None
    channels: list[str]
    hours_from: str | None
    hours_to: str | None
    time_zone: str
    ask_for: str | None
    wording: str
    may_leave_voicemail: bool
    note: str | None
    may_call_now: bool
    may_text_now: bool


class ComplaintOut(ComplaintRow):
    """A field that the caller may not see is null; `hidden` names the groups that were left out."""

    language: str
    caller_safe: bool | None
    occurred_on: date | None
    reporter: ReporterOut | None
    victim: VictimOut | None
    respondent: RespondentOut | None
    narrative: str | None
    may_call: bool | None
    contact_note: str | None
    allegation: str | None
    decision_label: Bilingual | None
    transfer_to: str | None
    transfer_to_name: Bilingual | None
    investigation_started_at: datetime | None
    investigated_at: datetime | None
    withdrawal: str | None
    decided_at: datetime | None
    decided_office: str | None
    resolved_at: datetime | None
    appeal_of: UUID | None
    merged_into: UUID | None
    on_hold: bool
    emptied_at: datetime | None
    safe_contact: SafeContactOut | None = None
    hidden: list[str]


class CategoryOut(BaseModel):
    code: str
    en: str
    bn: str
    kind: Kind
    severity: int
    restricted: bool
    words: str


class CategoriesOut(BaseModel):
    version: str
    items: list[CategoryOut]


class OfficeOut(BaseModel):
    code: str
    kind: str
    name: Bilingual


class OfficesOut(BaseModel):
    version: str
    items: list[OfficeOut]
