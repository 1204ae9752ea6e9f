"""What goes in and out of the register. Mandatory is a name, a country, and a way to be reached or the word that there is none."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from contracts.persons import AgeBand, Sex
from contracts.places import CountryCode, DistrictCode
from contracts.text import Bilingual, Text
from kit.dated import Choice
from kit.reference import typed
from kit.text import EITHER_SCRIPT, ONE_LINE, PARAGRAPHS, Phone, clean_line, digits, phone
from services.registry import rules
from services.registry.lists import LISTS, has

_NO_EMAIL: Final = Text("This is not an e-mail address.", "এটি সঠিক ই-মেইল ঠিকানা নয়।")
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_NO_WAY: Final = Text("Write a way to be reached, or say that there is none.", "যোগাযোগের একটি উপায় লিখুন, অথবা জানান যে কোনো উপায় নেই।")
_AT_HOME: Final = Text("Choose the country abroad where the person is.", "ব্যক্তি বিদেশে যে দেশে আছেন সেই দেশ বেছে নিন।")
_CLOCK: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_HALF_A_POINT: Final = Text("A point has a latitude and a longitude.", "অবস্থানের জন্য অক্ষাংশ ও দ্রাঘিমাংশ দুটোই লাগে।")
_NEEDED: Final = Text("This cannot be empty: leave it out to keep it.", "এটি খালি রাখা যাবে না: আগেরটি রাখতে চাইলে বাদ দিন।")
_ONE_END: Final = Text("Write both ends of the hours, or none.", "সময়ের শুরু ও শেষ দুটোই লিখুন, অথবা কোনোটিই নয়।")
_NO_ZONE: Final = Text("This is not a time zone, such as Asia/Riyadh.", "এটি কোনো সময়-অঞ্চল নয়, যেমন Asia/Riyadh।")
_ONE_OF: Final = Text("Search by one thing: a number, a paper or a reference.", "যেকোনো একটি দিয়ে খুঁজুন: ফোন নম্বর, কাগজের নম্বর অথবা রেফারেন্স।")


def _one_of(choices: Sequence[Choice]) -> Callable[[str], str]:
    def check(code: str) -> str:
        if not has(choices, code):
            raise ValueError(Text("Choose a code of the list at /v1/nationals/lists.", "/v1/nationals/lists তালিকা থেকে একটি বেছে নিন।"))
        return code

    return check


def _abroad(country: str) -> str:
    if country == "BD":
        raise ValueError(_AT_HOME)
    return country


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(_NO_ZONE)
    return name


Code = Annotated[str, Field(max_length=40)]
Name = Annotated[str, Field(min_length=1, max_length=300), ONE_LINE]
Words = Annotated[str, Field(min_length=1, max_length=500), PARAGRAPHS]
Number = Annotated[str, Field(min_length=1, max_length=60), ONE_LINE]
Year = Annotated[int, Field(ge=1900, le=2100), EITHER_SCRIPT]
Clock = Annotated[str, BeforeValidator(lambda said: digits(said).strip() if isinstance(said, str) else said), Field(pattern=_CLOCK)]
Abroad = Annotated[CountryCode, AfterValidator(_abroad)]
FlagCode = Annotated[Code, AfterValidator(_one_of(LISTS.flags))]
Purpose = Annotated[Code, AfterValidator(_one_of(LISTS.purposes))]


class In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DocumentIn(In):
    """A number that looks odd is taken and pointed out: nobody is refused for a paper. `incident`: asked in a crisis, kept as long."""

    kind: rules.DocumentKind
    number: Number | None = None
    incident: UUID | None = None


class ContactIn(In):
    """`address`: a telephone number or an e-mail address. `country`: whose number one without a country code may be, besides Bangladesh."""

    kind: rules.ContactKind = rules.ContactKind.PHONE
    whose: rules.Whose = rules.Whose.OWN
    address: Annotated[str, Field(min_length=3, max_length=254)]
    at_home: bool | None = None
    country: CountryCode | None = None

    @model_validator(mode="after")
    def _is_an_address(self) -> Self:
        self.address = _email(self.address) if self.kind is rules.ContactKind.EMAIL else _phone(self.address, self.country)
        if self.at_home is None:
            self.at_home = self.whose is rules.Whose.FAMILY or self.address.startswith("+880")
        return self


def _email(written: str) -> str:
    address = clean_line(written).lower()
    if not _EMAIL.fullmatch(address):
        raise ValueError(_NO_EMAIL)
    return address


def _phone(written: str, country: str | None) -> str:
    """As one of Bangladesh where it is one, else as one of the country where the person is: people write the number they dial."""
    try:
        return phone(written)
    except ValueError:
        if country is None:
            raise
        return phone(written, country)


class PlaceIn(In):
    """Where the person is said to be. `lon`, `lat`: WGS 84. `words`: as they say it, for people; sealed. `observed_at`: now if missing."""

    kind: Annotated[Code, AfterValidator(_one_of(LISTS.places))] = rules.PlaceKind.DECLARED.code
    country: Abroad
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    accuracy_m: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    observed_at: AwareDatetime | None = None
    words: Words | None = None
    incident: UUID | None = None

    @model_validator(mode="after")
    def _has_both_or_none(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise ValueError(_HALF_A_POINT)
        return self


class EmployerIn(In):
    name: Name
    phone: Phone | None = None
    address: Words | None = None


class RelativeIn(In):
    """Somebody of the household abroad, or a next of kin. `phone` of a next of kin is also a way to reach the family."""

    name: Name
    relation: Annotated[Code, AfterValidator(_one_of(LISTS.relations))]
    birth_year: Year | None = None
    phone: Phone | None = None
    flags: Annotated[list[FlagCode], Field(max_length=len(LISTS.flags))] = []


class SafeContactIn(In):
    """As complaints keep it. Unknown (null) reads as *no* until somebody asked.

    Hours are by the clock of `time_zone` (IANA), else of the country that the number is from; `wording`: `neutral` says nothing of why.
    """

    may_call: bool | None = None
    may_text: bool | None = None
    hours_from: Clock | None = None
    hours_to: Clock | None = None
    time_zone: Annotated[str, Field(max_length=60), AfterValidator(_known_zone)] | None = None
    wording: Literal["neutral", "plain"] = "neutral"
    note: Annotated[str, Field(max_length=500), PARAGRAPHS] = ""

    @model_validator(mode="after")
    def _hours_have_two_ends(self) -> Self:
        if (self.hours_from is None) != (self.hours_to is None):
            raise ValueError(_ONE_END)
        return self


class PersonIn(In):
    """One person, as a form, a desk or a line of a file says. Whether a stay is regular is not asked, and a field for it is refused."""

    name: Name
    name_bn: Name | None = None
    country: Abroad
    kind: rules.Kind = rules.Kind.OTHER
    birth_year: Year | None = None
    sex: Sex = Sex.UNKNOWN
    age_band: AgeBand = AgeBand.UNKNOWN
    language: Literal["bn", "en"] = "bn"
    flags: Annotated[list[FlagCode], Field(max_length=len(LISTS.flags))] = []
    district: DistrictCode | None = None
    agency: Annotated[str, Field(min_length=1, max_length=40), ONE_LINE] | None = None
    contacts: Annotated[list[ContactIn], Field(max_length=10)] = []
    no_contact: bool = False
    documents: Annotated[list[DocumentIn], Field(max_length=10)] = []
    places: Annotated[list[PlaceIn], Field(max_length=10)] = []
    employer: EmployerIn | None = None
    household: Annotated[list[RelativeIn], Field(max_length=20)] = []
    kin: Annotated[list[RelativeIn], Field(max_length=5)] = []
    safe_contact: SafeContactIn = SafeContactIn()
    drill_member: bool = False

    @model_validator(mode="before")
    @classmethod
    def _numbers_are_of_the_country(cls, said: Any) -> Any:
        if not isinstance(said, dict) or not isinstance(said.get("contacts"), list):
            return said
        country = said.get("country")
        return {**said, "contacts": [{"country": country, **one} if isinstance(one, dict) else one for one in said["contacts"]]}

    @model_validator(mode="after")
    def _is_reached_or_says_not(self) -> Self:
        if not self.contacts and not self.no_contact:
            raise ValueError(_NO_WAY)
        return self


class NationalIn(PersonIn):
    """`website` is a trap for machines, `filled_in_s` how long a form was open; `from_outreach`: by the link of a warning."""

    from_outreach: bool = False
    website: Annotated[str, Field(max_length=200)] = ""
    filled_in_s: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class KeyOut(BaseModel):
    """What the person changes their record with, later and without an account. Shown once."""

    reference: str
    secret: str
    words: Bilingual


class ReceiptOut(BaseModel):
    """Nothing personal is in it. `notes`: what one may look at once more; `matches`: records that may be of the same person, for a desk."""

    id: UUID
    reference: str
    registered_at: datetime
    next_step: Bilingual
    key: KeyOut
    notes: list[Bilingual] = []
    matches: int = 0


class ChoiceOut(Bilingual):
    code: str


class PlaceChoiceOut(ChoiceOut):
    fresh_days: int


class ListsOut(BaseModel):
    version: str
    places: list[PlaceChoiceOut]
    kinds: list[ChoiceOut]
    documents: list[ChoiceOut]
    flags: list[ChoiceOut]
    relations: list[ChoiceOut]
    purposes: list[ChoiceOut]


class PaperIn(In):
    kind: rules.DocumentKind
    number: Number


class SearchIn(In):
    """Exact: by a phone number or e-mail address, a paper's number, or a reference. A personal value travels in the body."""

    purpose: Purpose
    phone: Phone | None = None
    email: Annotated[str, Field(max_length=254), AfterValidator(_email)] | None = None
    document: PaperIn | None = None
    reference: Annotated[str, Field(max_length=40), typed(rules.PREFIX)] | None = None

    @model_validator(mode="after")
    def _by_one_thing(self) -> Self:
        if sum(one is not None for one in (self.phone, self.email, self.document, self.reference)) != 1:
            raise ValueError(_ONE_OF)
        return self


