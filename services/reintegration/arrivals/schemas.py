"""What goes in and out of the API of arrivals."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from contracts.persons import AgeBand, Sex
from contracts.places import CountryCode, DistrictCode
from contracts.text import Bilingual, Text
from kit.text import Day, Phone
from services.reintegration import rules as returns
from services.reintegration.arrivals.rules import Dismissal, State, Taken
from services.reintegration.lists import has
from services.reintegration.schemas import LISTS, ChoiceOut, Code, DocumentIn, In, Name


def _flag(code: str) -> str:
    if not has(LISTS.flags, code):
        raise ValueError(Text("Choose a flag of the list.", "তালিকা থেকে একটি জরুরি চিহ্ন বেছে নিন।"))
    return code


class EvacueeIn(In):
    """One person of a manifest: as little as is known. `id` is the evacuee's, as in the event `crisis.evacuee.arrived`."""

    id: UUID
    name: Name
    name_bn: Name | None = None
    phone: Phone | None = None
    sex: Sex = Sex.UNKNOWN
    age_band: AgeBand = AgeBand.UNKNOWN
    district: DistrictCode | None = None
    country: Annotated[CountryCode, AfterValidator(returns.checked_origin)]
    arrived_on: Day
    documents: list[DocumentIn] = Field(default_factory=list, max_length=10)
    flags: list[Annotated[Code, AfterValidator(_flag)]] = Field(default_factory=list, max_length=20)


class ManifestIn(In):
    """Rows are judged one by one: one that is wrong keeps no other out."""

    rows: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=500)]


class RowProblemOut(BaseModel):
    field: str
    detail: Bilingual


class RowOut(BaseModel):
    row: int
    id: UUID | None
    outcome: Taken
    problems: list[RowProblemOut] = []


class ManifestOut(BaseModel):
    rows: list[RowOut]


class PersonOut(BaseModel):
    name: str
    name_bn: str | None
    phone: str | None
    documents: list[DocumentIn]
    flags: list[str]


class ArrivalOut(BaseModel):
    """`person` is null until the manifest came, and once somebody has decided."""

    id: UUID
    version: int
    state: State
    district: str | None
    country: str
    sex: str
    age_band: str
    arrived_on: date
    restricted: bool
    flags: list[ChoiceOut]
    first_known_at: datetime
    person: PersonOut | None
    returnee_reference: str | None = None


class DismissalIn(In):
    """`returnee`: the reference of the record that the person has already."""

    because: Dismissal
    returnee: Annotated[str, Field(max_length=40)] | None = None

    @model_validator(mode="after")
    def _names_the_record(self) -> Self:
        if (self.because == Dismissal.REGISTERED_BEFORE) != (self.returnee is not None):
            raise ValueError(Text("Name the record that the person has already.", "ব্যক্তির আগের নিবন্ধনের রেফারেন্স নম্বর লিখুন।"))
        return self


class SendIn(In):
    district: DistrictCode
