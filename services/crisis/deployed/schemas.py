"""What goes in and out of what agencies say of their workers."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, Phone
from services.crisis.deployed.rules import Standing, WorkerState
from services.crisis.incidents.schemas import In, Line

Licence = Annotated[str, Field(min_length=2, max_length=40), ONE_LINE]
_EITHER: Final = Text(
    "Name the workers, or say that you have none in this country.", "কর্মীদের নাম দিন, অথবা জানান যে এ দেশে আপনাদের কোনো কর্মী নেই।"
)


class AskIn(In):
    licences: list[Licence] = Field(min_length=1, max_length=200)
    due: AwareDatetime | None = None


class WorkerIn(In):
    name: Line
    phone: Phone | None = None
    passport: Annotated[str, Field(max_length=40), ONE_LINE] | None = None
    place: Line | None = None
    employer: Line | None = None
    state: WorkerState


class AnswerIn(In):
    """The whole list as it stands now: it replaces what the agency said before.

    `seen`: the `answered_at` that the sender saw, null for none; where a colleague answered meanwhile, nothing is replaced (412).
    """

    none: bool = False
    workers: list[WorkerIn] = Field(default_factory=list, max_length=2000)
    seen: AwareDatetime | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.none == bool(self.workers):
            raise ValueError(_EITHER)
        return self


class StateOut(BaseModel):
    code: WorkerState
    name: Bilingual
    people: int


class RequestOut(BaseModel):
    id: UUID
    incident_id: UUID
    is_drill: bool
    is_open: bool
    country: str
    hazard: Bilingual
    licence: str
    standing: Standing
    asked_at: datetime
    due: datetime
    answered_at: datetime | None
    has_none: bool
    workers: int
    states: list[StateOut]


class WorkerOut(BaseModel):
    id: UUID
    name: str
    phone: str | None
    passport: str | None
    place: str | None
    employer: str | None
    state: WorkerState
    state_label: Bilingual


class DeployedOut(RequestOut):
    people: list[WorkerOut]


class DeployedListOut(BaseModel):
    items: list[RequestOut]
    silent: int
