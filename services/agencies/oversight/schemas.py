"""What goes in and out of the API of comparison, inspection, watch-list, changes, renewals and consultation."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.text import Bilingual
from kit.paging import Page
from kit.text import CleanText
from services.agencies.ratings.rule_set import RuleSet
from services.agencies.rules import ClassCode
from services.agencies.runs.schemas import Reference
from services.agencies.schemas import RuleSetOut


class ReasonOut(BaseModel):
    """A gate, a criterion or what is lacking, by its code and in words."""

    code: str
    words: Bilingual


class MoveOut(BaseModel):
    """`down` is null where one of the two says that too little is known."""

    licence: str
    before: ClassCode
    after: ClassCode
    points_before: str | None
    points_after: str | None
    down: bool | None
    because: list[ReasonOut]


class PairCount(BaseModel):
    before: ClassCode
    after: ClassCode
    agencies: int


class ComparisonOut(Page[MoveOut]):
    """Who moves, and why. `pairs` counts every agency, those that stay included."""

    before: RuleSetOut
    after: RuleSetOut
    notice: Bilingual
    day: date
    agencies: int
    moved: int
    down: int
    up: int
    pairs: list[PairCount]


class DraftIn(BaseModel):
    """A rule set that nobody has adopted, in the form of the files, to be compared with `before`."""

    model_config = ConfigDict(extra="forbid")

    before: Reference
    after: RuleSet


class VisitOut(BaseModel):
    licence: str
    name: Bilingual
    district: str
    points: int
    reasons: list[ReasonOut]


class PlanOut(BaseModel):
    """At most as many as were asked for, the most urgent first. `source` says where the factors come from."""

    items: list[VisitOut]
    version: str
    source: str


class WatchedOut(BaseModel):
    licence: str
    name: Bilingual
    district: str
    reasons: list[ReasonOut]


class ChangeOut(BaseModel):
    """An agency whose evidence has changed since the last published run: each count then and now."""

    licence: str
    name: Bilingual
    changed_at: datetime
    class_then: ClassCode | None
    class_now: ClassCode
    counts: dict[str, list[int | None]]


class RenewalOut(BaseModel):
    licence: str
    name: Bilingual
    district: str
    valid_until: date
    days_left: int


class CommentIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    words: CleanText


class CommentOut(BaseModel):
    """On the record, as it was said. `org`: the body for which somebody spoke."""

    id: UUID
    words: str
    org: str | None
    role: Literal["association", "decider", "analyst"]
    said_at: datetime
