"""What goes in and out of the API of runs, notices and replies."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contracts.text import Bilingual
from kit.text import CleanText, Day
from services.agencies.ratings.schemas import FullCriterionOut
from services.agencies.rules import ClassCode, licence_number
from services.agencies.schemas import GateOut, RuleSetOut

Reference = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{1,40}@[0-9.]{1,14}$")]
Licence = Annotated[str, Field(max_length=40), AfterValidator(licence_number)]
Words = CleanText
State = Literal["draft", "noticed", "published", "held"]


class RunIn(BaseModel):
    """`rule_set` as `name@version`; `as_of` is today where left out; `licences` narrows the run, to all agencies where left out."""

    model_config = ConfigDict(extra="forbid")

    rule_set: Reference | None = None
    as_of: Day | None = None
    licences: Annotated[list[Licence], Field(min_length=1, max_length=500)] | None = None


class RunRow(BaseModel):
    id: UUID
    version: int
    status: Literal["draft", "noticed", "published", "withdrawn"]
    status_label: Bilingual
    rule_set: RuleSetOut
    as_of: date
    period_from: date
    agencies: int
    narrowed: bool
    created_at: datetime
    reply_until: date | None
    published_at: datetime | None


class RunOut(RunRow):
    """`by_class`: agencies in each class. `mine`: the caller started it, and so cannot approve it. The hashes are SHA-256."""

    by_class: dict[str, int]
    known_at: datetime
    rule_set_hash: str
    data_hash: str
    result_hash: str
    author: str
    approved_by: str | None
    mine: bool
    notice: Bilingual


class ResultRow(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True)

    licence: str
    name: Bilingual
    class_: ClassCode = Field(serialization_alias="class")
    class_label: Bilingual
    points: str | None
    previous_class: ClassCode | None
    state: State
    held_because: Bilingual | None


class FactOut(BaseModel):
    """One fact behind a result, by its id: `GET /v1/agencies/…` of the evidence shows it to those who may see it."""

    id: UUID
    kind: str
    happened_on: date
    outcome: str | None


class ReplyOut(BaseModel):
    id: UUID
    words: str
    replied_at: datetime
    answer: str | None
    is_accepted: bool | None
    answered_at: datetime | None


class ResultOut(ResultRow):
    """A result with everything behind it: for the agency itself and for officers. `evidence` by criterion."""

    run: UUID
    rule_set: RuleSetOut
    as_of: date
    reply_until: date | None
    gates: list[GateOut]
    reasons: list[Bilingual]
    criteria: list[FullCriterionOut]
    evidence: dict[str, list[FactOut]]
    replies: list[ReplyOut]
    notice: Bilingual
    periods: Bilingual


class ReplyIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    words: Words


class AnswerIn(BaseModel):
    """`is_accepted`: the agency is right; strike the evidence out, and its result is held back and computed in the next run."""

    model_config = ConfigDict(extra="forbid")

    words: Words
    is_accepted: bool
