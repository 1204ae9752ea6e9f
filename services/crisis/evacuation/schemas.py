"""What goes in and out of the API of an evacuation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, model_validator

from contracts.persons import AgeBand, Sex
from contracts.places import CountryCode, DistrictCode
from contracts.text import Bilingual, Text
from kit.reference import typed
from kit.text import EITHER_SCRIPT, ONE_LINE, Phone, Whole
from services.crisis.evacuation import lists
from services.crisis.evacuation.rules import PREFIX, Papers, Part, State
from services.crisis.handover.schemas import MissionOut
from services.crisis.incidents.schemas import ChoiceOut, In, Line, Words, one_of

LISTS: Final = lists.load()
Mode = Literal["air", "sea", "bus", "rail", "foot"]


def _reasons(codes: list[str]) -> list[str]:
    check = one_of(LISTS.reasons)
    return list(dict.fromkeys(check(one) for one in codes))


class WindowIn(In):
    closes_at: AwareDatetime | None = None


class DocumentIn(In):
    kind: Literal["passport", "out_pass", "nid", "birth_registration", "other"]
    number: Annotated[str, Field(min_length=1, max_length=60), ONE_LINE]


class EvacueeIn(In):
    """Papers are asked only now. None is needed: who has none stands in the queue for a travel paper. `escort`: who goes with a child."""

    person: UUID | None = None
    name: Line
    name_bn: Line | None = None
    sex: Sex = Sex.UNKNOWN
    age_band: AgeBand = AgeBand.UNKNOWN
    district: DistrictCode | None = None
    phone: Phone | None = None
    document: DocumentIn | None = None
    papers: Papers = Papers.NOT_KNOWN
    reasons: Annotated[list[str], AfterValidator(_reasons)] = Field(default_factory=list, max_length=12)
    guardian: UUID | None = None
    escort: Line | None = None
    place: Line | None = None
    next_of_kin: Line | None = None
    medical: Words | None = None
    consented: bool = False


class MoveIn(In):
    """`proof`: the document of a death."""

    to: State
    proof: Line | None = None


class PapersIn(In):
    papers: Papers
    document: DocumentIn | None = None


class GuardianIn(In):
    guardian: UUID | None = None
    escort: Line | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.guardian is None) == (self.escort is None):
            raise ValueError(Text("Name a guardian, or an escort.", "অভিভাবক অথবা সঙ্গী, যেকোনো একজনের নাম দিন।"))
        return self


class FindEvacueeIn(In):
    """Exact, by one thing: the number of the registration, a telephone, a paper's number, or the whole name."""

    reference: Annotated[str, Field(max_length=40), typed(PREFIX)] | None = None
    phone: Phone | None = None
    document: Annotated[str, Field(max_length=60), ONE_LINE] | None = None
    name: Line | None = None

    @model_validator(mode="after")
    def _by_one_thing(self) -> Self:
        if sum(one is not None for one in (self.reference, self.phone, self.document, self.name)) != 1:
            raise ValueError(Text("Search by one thing: a number, a paper or a name.", "যেকোনো একটি দিয়ে খুঁজুন: নম্বর, কাগজের নম্বর অথবা নাম।"))
        return self


class LegIn(In):
    mode: Mode
    from_place: Line
    from_country: CountryCode
    to_place: Line
    to_country: CountryCode
    operator: Line
    departs: AwareDatetime
    transit_hours: Annotated[int, Field(ge=1, le=720), EITHER_SCRIPT] | None = None
    capacity: Whole = Field(ge=1, le=5000)


class SeatsIn(In):
    """All of them or none. A guardian and a child are named together, or the guardian first."""

    evacuees: list[UUID] = Field(min_length=1, max_length=100)


class DepartureIn(In):
    """Who did not come; a child whose guardian did not come stays too."""

    no_shows: list[UUID] = Field(default_factory=list, max_length=500)


class HandoverIn(In):
    """What the receiver counted."""

    to_unit: Annotated[str, AfterValidator(one_of(LISTS.units))]
    received: Whole = Field(ge=0, le=5000)
    discrepancies: Words | None = None


class WindowOut(BaseModel):
    id: UUID
    opened_at: datetime
    closes_at: datetime | None
    closed_at: datetime | None


class WindowsOut(BaseModel):
    items: list[WindowOut]
    open: bool


class EvacueeRow(BaseModel):
    id: UUID
    reference: str
    version: int
    state: State
    state_label: Bilingual
    papers: Papers
    papers_label: Bilingual
    papers_since: datetime
    sex: Sex
    age_band: AgeBand
    is_child: bool
    guardian: UUID | None
    has_escort: bool
    priority: int
    reasons: list[ChoiceOut]
    name: str | None
    registered_at: datetime


class EvacueesFound(BaseModel):
    """Whether one of them is the person, a person decides."""

    items: list[EvacueeRow]


class EvacueeOut(EvacueeRow):
    """`may_become`: what may be written down by hand of somebody in this state."""

    incident_id: UUID
    is_drill: bool
    district: str | None
    person: dict[str, Any] | None
    leg: UUID | None
    arrived_at: datetime | None
    told_at: datetime | None
    may_become: list[ChoiceOut]


class LegOut(BaseModel):
    id: UUID
    incident_id: UUID
    is_drill: bool
    version: int
    mode: Mode
    from_place: str
    from_country: str
    to_place: str
    to_country: str
    operator: str
    departs: datetime
    transit_hours: int | None
    transit_until: datetime | None
    capacity: int
    taken: int
    free: int
    state: Literal["open", "departed", "arrived", "handed_over", "cancelled"]
    manifest_sha256: str | None
    departed_at: datetime | None
    arrived_at: datetime | None


class LegsOut(BaseModel):
    items: list[LegOut]


class ManifestRow(BaseModel):
    number: int
    evacuee: UUID
    reference: str
    name: str
    name_bn: str | None
    sex: Sex
    age_band: AgeBand
    document: str | None
    papers: Papers
    travels_with: str | None
    medical: bool


class HandoverOut(BaseModel):
    to_unit: str
    counts: dict[str, int]
    discrepancies: str | None
    signed_at: datetime
    countersigned_at: datetime | None


class ManifestOut(BaseModel):
    """`sha256`: over the rows as canonical JSON; once the leg departed, `agrees` says whether they still are what left.

    `duty_with`: who acts here while the duty of the caller's mission is theirs.
    """

    leg: LegOut
    rows: list[ManifestRow]
    sha256: str
    agrees: bool
    handover: HandoverOut | None
    may_act: bool
    duty_with: MissionOut | None


class PartOut(BaseModel):
    code: Part
    name: Bilingual
    people: int


class SumOut(BaseModel):
    at: datetime
    exposed: int
    difference: int
    holds: bool
    parts: list[PartOut]


class EvacuationListsOut(BaseModel):
    reasons: list[ChoiceOut]
    units: list[ChoiceOut]
    papers: list[ChoiceOut]
    states: list[ChoiceOut]
    by_hand: Sequence[State]
