"""What goes in and out of a search for a missing person, and of unidentified remains."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from contracts.persons import AgeBand, Sex
from contracts.places import CountryCode
from contracts.text import Bilingual
from services.complaints.cases.death.schemas import Passport
from services.complaints.cases.missing.rules import Consent, SearchState, Tell
from services.complaints.cases.schemas import Line, Note, PastDay
from services.complaints.schemas import In


class MissingIn(In):
    """`tell_asker`: what whoever asks may hear while the search goes on. Features are for an officer's eyes only."""

    last_contact_on: PastDay | None = None
    last_place: Note | None = None
    features: Note | None = None
    passport: Passport | None = None
    tell_asker: Tell = Tell.PROGRESS


class FoundIn(In):
    """Found alive. `consent` is the person's own word on what the asker may hear; they were asked alone."""

    on: PastDay
    consent: Consent


class RemainsIn(In):
    """`name` and `passport`: of papers found with them; kept as blind indexes only, for comparison."""

    country: CountryCode
    found_on: PastDay
    sex: Sex = Sex.UNKNOWN
    age_band: AgeBand = AgeBand.UNKNOWN
    features: Note
    name: Line | None = None
    passport: Passport | None = None


class DecisionIn(In):
    decision: Literal["confirm", "reject"]


class MissingOut(BaseModel):
    """`may_tell`: the sentence, and no more, that whoever asks may hear."""

    last_contact_on: date | None
    last_place: str | None
    features: str | None
    tell_asker: Tell
    state: SearchState
    state_label: Bilingual
    consent: Consent | None
    found_on: date | None
    may_tell: Bilingual
    matches: int


class RemainsOut(BaseModel):
    id: UUID
    country: str
    found_on: date
    sex: Sex
    age_band: AgeBand
    features: str
    state: Literal["unidentified", "identified"]
    matches: int
    reported_at: datetime


class MatchOut(BaseModel):
    """`waits_for`: *first* or *second* person. `confirmed_by_me`: then somebody else has to be the second."""

    id: UUID
    reference: str
    country: str
    state: Literal["proposed", "confirmed", "rejected"]
    waits_for: Literal["first", "second", "nobody"]
    confirmed_by_me: bool
    reasons: list[Bilingual]
    sought: str | None
    found: str
    last_contact_on: date | None
    found_on: date
    proposed_at: datetime


class RemainsReceiptOut(BaseModel):
    id: UUID
    proposed: int
