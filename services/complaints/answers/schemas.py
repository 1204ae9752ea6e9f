"""What goes in and out of the API of questions to respondents."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from contracts.text import Bilingual, Text
from kit.text import PARAGRAPHS, Day
from services.complaints.answers.lists import LISTS
from services.complaints.answers.rules import Standing
from services.complaints.schemas import In

_NO_STAND = Text("Choose how the agency stands to it: the list is at /v1/complaints/questions/stands.", "এজেন্সির অবস্থান তালিকা থেকে বেছে নিন।")


def _known(code: str) -> str:
    if code not in {one.code for one in LISTS.stands}:
        raise ValueError(_NO_STAND)
    return code


class QuestionIn(In):
    """`allegation`: what is said, summed up by the officer, without contact or third persons. Without a day: that of the data."""

    allegation: Annotated[str, Field(min_length=10, max_length=5000), PARAGRAPHS]
    answer_by: Day | None = None


class AnswerIn(In):
    stand: Annotated[str, Field(max_length=40), AfterValidator(_known)]
    answer: Annotated[str, Field(min_length=1, max_length=10_000), PARAGRAPHS]


class MoreTimeIn(In):
    until: Day
    because: Annotated[str, Field(min_length=1, max_length=1000), PARAGRAPHS]


class MoreTimeDecisionIn(In):
    granted: bool


class DocumentOut(BaseModel):
    """`may_show`: a page may show it in place. `is_shared`: the office lets the complainant see it."""

    id: UUID
    name: str | None
    media_type: str
    size: int
    added_at: datetime
    may_show: bool
    is_shared: bool


class SharingIn(In):
    """`shared`: whether the complainant may see it. Read it first: it may name others."""

    shared: bool


class QuestionOut(BaseModel):
    """`reference` is that of the complaint. `last_day`: the whole of it is in time."""

    id: UUID
    reference: str
    version: int
    licence: str
    category: str
    country: str
    standing: Standing
    standing_label: Bilingual
    allegation: str
    asked_at: datetime
    asked_office: Bilingual
    answer_by: date
    last_day: date
    more_time_until: date | None
    more_time_because: str | None
    more_time_granted: bool | None
    answered_at: datetime | None
    stand: str | None
    answer: str | None
    working_days: int | None
    documents: list[DocumentOut] = []


class QuestionsOut(BaseModel):
    items: list[QuestionOut]
    may_ask: bool
    cannot_ask: Bilingual | None


class StandOut(BaseModel):
    code: str
    en: str
    bn: str


class StandsOut(BaseModel):
    answer_working_days: int
    most_extra_days: int
    items: list[StandOut]
