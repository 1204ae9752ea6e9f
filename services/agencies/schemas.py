"""What goes in and out of the agencies API."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from contracts.places import DistrictCode
from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, Day, Whole
from services.agencies.ratings.schemas import CriterionOut
from services.agencies.rules import ClassCode, LicenceStatus, licence_number

Name = Annotated[str, Field(min_length=1, max_length=300), ONE_LINE]
Licence = Annotated[str, Field(max_length=40), AfterValidator(licence_number)]

_BACKWARDS = Text("The licence ends before it begins.", "লাইসেন্সের মেয়াদ শুরুর আগেই শেষ হয়েছে বলে লেখা হয়েছে।")


class AgencyIn(BaseModel):
    """`deployed_last_year`: workers sent abroad in the last full year; leave it out where it is not known, which is not none.

    `issued_on` begins the licence's history: three years before `valid_until` unless given (OEMA 2013 s.11).
    """

    model_config = ConfigDict(extra="forbid")

    licence: Licence
    name_en: Name
    name_bn: Name | None = None
    status: LicenceStatus = LicenceStatus.VALID
    valid_until: Day
    district: DistrictCode
    deployed_last_year: Annotated[Whole, Field(ge=0, le=10_000_000)] | None = None
    issued_on: Day | None = None
    source: Annotated[str, Field(min_length=1, max_length=300), ONE_LINE] = "entered by the registrar"

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.issued_on is not None and self.issued_on > self.valid_until:
            raise ValueError(_BACKWARDS)
        return self


class AgencyRow(BaseModel):
    """Licensed or not comes first: it is what a person about to pay must see. `class` is the published one, else the provisional one.

    `class_basis` says which: `published` by a person, or `provisional`, computed and confirmed by nobody (see `notice` of the agency).
    """

    model_config = ConfigDict(serialize_by_alias=True)

    licensed: bool
    status: LicenceStatus
    status_label: Bilingual
    licence: str
    name: Bilingual
    district: str
    valid_until: date
    class_: ClassCode = Field(serialization_alias="class")
    class_label: Bilingual
    class_basis: Literal["published", "provisional"]


class GateOut(BaseModel):
    code: str
    met: bool
    words: Bilingual


class RuleSetOut(BaseModel):
    name: str
    version: str


class ExplanationOut(BaseModel):
    """How the class that is shown came about. `points` is null where none were computed, or where they would give a small count away.

    `since` and `computed_at` are exact to the day, which begins at midnight in Dhaka.
    """

    rule_set: RuleSetOut
    points: int | None
    gates: list[GateOut]
    reasons: list[Bilingual]
    criteria: list[CriterionOut]
    since: datetime
    computed_at: datetime


class ComplaintsOut(BaseModel):
    """Complaints upheld. `count` is null where it is below `fewer_than`: what is small could point to a person."""

    count: int | None
    fewer_than: int | None
    period_days: int


class PublishedOut(BaseModel):
    """A class that a person published; `statement` and `signature` are addresses. `changed_since`: the evidence no longer bears it out.

    `now_class`: what is computed on what is known now, for the same day, where that differs; a person has yet to confirm it.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    class_: ClassCode = Field(serialization_alias="class")
    class_label: Bilingual
    kind: Literal["run", "correction", "review"]
    as_of: date
    published_on: date
    rule_set: RuleSetOut
    changed_since: bool
    now_class: ClassCode | None
    statement: str
    signature: str


class ProvisionalOut(BaseModel):
    """What is computed on today's evidence by the rule set in force. Nobody has confirmed it."""

    model_config = ConfigDict(serialize_by_alias=True)

    class_: ClassCode = Field(serialization_alias="class")
    class_label: Bilingual
    rule_set: RuleSetOut
    computed_at: datetime


class AgencyOut(AgencyRow):
    """`notice` must be shown with the class."""

    notice: Bilingual
    explanation: ExplanationOut
    published: PublishedOut | None
    provisional: ProvisionalOut
    complaints: ComplaintsOut
    deployed_last_year: int | None


class RegisteredOut(AgencyOut):
    id: UUID
    registered_at: datetime


class EvidenceSummaryOut(BaseModel):
    """`complaints`: all that were told of; `linked`: those that name a licence of the register."""

    complaints: int
    linked: int
