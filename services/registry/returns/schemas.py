"""What reintegration asks of the register, and tells it. Both sides build to it: nothing here is removed or narrowed."""

from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.likeness import Grade, Key
from contracts.persons import Sex
from contracts.places import DistrictCode
from kit.text import Phone
from services.registry.schemas import In, Name, PaperIn, Year

MOST_ASKED: Final = 20


class SoughtIn(In):
    """Somebody who came back. `ask`: the asker's own mark, by which the answer is told apart; no id of the person."""

    ask: UUID
    names: Annotated[list[Name], Field(min_length=1, max_length=2)]
    father: Name | None = None
    mother: Name | None = None
    birth_year: Year | None = None
    sex: Sex = Sex.UNKNOWN
    district: DistrictCode | None = None
    phones: list[Phone] = Field(default_factory=list, max_length=2)
    papers: list[PaperIn] = Field(default_factory=list, max_length=10)


class CandidatesIn(In):
    """`purpose`: the only one for which this is answered; it is noted with each read."""

    purpose: Literal["returnee_match"]
    people: Annotated[list[SoughtIn], Field(min_length=1, max_length=MOST_ASKED)]


class CandidateOut(BaseModel):
    """Who it may be, and no more than a person needs to ask the right question: no name, contact, paper or place."""

    person: UUID
    grade: Grade
    reasons: list[Key]
    country: str
    registered_on: date


class AnswerOut(BaseModel):
    ask: UUID
    candidates: list[CandidateOut]


class CandidatesOut(BaseModel):
    items: list[AnswerOut]


class ReturnIn(In):
    """`link`: the asker's id of the decision. `stands`: false takes it back. The same again changes nothing."""

    link: UUID
    person: UUID
    returned_on: date
    stands: bool = True


class ReturnOut(BaseModel):
    """`known`: false where the person asked to be forgotten meanwhile: then nothing is kept."""

    known: bool
