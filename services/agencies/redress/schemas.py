"""What goes in and out of the API of reviews and corrections, and the file that an agency sees of itself."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.text import Bilingual
from services.agencies.rules import ClassCode
from services.agencies.runs.rules import Outcome
from services.agencies.runs.schemas import ResultOut, Words
from services.agencies.schemas import ProvisionalOut, PublishedOut


class ReviewIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    grounds: Words


class ReviewDecisionIn(BaseModel):
    """`upheld` names the `class` that takes the place of the reviewed one; `rejected` names none. The decision is final."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome
    class_: ClassCode | None = Field(default=None, validation_alias="class")
    reasons: Words


class ReviewOut(BaseModel):
    """`overdue`: the office that reviews has let its last day pass. Grounds and reasons are the agency's and the office's own words."""

    id: UUID
    version: int
    reference: str
    licence: str
    status: Literal["asked", "decided"]
    grounds: str
    asked_at: datetime
    decide_by: date
    overdue: bool
    class_before: ClassCode
    outcome: Outcome | None
    class_after: ClassCode | None
    reasons: str | None
    decided_at: datetime | None


class CorrectionDecisionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    is_confirmed: bool
    reasons: Words


class CorrectionOut(BaseModel):
    """A class that the evidence bears out no longer; a person confirms or dismisses it."""

    id: UUID
    version: int
    licence: str
    status: Literal["proposed", "confirmed", "dismissed", "superseded"]
    class_before: ClassCode
    class_after: ClassCode
    points: str | None
    proposed_at: datetime
    decided_at: datetime | None
    reasons: str | None


class FileOut(BaseModel):
    """What an agency sees of itself, and nothing of others. `review_until`: the last day on which it may ask, null where it cannot.

    `noticed`: a result to which it may reply now. `now`: the provisional class with everything behind it.
    """

    licence: str
    name: Bilingual
    licensed: bool
    status_label: Bilingual
    published: PublishedOut | None
    history: list[PublishedOut]
    provisional: ProvisionalOut
    now: ResultOut
    noticed: ResultOut | None
    review: ReviewOut | None
    review_until: date | None
    periods: Bilingual
