"""What goes in and out of a protection case."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from contracts.text import Bilingual, Text
from services.complaints.cases.lists import RISKS, Level, one_of
from services.complaints.cases.protection.rules import NO_GUARDIAN, Tie, Who
from services.complaints.cases.schemas import Code, DayToCome, Line, Note, PastDay
from services.complaints.schemas import In

_SCHOOL = Text("More children are at school than there are children.", "সন্তানের সংখ্যার চেয়ে বিদ্যালয়ে পড়ুয়ার সংখ্যা বেশি।")


class ProtectionIn(In):
    """`abuser`: who harms them; `reach_through`: by whom they are reached, never the same. A child has a guardian, or the word *nobody*."""

    who: Who
    issues: Annotated[list[Annotated[Code, one_of(RISKS.issues)]], Field(min_length=1, max_length=20)]
    abuser: Tie = Tie.NOBODY
    reach_through: Tie = Tie.SELF
    children: Annotated[int, Field(ge=0, le=30)] = 0
    children_in_school: Annotated[int, Field(ge=0, le=30)] | None = None
    guardian: Line | None = None
    guardian_relation: Line | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> "ProtectionIn":
        if self.who == Who.CHILD and self.guardian is None:
            raise ValueError(NO_GUARDIAN)
        if self.children_in_school is not None and self.children_in_school > self.children:
            raise ValueError(_SCHOOL)
        return self


class AssessmentIn(In):
    """`level` is the officer's own decision; what the answers speak for is shown beside it."""

    answers: Annotated[list[Annotated[Code, one_of(RISKS.items)]], Field(max_length=50, default_factory=list)]
    level: Level
    reason: Note
    plan: Note | None = None
    next_visit: DayToCome | None = None


class VisitIn(In):
    done_on: PastDay
    seen_alone: bool
    findings: Note | None = None
    next_visit: DayToCome | None = None


class AssessmentOut(BaseModel):
    answers: list[Bilingual]
    points: int
    speaks_for: Level
    level: Level
    level_label: Bilingual
    reason: str | None
    decided_at: datetime


class VisitOut(BaseModel):
    done_on: date
    seen_alone: bool
    findings: str | None
    next_visit: date | None


class ProtectionOut(BaseModel):
    """`overdue`: the next visit should have been by now. `basis`: what the instrument is worth."""

    who: Who
    issues: list[str]
    issue_labels: list[Bilingual]
    abuser: Tie
    reach_through: Tie
    children: int
    children_in_school: int | None
    guardian: str | None
    guardian_relation: str | None
    level: Level | None
    level_label: Bilingual | None
    plan: str | None
    next_visit: date | None
    overdue: bool
    basis: Bilingual
    assessments: list[AssessmentOut]
    visits: list[VisitOut]


class VisitRow(BaseModel):
    """One family in the district's list. No name: the page of the case has it, for its officer."""

    id: UUID
    reference: str
    district: str | None
    who: Who
    level: Level | None
    level_label: Bilingual | None
    next_visit: date
    overdue: bool
    assigned: bool
