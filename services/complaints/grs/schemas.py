"""What goes in and out of the API of service complaints in the national GRS."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, PARAGRAPHS, Day
from services.complaints.grs.lists import LADDER
from services.complaints.schemas import In

_NOT_LISTED = Text("Choose an outcome of the list.", "তালিকা থেকে একটি ফলাফল বেছে নিন।")


def _known(code: str) -> str:
    if LADDER.outcome(code) is None:
        raise ValueError(_NOT_LISTED)
    return code


class StepIn(In):
    """`tracking` is the number that the GRS gave; `begun_on` the day it was lodged there."""

    begun_on: Day
    tracking: Annotated[str, Field(max_length=60), ONE_LINE] = ""


class StepChangeIn(In):
    """A tracking number that came later, or how the step ended."""

    tracking: Annotated[str, Field(max_length=60), ONE_LINE] | None = None
    outcome: Annotated[str, Field(max_length=40), AfterValidator(_known)] | None = None
    outcome_on: Day | None = None
    words: Annotated[str, Field(max_length=2000), PARAGRAPHS] = ""


class StepOut(BaseModel):
    """`limit_note` says that a limit was not found, where none was."""

    id: UUID
    version: int
    step: int
    level: str
    level_words: Bilingual
    limit_days: int | None
    limit_note: Bilingual | None
    begun_on: date
    due_on: date | None
    is_overdue: bool
    tracking: str | None
    outcome: str | None
    outcome_on: date | None
    words: str | None


class ChoiceOut(BaseModel):
    code: str
    en: str
    bn: str


class GrsOut(BaseModel):
    reference: str
    is_service: bool
    about_office: Bilingual | None
    may_step: bool
    why_not: str | None
    next_level: Bilingual | None
    steps: list[StepOut]
    outcomes: list[ChoiceOut]
    source: str
