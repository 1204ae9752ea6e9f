"""What goes in and out of a case of death. Gentle words come from `rules`; here are codes, days and sealed names."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, Phone
from services.complaints.cases.death.rules import Identity, PoliceCase, Reporter, Wish
from services.complaints.cases.lists import DEATHS, codes, one_of
from services.complaints.cases.schemas import Code, DayToCome, Line, MoneyOut, Note, PastDay, PaymentIn, Source
from services.complaints.schemas import In

Short = Annotated[str, Field(min_length=1, max_length=60), ONE_LINE]
Passport = Annotated[str, Field(min_length=5, max_length=20), ONE_LINE]
PAPERS = codes(
    [*DEATHS.papers.back, *DEATHS.papers.burial, *DEATHS.heirs]
    + [paper for country in DEATHS.papers.countries.values() for paper in (*country.back, *country.burial)]
)
_PAPER = Text("Choose a paper of the list of this case.", "এই কেসের তালিকা থেকে একটি কাগজ বেছে নিন।")
_SEEN = Text(
    "Say what was seen: at least one paper, or who recognised the person.", "কী দেখে নিশ্চিত হলেন লিখুন: অন্তত একটি কাগজ, অথবা কে শনাক্ত করেছেন।"
)
_GUARDIAN = Text("Name the guardian of a child.", "নাবালক সন্তানের অভিভাবকের নাম লিখুন।")


class DeathIn(In):
    """`cleared`: left with BMET's clearance; null where nobody has looked. `suspicious` likewise."""

    reported_by: Reporter
    died_on: PastDay | None = None
    cause: Annotated[Code, one_of(DEATHS.causes)] = "unknown"
    suspicious: bool | None = None
    police_case: PoliceCase = PoliceCase.NOT_KNOWN
    police_note: Note | None = None
    cleared: bool | None = None
    passport: Passport | None = None


class IdentityIn(In):
    """`error`: the person is alive. The case then ends at once, with an apology to whoever was told."""

    identity: Literal["confirmed", "error"]
    source: Source
    on: PastDay
    seen: Annotated[list[Annotated[Code, one_of(DEATHS.documents_seen)]], Field(max_length=10, default_factory=list)]

    @model_validator(mode="after")
    def _something_was_seen(self) -> "IdentityIn":
        if self.identity == "confirmed" and not self.seen:
            raise ValueError(_SEEN)
        return self


class WishIn(In):
    wish: Wish
    relation: Short
    said_on: PastDay
    said_by: Line | None = None


class PaperIn(In):
    code: Code
    state: Literal["asked", "received", "not_needed"]
    on: PastDay
    source: Source

    @model_validator(mode="after")
    def _is_known(self) -> "PaperIn":
        if self.code not in PAPERS:
            raise ValueError(_PAPER)
        return self


class HeirIn(In):
    relation: Short
    name: Line
    is_minor: bool = False
    guardian: Line | None = None
    guardian_relation: Short | None = None

    @model_validator(mode="after")
    def _a_child_has_a_guardian(self) -> "HeirIn":
        if self.is_minor and self.guardian is None:
            raise ValueError(_GUARDIAN)
        return self


class TransportIn(In):
    flight: Short
    airport: Short
    arrives_on: DayToCome
    cargo: Short | None = None
    receiver: Line | None = None
    receiver_phone: Phone | None = None


class ContactIn(In):
    """Whoever sends it becomes the family's contact under this name; `told_on`: when the family heard it."""

    name: Line
    told_on: PastDay | None = None


class BurialIn(In):
    on: PastDay


class HandOverIn(In):
    """At the airport. `grant`: the cheque for transport and burial, where it was handed over too."""

    on: PastDay
    grant: PaymentIn | None = None


class GrantIn(In):
    grant: Annotated[Code, one_of(DEATHS.grants)]


class WishOut(BaseModel):
    wish: Wish
    relation: str
    said_on: date
    said_by: str | None


class PaperOut(BaseModel):
    """`state` is *needed* until a row says otherwise."""

    code: str
    label: Bilingual
    state: Literal["needed", "asked", "received", "not_needed"]
    on: date | None
    source: Bilingual | None


class HeirOut(BaseModel):
    id: UUID
    relation: str
    name: str | None
    is_minor: bool
    guardian: str | None
    guardian_relation: str | None


class GrantOut(BaseModel):
    """`amount` in minor units. `why_not` is empty where it is due; `line` is its money line once asked for."""

    grant: str
    label: Bilingual
    amount: int
    currency: str
    source: str
    is_due: bool
    may_change: bool
    why_not: list[Bilingual]
    line: UUID | None


class ContactOut(BaseModel):
    name: str | None
    office: str
    office_name: Bilingual
    told_on: date | None
    is_me: bool


class DeathOut(BaseModel):
    """`identity_words` and `wish` are what may be said; `apology` only where the report was wrong."""

    reported_by: Reporter
    died_on: date | None
    cause: str
    cause_label: Bilingual
    suspicious: bool | None
    police_case: PoliceCase
    police_note: str | None
    cleared: bool | None
    passport: str | None
    identity: Identity
    identity_words: Bilingual
    identity_seen: list[Bilingual]
    identity_source: Bilingual | None
    identity_on: date | None
    apology: Bilingual | None
    wish: Wish | None
    family_disagrees: bool
    wishes: list[WishOut]
    papers: list[PaperOut]
    papers_basis: Bilingual
    heirs: list[HeirOut]
    grants: list[GrantOut]
    contact: ContactOut | None
    flight: str | None
    cargo: str | None
    airport: str | None
    arrives_on: date | None
    receiver: str | None
    receiver_phone: str | None
    handed_over_on: date | None
    buried_on: date | None


class ArrivalOut(BaseModel):
    """What the desk at the airport needs on the day, and no more."""

    reference: str
    version: int
    name: str | None
    flight: str
    cargo: str | None
    airport: str
    arrives_on: date
    receiver: str | None
    receiver_phone: str | None
    handed_over_on: date | None
    grant: MoneyOut | None
    why_no_grant: list[Bilingual]


class ArrivalsOut(BaseModel):
    day: date
    items: list[ArrivalOut]


class GrantRow(BaseModel):
    """What the Welfare Board needs to pay a grant: who died, to whom, and which office speaks with the family."""

    id: UUID
    reference: str
    country: str
    district: str | None
    name: str | None
    died_on: date | None
    heirs: list[HeirOut]
    contact_office: str | None
    money: MoneyOut
