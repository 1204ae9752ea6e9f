"""What goes in and out of the complaints API."""

from datetime import date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contracts.persons import AgeBand, Disability, Sex
from contracts.places import CountryCode, DistrictCode
from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, PARAGRAPHS, Day, Phone
from services.complaints import taxonomy
from services.complaints.offices import OFFICES
from services.complaints.rules import Channel, Relation, RespondentKind, Status
from services.complaints.taxonomy import Kind

TAXONOMY: Final = taxonomy.load()
_NO_CATEGORY: Final = Text(
    "Choose a category of the list at /v1/complaints/categories.", "/v1/complaints/categories তালিকা থেকে একটি বিষয় বেছে নিন।"
)

_NO_OFFICE: Final = Text("Choose an office of the list at /v1/complaints/offices.", "/v1/complaints/offices তালিকা থেকে একটি কার্যালয় বেছে নিন।")


def _known_category(code: str) -> str:
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


class SafeContactIn(In):
    """`may_call` unknown (null) reads as *do not call* until somebody asked."""

    may_call: bool | None = None
    note: Annotated[str, Field(max_length=500), PARAGRAPHS] = ""


class ComplaintIn(In):
    """Nothing but what is said and where is mandatory: nobody is refused for lacking a document (design §5)."""

    channel: Channel
    language: Literal["bn", "en"] = "bn"
    caller_safe: bool | None = None
    category: Annotated[str, Field(max_length=40), AfterValidator(_known_category)]
    country: CountryCode
    district: DistrictCode | None = None
    reporter: ReporterIn
    victim: VictimIn | None = None
    respondent: RespondentIn | None = None
    occurred_on: Day | None = None
    narrative: Annotated[str, Field(min_length=1, max_length=20_000), PARAGRAPHS]
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


class ComplaintRow(BaseModel):
    """One line of a list."""

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
