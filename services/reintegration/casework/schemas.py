"""What goes in and out of the API of a case."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from contracts.persons import Sex
from contracts.text import Bilingual, Text
from kit.dated import Choice
from kit.text import ONE_LINE, PARAGRAPHS, Day
from services.reintegration.casework.instrument import INSTRUMENT, PROCEDURE
from services.reintegration.casework.rules import GoalState, Step
from services.reintegration.lists import has
from services.reintegration.schemas import LISTS, ChoiceOut, Code, In, Name

Words = Annotated[str, Field(min_length=1, max_length=2000), PARAGRAPHS]
OrgCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
DimensionCode = Literal["economic", "social", "psychosocial"]
_NO_ANSWERS: Final = Text("Answer at least one question.", "অন্তত একটি প্রশ্নের উত্তর দিন।")
_NO_QUESTION: Final = Text(
    "Choose questions and answers of /v1/returnees/instrument.", "/v1/returnees/instrument থেকে প্রশ্ন ও উত্তর বেছে নিন।"
)
_WITNESS: Final = Text("Name the witness of a spoken consent.", "মৌখিক সম্মতির সাক্ষীর নাম লিখুন।")


def _of(choices: Sequence[Choice]) -> Callable[[str], str]:
    def check(code: str) -> str:
        if not has(choices, code):
            raise ValueError(
                Text("Choose a code of the list at /v1/returnees/procedure.", "/v1/returnees/procedure তালিকা থেকে একটি বেছে নিন।")
            )
        return code

    return check


class ConsentIn(In):
    """`recipient` is a body's code, or `own` for the office itself. A refusal is an answer too.

    A child's guardian speaks for the child; of a child without one, a witness is named.
    """

    purpose: Annotated[Code, Field(description="A code of /v1/returnees/consent-purposes.")]
    recipient: OrgCode = "own"
    granted: bool
    way: Annotated[Code, AfterValidator(_of(PROCEDURE.consent_ways))]
    language: Literal["bn", "en"] = "bn"
    witness: Name | None = None
    by_guardian: bool = False

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not has(LISTS.consent_purposes, self.purpose):
            raise ValueError(Text("Choose a purpose of the list.", "তালিকা থেকে একটি উদ্দেশ্য বেছে নিন।"))
        if self.way == "spoken" and self.witness is None:
            raise ValueError(_WITNESS)
        return self


class ConsentOut(BaseModel):
    id: UUID
    purpose: str
    recipient: str
    granted: bool
    way: str
    language: str
    witness: str | None
    by_guardian: bool
    taken_at: datetime
    withdrawn_at: datetime | None
    in_force: bool
    has_photo: bool = False


class ConsentsOut(BaseModel):
    items: list[ConsentOut]


class MemberIn(In):
    name: Name | None = None
    relation: Annotated[Code, AfterValidator(_of(PROCEDURE.relations))]
    birth_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    sex: Sex = Sex.UNKNOWN
    has_papers: bool | None = None
    schooling: Annotated[Code, AfterValidator(_of(PROCEDURE.schooling))] | None = None
    school_class: Annotated[str, Field(max_length=40), ONE_LINE] | None = None
    credits: Literal["claimed", "accepted", "refused"] | None = None
    out_since: Day | None = None


class HandOverIn(In):
    """A child is given into the care of child protection. `note`: why, and who received the child."""

    to: Annotated[Code, AfterValidator(_of(PROCEDURE.child_protection))]
    on: Day
    note: Words


class ProtectionOut(BaseModel):
    to: str
    on: date
    note: str


class MemberOut(BaseModel):
    """`days_out_of_school`: until today, of a child who is out or waits. `protection`: to whom a child was handed over."""

    id: UUID
    name: str | None
    relation: str
    birth_year: int | None
    sex: str
    has_papers: bool | None
    schooling: str | None
    school_class: str | None
    credits: str | None
    out_since: date | None
    days_out_of_school: int | None
    protection: ProtectionOut | None = None


class HouseholdOut(BaseModel):
    items: list[MemberOut]


class AssessmentIn(In):
    """Question → answer. What is not asked or not answered is left out."""

    answers: Annotated[dict[str, int], Field(max_length=60)]

    @model_validator(mode="after")
    def _of_the_instrument(self) -> Self:
        if not self.answers:
            raise ValueError(_NO_ANSWERS)
        if not set(self.answers) <= INSTRUMENT.questions or not all(0 <= one <= INSTRUMENT.most for one in self.answers.values()):
            raise ValueError(_NO_QUESTION)
        return self


class DimensionOut(BaseModel):
    """`percent` of the answered questions, null where too few were answered; `change` since the baseline, in points."""

    code: DimensionCode
    label: Bilingual
    answered: int
    asked: int
    percent: int | None
    change: int | None


class AssessmentOut(BaseModel):
    number: int
    made_at: datetime
    instrument: str
    notice: Bilingual
    dimensions: list[DimensionOut]


class GoalIn(In):
    dimension: DimensionCode
    words: Words
    help: Annotated[Code, Field(description="A code of /v1/returnees/needs.")] | None = None
    who: Literal["returnee", "office", "partner"] = "office"
    due_on: Day


class PlanIn(In):
    goals: Annotated[list[GoalIn], Field(min_length=1, max_length=20)]
    agreed: bool


class GoalStateIn(In):
    state: GoalState


class GoalOut(BaseModel):
    id: UUID
    dimension: DimensionCode
    words: str
    help: str | None
    who: str
    due_on: date
    state: GoalState
    overdue: bool


class PlanOut(BaseModel):
    agreed: bool
    made_at: datetime
    late: bool
    goals: list[GoalOut]


class ReviewIn(In):
    held_on: Day
    confirmed: Literal["yes", "partly", "no", "not_reached"]
    note: Words | None = None


class ReviewOut(BaseModel):
    number: int
    due_on: date
    held_on: date | None
    confirmed: str | None
    note: str | None


class ClosingIn(In):
    reason: Annotated[Code, AfterValidator(_of(PROCEDURE.closing_reasons))]
    note: Words | None = None


class ClosingOut(BaseModel):
    reason: ChoiceOut
    note: str | None
    proposed_at: datetime
    proposed_by_me: bool
    closed_at: datetime | None


class CaseFileOut(BaseModel):
    """A case with all that was done. `step` is computed from it; `version` is what a change names in `If-Match`."""

    id: UUID
    reference: str
    version: int
    step: Step
    step_label: Bilingual
    needs: list[ChoiceOut]
    plan_due: date
    plan_overdue: bool
    opened_at: datetime
    assessments: list[AssessmentOut]
    plan: PlanOut | None
    reviews: list[ReviewOut]
    closing: ClosingOut | None


class DueRow(BaseModel):
    """Something of a case that falls due: a plan to be made or a review to be held."""

    kind: Literal["plan", "review"]
    returnee_id: UUID
    returnee_reference: str
    name: str
    name_bn: str | None
    district: str
    due_on: date
    overdue: bool


class DueOut(BaseModel):
    """The most overdue first; `more` where there are more than shown."""

    items: list[DueRow]
    more: bool


class InstrumentOut(BaseModel):
    """The questions in both languages, and how results are computed."""

    version: str
    notice: Bilingual
    least_answered: int
    answers: list[dict[str, str | int]]
    dimensions: list[dict[str, object]]


class ProcedureOut(BaseModel):
    version: str
    review_months: list[int]
    closing_reasons: list[ChoiceOut]
    consent_ways: list[ChoiceOut]
    relations: list[ChoiceOut]
    schooling: list[ChoiceOut]
    child_protection: list[ChoiceOut] = []
