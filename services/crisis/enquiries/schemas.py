"""What goes in and out of family enquiries."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from contracts.persons import AgeBand, Sex
from contracts.text import Bilingual, Text
from kit.reference import typed
from kit.text import ONE_LINE, Day, Phone
from services.crisis.enquiries.rules import PREFIX, Channel, MayTell, Outcome, Relation, State, Status
from services.crisis.incidents.schemas import ChoiceOut, In, Line, Words

Hour = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class SafeIn(In):
    """How the asker may be reached, in Bangladesh's time."""

    may_call: bool = True
    may_text: bool = True
    since: Hour | None = None
    until: Hour | None = None


class AskerIn(In):
    name: Line
    phone: Phone | None = None
    relation: Relation
    safe: SafeIn = SafeIn()


class SoughtIn(In):
    name: Line
    name_bn: Line | None = None
    sex: Sex = Sex.UNKNOWN
    age_band: AgeBand = AgeBand.UNKNOWN
    phone: Phone | None = None
    passport: Annotated[str, Field(max_length=40), ONE_LINE] | None = None
    last_place: Line | None = None
    employer: Line | None = None
    marks: Words | None = None


class EnquiryIn(In):
    asker: AskerIn
    sought: SoughtIn
    last_contact_on: Day | None = None
    may_tell: MayTell = MayTell.FAMILY
    note: Words | None = None


class MatchIn(In):
    kind: Literal["evacuee", "worker", "national"]
    id: UUID


class AnswerIn(In):
    """`told`: the asker has been reached and told, by `channel`; otherwise what is known now, for whoever calls them."""

    status: Status
    told: bool = False
    channel: Channel | None = None
    words: Words | None = None


class EndingIn(In):
    outcome: Outcome


class FindIn(In):
    """By the asker's number or the number of who is sought; or by the number of the question, as it was read out."""

    phone: Phone | None = None
    reference: Annotated[str, Field(max_length=40), typed(PREFIX)] | None = None

    @model_validator(mode="after")
    def _by_one_thing(self) -> Self:
        if (self.phone is None) == (self.reference is None):
            raise ValueError(
                Text("Search by a telephone, or by the number of the question.", "ফোন নম্বর অথবা প্রশ্নের নম্বর, যেকোনো একটি দিয়ে খুঁজুন।")
            )
        return self


class EnquiryRow(BaseModel):
    """No names: they are shown one at a time, and each reading is logged."""

    id: UUID
    reference: str
    state: State
    state_label: Bilingual
    relation: Relation
    relation_label: Bilingual
    sex: Sex
    age_band: AgeBand
    last_contact_on: date | None
    taken_at: datetime


class AnswerOut(BaseModel):
    status: Status
    status_label: Bilingual
    told: bool
    channel: Channel | None
    words: str | None
    at: datetime


class EnquiryOut(EnquiryRow):
    version: int
    incident_id: UUID
    is_drill: bool
    asker: AskerIn | None
    sought: SoughtIn | None
    note: str | None
    may_tell: MayTell
    may_tell_label: Bilingual
    match_kind: str | None
    match_id: UUID | None
    outcome: Outcome | None
    answers: list[AnswerOut]


class EnquiryRows(BaseModel):
    items: list[EnquiryRow]


class CandidateOut(BaseModel):
    """Who it may be: `by` says on what it rests. `words`: what is known of them in this incident."""

    kind: Literal["evacuee", "worker", "national"]
    id: UUID
    by: list[Literal["phone", "document", "name"]]
    words: Bilingual
    since: datetime | None


class CandidatesOut(BaseModel):
    items: list[CandidateOut]
    register_away: bool


class EnquiryListsOut(BaseModel):
    relations: list[ChoiceOut]
    may_tell: list[ChoiceOut]
    statuses: list[ChoiceOut]
    outcomes: list[ChoiceOut]
