"""What goes in and out of the register of those who recruit without registration."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.places import CountryCode, DistrictCode
from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, PARAGRAPHS, Day, Phone
from services.agencies.schemas import Licence
from services.agencies.unregistered.rules import Likeness, Outcome, StepKind

Name = Annotated[str, Field(min_length=1, max_length=200), ONE_LINE]
Ref = Annotated[str, Field(min_length=1, max_length=100), ONE_LINE]
Reason = Annotated[str, Field(min_length=10, max_length=2000), PARAGRAPHS]
_NOBODY = Text("Give a name or a telephone number.", "নাম অথবা ফোন নম্বর দিন।")


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SightingIn(_In):
    """One mention. `complaint`: its reference. `processed_by`: the agency that processed the visa, where the papers say so."""

    name: Name | None = None
    phone: Phone | None = None
    complaint: Ref | None = None
    district: DistrictCode | None = None
    country: CountryCode | None = None
    processed_by: Licence | None = None
    seen_on: Day
    source: Literal["complaint", "inspection", "police", "wing", "returnee", "other"]

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if self.name is None and self.phone is None:
            raise ValueError(_NOBODY)
        return self


class SightingOut(BaseModel):
    id: UUID
    name: str | None
    phone: str | None
    complaint: str | None
    district: str | None
    country: str | None
    processed_by: str | None
    seen_on: date
    source: str
    recruiter: str | None


class ProposalOut(BaseModel):
    """Another mention that may mean the same person, and why; `recruiter` where it was joined to one. A person decides."""

    sighting: UUID
    likeness: Likeness
    reason: Bilingual
    recruiter: str | None


class SightingDetail(SightingOut):
    proposals: list[ProposalOut]


class OpenIn(_In):
    """One person, of whom these mentions tell."""

    sightings: Annotated[list[UUID], Field(min_length=1, max_length=50)]
    reason: Reason


class JoinIn(_In):
    sighting: UUID
    reason: Reason


class StepIn(_In):
    """`is_public`: may be said to whoever looks the telephone number up; `note` is for officers."""

    kind: StepKind
    happened_on: Day
    outcome: Outcome | None = None
    is_public: bool = False
    order_ref: Ref | None = None
    note: Annotated[str, Field(max_length=2000), PARAGRAPHS] | None = None
    supersedes: UUID | None = None


class StepOut(BaseModel):
    id: UUID
    kind: StepKind
    label: Bilingual
    happened_on: date
    outcome: Outcome | None
    outcome_label: Bilingual | None
    is_public: bool
    order_ref: str | None
    note: str | None
    recorded_at: datetime


class RecruiterRow(BaseModel):
    reference: str
    sightings: int
    opened_at: datetime


class RecruiterOut(BaseModel):
    """`processed_by`: agencies that processed visas for this person's recruits, with how often."""

    reference: str
    version: int
    names: list[str]
    phones: list[str]
    processed_by: dict[str, int]
    sightings: list[SightingOut]
    steps: list[StepOut]
    opened_at: datetime


class SearchIn(_In):
    name: Name | None = None
    phone: Phone | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if self.name is None and self.phone is None:
            raise ValueError(_NOBODY)
        return self


class FoundOut(BaseModel):
    items: list[SightingOut]
