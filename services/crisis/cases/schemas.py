"""What goes in and out of the API of a wing's cases."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from contracts.days import DHAKA
from contracts.persons import AgeBand, Sex
from contracts.places import CountryCode
from contracts.text import Bilingual, Text
from kit.reference import parse
from kit.text import ONE_LINE, PARAGRAPHS, Day, Phone
from services.crisis.cases.lists import KINDS, Origin
from services.crisis.cases.rules import State

COMPLAINT_PREFIX: Final = "C"
_LIST: Final = "/v1/crisis/cases/kinds"
_NOT_THERE: Final = Text(f"Choose a code of the list at {_LIST}.", f"{_LIST} তালিকা থেকে একটি বেছে নিন।")
_COUNTRY: Final = Text("Say the country, or the complaint that it grew out of.", "দেশ জানান, অথবা যে অভিযোগ থেকে কেসটি এসেছে সেটি।")
_TOMORROW: Final = Text("This day is still to come.", "এই দিনটি এখনো আসেনি।")


def _of(codes: Callable[[], set[str]]) -> AfterValidator:
    def check(code: str) -> str:
        if code not in codes():
            raise ValueError(_NOT_THERE)
        return code

    return AfterValidator(check)


def _listed(name: str) -> AfterValidator:
    return _of(lambda: {one.code for one in KINDS.choices[name]})


def _done(day: date) -> date:
    if day > datetime.now(DHAKA).date():
        raise ValueError(_TOMORROW)
    return day


Code = Annotated[str, Field(max_length=40)]
KindCode = Annotated[Code, _of(lambda: set(KINDS.by_code))]
DoneOn = Annotated[Day, AfterValidator(_done)]
Name = Annotated[str, Field(min_length=1, max_length=300), ONE_LINE]
Number = Annotated[str, Field(min_length=1, max_length=40), ONE_LINE]
Words = Annotated[str, Field(min_length=1, max_length=5000), PARAGRAPHS]
Value = Annotated[str, Field(min_length=1, max_length=2000), PARAGRAPHS]
Details = Annotated[dict[Code, Value], Field(max_length=30)]
ComplaintReference = Annotated[str, Field(max_length=40), AfterValidator(lambda text: parse(text, COMPLAINT_PREFIX))]


class In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PersonIn(In):
    """Nobody is refused for lacking one of these."""

    name: Name | None = None
    passport: Number | None = None
    phone: Phone | None = None


class CaseIn(In):
    """`complaint`: then country, sex and age band are those of the complaint, and what it decides stays there."""

    kind: KindCode
    country: CountryCode | None = None
    complaint: ComplaintReference | None = None
    person: PersonIn = PersonIn()
    sex: Sex = Sex.UNKNOWN
    age_band: AgeBand = AgeBand.UNKNOWN
    details: Details = {}
    note: Words | None = None
    restricted: bool = False

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.country is None and self.complaint is None:
            raise ValueError(_COUNTRY)
        return self


class DetailsIn(In):
    """What is known now; what is left out stays."""

    details: Details = {}
    person: PersonIn | None = None
    sex: Sex | None = None
    age_band: AgeBand | None = None
    restricted: bool | None = None


class StepIn(In):
    step: Code
    done_on: DoneOn
    note: Words | None = None


class WorkerIn(In):
    """One worker who was spoken with, without a name."""

    trade: Annotated[Code, _listed("trades")]
    sex: Sex = Sex.UNKNOWN
    conditions: Annotated[list[Annotated[Code, _listed("conditions")]], Field(max_length=10)] = []
    benefits: Annotated[list[Annotated[Code, _listed("benefits")]], Field(max_length=10)] = []
    problems: Annotated[list[Annotated[Code, _listed("problems")]], Field(max_length=10)] = []


class VisitIn(In):
    place_kind: Annotated[Code, _listed("places")]
    visited_on: DoneOn
    found: Annotated[list[Annotated[Code, _listed("found")]], Field(max_length=15)] = []
    words: Words | None = None
    workers: Annotated[list[WorkerIn], Field(max_length=100)] = []


class WorkersIn(In):
    workers: Annotated[list[WorkerIn], Field(min_length=1, max_length=100)]


class AnswerIn(In):
    """What the family reads on their own page. `handled_only`: nothing of the person, where the person said no or was not asked."""

    words: Words | None = None
    handled_only: bool = False


class ClosingIn(In):
    outcome: Code
    note: Words | None = None


class ReasonIn(In):
    reason: Words


class SearchIn(In):
    passport: Number


class ChoiceOut(BaseModel):
    code: str
    label: Bilingual


class FieldOut(BaseModel):
    """`kind`: `choice`, `day`, `line` or `area`; the last two are sealed and never counted."""

    code: str
    kind: str
    label: Bilingual
    hint: Bilingual | None
    choices: str | None


class StepOf(BaseModel):
    code: str
    label: Bilingual
    is_visit: bool
    is_owed: bool
    illustrative: bool
    source: str | None


class KindOut(BaseModel):
    code: str
    label: Bilingual
    restricted: bool
    is_of_place: bool
    fields: list[FieldOut]
    steps: list[StepOf]
    outcomes: list[ChoiceOut]


class KindsOut(BaseModel):
    version: str
    source: str
    kinds: list[KindOut]
    choices: dict[str, list[ChoiceOut]]


class CaseRow(BaseModel):
    """A line of a list. `name` is null where only the complaint knows it, or nobody."""

    reference: str
    kind: str
    kind_label: Bilingual
    state: State
    state_label: Bilingual
    origin: Origin
    origin_label: Bilingual
    country: str
    name: str | None
    restricted: bool
    complaint: str | None
    officer_name: str | None
    is_mine: bool
    next_step: Bilingual | None
    next_due: datetime | None
    is_overdue: bool
    opened_at: datetime


class DetailOut(BaseModel):
    code: str
    label: Bilingual
    value: str | None
    said: Bilingual | None


class StepOut(BaseModel):
    code: str
    label: Bilingual
    due: datetime | None
    done_on: date | None
    is_overdue: bool
    is_visit: bool
    elsewhere: bool
    illustrative: bool
    source: str | None


class WorkerOut(BaseModel):
    trade: Bilingual
    sex: Sex
    conditions: list[Bilingual]
    benefits: list[Bilingual]
    problems: list[Bilingual]


class VisitOut(BaseModel):
    id: UUID
    place: Bilingual
    visited_on: date
    found: list[Bilingual]
    words: str | None
    workers: list[WorkerOut]


class HappeningOut(BaseModel):
    at: datetime
    what: Bilingual
    done_on: date | None
    note: str | None


class PersonOut(BaseModel):
    name: str | None = None
    passport: str | None = None
    phone: str | None = None


class ApplicantOut(BaseModel):
    name: str
    relation: str | None = None
    phone: str | None = None
    address: str | None = None
    words: str | None = None


class MissionOut(BaseModel):
    """`answers`: who has the mission's duty now, where it is another."""

    code: str
    name: Bilingual
    illustrative: bool
    answers: Bilingual | None


class CaseOut(CaseRow):
    version: int
    mission: MissionOut
    sex: Sex
    age_band: AgeBand
    person: PersonOut
    applicant: ApplicantOut | None
    answer: str | None
    details: list[DetailOut]
    steps: list[StepOut]
    visits: list[VisitOut]
    history: list[HappeningOut]
    same_person: list[CaseRow]
    outcome: Bilingual | None
    closed_at: datetime | None
    calendar: Bilingual
    calendar_zone: str


class CasesOut(BaseModel):
    items: list[CaseRow]


class OfficerLoad(BaseModel):
    name: str
    is_me: bool
    open: int
    overdue: int


class ResponseOut(BaseModel):
    """Of what was opened in the last 90 days. `median_hours`: until somebody took it on."""

    kind: str
    label: Bilingual
    opened: int
    taken: int
    median_hours: float | None


class DayOut(BaseModel):
    """A wing's day: how many wait in each queue, who carries how much, how fast it answers."""

    waiting: int
    family: int
    due: int
    overdue: int
    mine: int
    open: int
    officers: list[OfficerLoad]
    response: list[ResponseOut]