class NationalRow(BaseModel):
    """One line of a list."""

    id: UUID
    reference: str
    version: int
    state: rules.State
    kind: rules.Kind
    country: str
    name: str
    name_bn: str | None
    birth_year: int | None
    sex: Sex
    age_band: AgeBand
    language: str
    flags: list[str]
    registered_at: datetime


class FoundOut(BaseModel):
    """Candidates: whether one of them is the person, a person decides."""

    items: list[NationalRow]


class DocumentOut(BaseModel):
    kind: rules.DocumentKind
    number: str | None
    incident: UUID | None
    note: Bilingual | None


class ContactOut(BaseModel):
    kind: rules.ContactKind
    whose: rules.Whose
    address: str
    at_home: bool


class PlaceOut(BaseModel):
    """`fresh`: whether the person is still taken to be there."""

    kind: str
    country: str
    lon: float | None
    lat: float | None
    accuracy_m: int | None
    observed_at: datetime
    source: str
    incident: UUID | None
    words: str | None
    is_current: bool
    fresh: bool


class NationalOut(NationalRow):
    """`came_home`: the days on which desks and the person said that they came home; `state` stays until somebody changes it."""

    district: str | None
    agency: str | None
    employer: EmployerIn | None
    household: list[RelativeIn]
    kin: list[RelativeIn]
    documents: list[DocumentOut]
    contacts: list[ContactOut]
    places: list[PlaceOut]
    safe_contact: SafeContactIn
    nid_mark: rules.NidMark
    drill_member: bool
    source: rules.Source
    doubts: list[str]
    same_as: UUID | None
    came_home: list[date] = []


