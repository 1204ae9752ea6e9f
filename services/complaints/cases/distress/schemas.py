"""What goes in and out of a case of distress."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.text import Bilingual
from services.complaints.cases.lists import CASES, one_of
from services.complaints.cases.schemas import Code, Note, PastDay
from services.complaints.schemas import In


class DistressIn(In):
    """Where the person is, and whether they let their family know.

    `ministry_service`: asked for as MoFA's service for the detained and stranded (5 working days, free of charge).
    """

    place: Note | None = None
    family_may_know: bool | None = None
    ministry_service: bool = False


class FamilyToldIn(In):
    on: PastDay


class RequestIn(In):
    need: Annotated[Code, one_of(CASES.needs)]
    urgency: Annotated[int, Field(ge=1, le=4)]


class RequestEndIn(In):
    state: Annotated[str, Field(pattern="^(met|unmet|withdrawn)$")]
    on: PastDay
    note: Note | None = None


class RequestOut(BaseModel):
    id: UUID
    need: str
    label: Bilingual
    urgency: int
    office: str
    state: str
    state_label: Bilingual
    opened_at: datetime
    ended_on: date | None
    note: str | None


class DistressOut(BaseModel):
    """`first_contact_on`: when an officer first spoke with the person or saw them."""

    place: str | None
    family_may_know: bool | None
    family_told_on: date | None
    ministry_service: bool
    first_contact_on: date | None
    requests: list[RequestOut]
