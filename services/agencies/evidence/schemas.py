"""What goes in and out of the API of evidence."""

from datetime import date, datetime
from typing import Annotated, Literal, NamedTuple, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.persons import Sex
from contracts.places import CountryCode, DistrictCode
from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, PARAGRAPHS, Day, Whole
from services.agencies.evidence.models import Deployment
from services.agencies.evidence.rules import FROM_COMPLAINTS, Kind, faults_of
from services.agencies.schemas import Licence

Line = Annotated[str, Field(min_length=1, max_length=300), ONE_LINE]
Skill = Literal["professional", "skilled", "semi_skilled", "less_skilled", "domestic", "unknown"]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DeploymentKey(NamedTuple):
    licence: str
    year: int
    country: str
    district: str | None
    sex: str
    skill: str
    with_licence: str | None


class DeploymentIn(_In):
    """Workers of one group sent abroad in one year. `with_licence`: jointly with an associate, counted for `licence` alone."""

    licence: Licence
    year: Annotated[Whole, Field(ge=1976, le=2100)]
    country: CountryCode
    district: DistrictCode | None = None
    sex: Sex = Sex.UNKNOWN
    skill: Skill = "unknown"
    with_licence: Licence | None = None
    workers: Annotated[Whole, Field(ge=0, le=10_000_000)]
    source: Line

    def key(self) -> DeploymentKey:
        return DeploymentKey(self.licence, self.year, self.country, self.district, self.sex, self.skill, self.with_licence)

    @classmethod
    def key_of(cls: type[Self], line: Deployment) -> DeploymentKey:
        return DeploymentKey(line.licence, line.year, line.country, line.district, line.sex, line.skill, line.with_licence)


Source = Literal["inspection", "receipt", "court", "wing", "bmet", "training_centre", "worker_survey", "other"]
_FROM_COMPLAINTS = Text(
    "What becomes of a complaint is told by the complaints service.", "অভিযোগের ফলাফল অভিযোগ সেবা থেকেই আসে, এখানে লেখা যায় না।"
)


class FactIn(_In):
    """`source_ref`: where it can be looked up: a report, a receipt, a judgment. `amount` in poisha.

    `complaint`: the complaint that it rests on, if any; it then stands and falls with that one. `work`: of a fee, what for.
    """

    kind: Kind
    happened_on: Day
    source: Source
    source_ref: Line
    complaint: UUID | None = None
    about: UUID | None = None
    country: CountryCode | None = None
    sex: Literal["female", "male"] | None = None
    work: Literal["domestic", "any"] | None = None
    outcome: Annotated[str, Field(max_length=20)] | None = None
    amount: Annotated[int, Field(ge=0, le=10**11)] | None = None
    workers: Annotated[int, Field(ge=1, le=100_000)] | None = None
    days: Annotated[int, Field(ge=0, le=3660)] | None = None

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> Self:
        if self.kind in FROM_COMPLAINTS:
            raise ValueError(_FROM_COMPLAINTS)
        names = {"complaint": "record"}
        given = {
            names.get(name, name)
            for name, value in self.model_dump(exclude={"kind", "happened_on", "source", "source_ref"}).items()
            if value is not None
        }
        if faults := faults_of(self.kind, given, self.outcome):
            raise ValueError(Text(" ".join(one.en for one in faults), " ".join(one.bn for one in faults)))
        return self


class FactOut(BaseModel):
    """`above_ceiling` and `above_zero` are two measures of one fee; the first is null where no lawful ceiling was found."""

    id: UUID
    kind: Kind
    label: Bilingual
    happened_on: date
    month_only: bool
    country: str | None
    category: str | None
    outcome: str | None
    outcome_label: Bilingual | None
    amount: int | None
    currency: str | None
    ceiling: int | None
    ceiling_rule: str | None
    above_ceiling: bool | None
    above_zero: bool | None
    workers: int | None
    days: int | None
    source: str
    recorded_at: datetime
    struck: bool
    struck_reason: str | None


class OfficerFactOut(FactOut):
    """What an officer sees besides: never shown to the agency."""

    record: UUID | None
    sex: str | None
    source_ref: str | None
    recorded_by: str


class ReasonIn(_In):
    reason: Annotated[str, Field(min_length=10, max_length=2000), PARAGRAPHS]


class StrikeOut(BaseModel):
    id: UUID
    fact: UUID
    struck: bool
    reason: str
    made_at: datetime


class AnswerIn(_In):
    words: Annotated[str, Field(min_length=1, max_length=5000), PARAGRAPHS]


class AnswerOut(BaseModel):
    id: UUID
    fact: UUID
    words: str
    answered_at: datetime


class DocumentOut(BaseModel):
    id: UUID
    fact: UUID | None
    name: str
    media_type: str
    size: int
    uploaded_at: datetime


class CountOut(BaseModel):
    """`count` is null where it is below `fewer_than`: what is small could point to a person."""

    code: str
    label: Bilingual
    count: int | None
    fewer_than: int | None


class YearOut(BaseModel):
    year: int
    workers: int


class FileOut(BaseModel):
    """An agency's file: what is known of it and counts from `since` to `until`, what it answered, what it uploaded.

    No complainant is in it: complaints, and what rests on them, stand there as counts by what was decided.
    """

    licence: str
    since: date
    until: date
    evidence_changed_at: datetime | None
    deployed: list[YearOut]
    complaints: list[CountOut]
    orders: CountOut
    orders_unpaid: CountOut
    facts: list[FactOut]
    answers: list[AnswerOut]
    documents: list[DocumentOut]
