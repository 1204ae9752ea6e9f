"""What goes in and out of the simulator."""

from datetime import date
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from contracts.text import Bilingual, Text
from kit.policy import Code
from kit.text import Day
from services.partners.schemas import In, OrganisationCode, TermsIn
from services.partners.sharing import Kind

_WHOSE: Final = Text("Name an organisation or a draft of an agreement.", "একটি সংস্থা অথবা একটি চুক্তির খসড়া উল্লেখ করুন।")
_ONE_DRAFT: Final = Text("Send a draft, or the id of a proposed agreement: one of both.", "একটি খসড়া অথবা প্রস্তাবিত চুক্তির id, দুটির একটি পাঠান।")
Name = Annotated[str, Field(min_length=1, max_length=100)]


class SimulationIn(In):
    """What would this partner see? A purpose, kind of record or field that nobody knows is answered, with a deny that says so.

    `draft`, or a proposed `agreement`: judged as though it were signed, beside what is. `on`: today, by the calendar of Dhaka, where it
    is left out. `asker`: a program of the organisation or a person of it. `consented`: the person agreed to this body.
    """

    organisation: OrganisationCode | None = None
    draft: TermsIn | None = None
    agreement: UUID | None = None
    purpose: Name
    record_type: Name
    on: Day | None = None
    asker: Kind = "program"
    consented: bool = False
    restricted: bool = False
    fields: list[Name] = Field(default_factory=list, max_length=50)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.organisation is None and self.draft is None:
            raise ValueError(_WHOSE)
        if self.agreement is not None and (self.draft is not None or self.organisation is None):
            raise ValueError(_ONE_DRAFT)
        return self


class FieldOut(BaseModel):
    """`code` is stable. `agreement`: its id, or `draft`. `until`: the last day of an allow, null where it has none."""

    field: str
    name: Bilingual
    personal: bool
    allowed: bool
    code: Code
    reason: Bilingual
    rule: str | None
    agreement: str | None
    until: date | None


class StoppedOut(BaseModel):
    """Why nothing is given at the moment whatever is agreed: the organisation is suspended, or nobody verified it."""

    code: str
    reason: Bilingual


class SimulationOut(BaseModel):
    """`allowed`: what would be in the answer; empty while the organisation is stopped."""

    organisation: str | None
    purpose: str
    record_type: str
    on: date
    policy: str
    policy_version: str
    policy_from: date
    source: str
    stopped: StoppedOut | None
    allowed: list[str]
    items: list[FieldOut]