class ChangeIn(In):
    """What is named is replaced, what is not stays; of contacts, papers and relatives the whole list."""

    name: Name | None = None
    name_bn: Name | None = None
    state: Literal["abroad", "home", "dead"] | None = None
    kind: rules.Kind | None = None
    country: Abroad | None = None
    birth_year: Year | None = None
    sex: Sex | None = None
    age_band: AgeBand | None = None
    language: Literal["bn", "en"] | None = None
    flags: Annotated[list[FlagCode], Field(max_length=len(LISTS.flags))] | None = None
    district: DistrictCode | None = None
    agency: Annotated[str, Field(min_length=1, max_length=40), ONE_LINE] | None = None
    contacts: Annotated[list[ContactIn], Field(max_length=10)] | None = None
    documents: Annotated[list[DocumentIn], Field(max_length=10)] | None = None
    employer: EmployerIn | None = None
    household: Annotated[list[RelativeIn], Field(max_length=20)] | None = None
    kin: Annotated[list[RelativeIn], Field(max_length=5)] | None = None
    safe_contact: SafeContactIn | None = None
    drill_member: bool | None = None

    @model_validator(mode="after")
    def _takes_nothing_away_that_is_needed(self) -> Self:
        if any(getattr(self, field) is None and field not in _MAY_BE_EMPTY for field in self.model_fields_set):
            raise ValueError(_NEEDED)
        return self


_MAY_BE_EMPTY: Final = frozenset({"name_bn", "birth_year", "district", "agency", "employer"})
