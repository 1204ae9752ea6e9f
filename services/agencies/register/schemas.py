"""What goes in and out of the register's API."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.places import DistrictCode
from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, PARAGRAPHS, Day, Phone
from services.agencies.register.rules import TERMS, StepKind
from services.agencies.rules import LicenceStatus
from services.agencies.schemas import Licence

Line = Annotated[str, Field(min_length=1, max_length=300), ONE_LINE]
Ref = Annotated[str, Field(min_length=1, max_length=100), ONE_LINE]
Words = Annotated[str, Field(min_length=1, max_length=2000), PARAGRAPHS]

_NO_END = Text("A term ends on its last day: give true_until.", "মেয়াদের শেষ দিন দিন (true_until)।")
_END_OF_NOTHING = Text("Only an issue or a renewal has a last day.", "শুধু লাইসেন্স প্রদান বা নবায়নের শেষ দিন থাকে।")
_BACKWARDS = Text("It ends before it begins.", "শুরুর আগেই শেষ হয়েছে বলে লেখা হয়েছে।")
_HEARING = Text(
    "Say of a suspension, and of nothing else, whether a hearing came before it.",
    "শুধু স্থগিতাদেশের ক্ষেত্রে লিখুন শুনানির পর হয়েছে কি না।",
)
_WITHDRAWS = Text("Name the step that never was (supersedes).", "যে পদক্ষেপটি আসলে হয়নি সেটি উল্লেখ করুন (supersedes)।")


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StepIn(_In):
    """`supersedes`: the step that this one corrects. `reason` and `order_ref` are public: write nothing in them that names a person."""

    kind: StepKind
    true_from: Day
    true_until: Day | None = None
    hearing: bool | None = None
    reason: Words | None = None
    order_ref: Ref | None = None
    security_minor: Annotated[int, Field(ge=0, le=10**12)] | None = None
    rules_version: Ref | None = None
    source: Line
    supersedes: UUID | None = None

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> Self:
        if (self.kind in TERMS) != (self.true_until is not None):
            raise ValueError(_NO_END if self.kind in TERMS else _END_OF_NOTHING)
        if self.true_until is not None and self.true_until < self.true_from:
            raise ValueError(_BACKWARDS)
        if (self.kind is StepKind.SUSPENDED) != (self.hearing is not None):
            raise ValueError(_HEARING)
        if self.kind is StepKind.WITHDRAWN and self.supersedes is None:
            raise ValueError(_WITHDRAWS)
        return self


class StepOut(BaseModel):
    """`corrected_at`: from when on another step stood in its place. `security_minor`: security money in poisha."""

    id: UUID
    kind: StepKind
    label: Bilingual
    true_from: date
    true_until: date | None
    hearing: bool | None
    reason: str | None
    order_ref: str | None
    security_minor: int | None
    rules_version: str | None
    source: str
    recorded_at: datetime
    supersedes: UUID | None
    corrected_at: datetime | None


class StandingOut(BaseModel):
    licensed: bool
    status: LicenceStatus
    status_label: Bilingual
    since: date
    valid_until: date
    hearing: bool | None


class HistoryOut(BaseModel):
    """What was true on `true_on`, as it was known at the end of `known_on` (days of Dhaka). `standing` is null before the first issue."""

    licence: str
    true_on: date
    known_on: date
    standing: StandingOut | None
    items: list[StepOut]


class _Dated(_In):
    true_from: Day
    true_until: Day | None = None
    source: Line

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.true_until is not None and self.true_until < self.true_from:
            raise ValueError(_BACKWARDS)
        return self


class AliasIn(_Dated):
    name: Line
    kind: Literal["trade", "former", "spelling"]


class BranchIn(_Dated):
    kind: Literal["head", "branch"]
    address: Line
    district: DistrictCode
    phone: Phone | None = None
    approval_ref: Ref | None = None


class AssociateIn(_Dated):
    with_licence: Licence


class SubAgentIn(_In):
    """A sub-agent registered for this agency (OEMA 2013 s.14A). `number` as it stands on the certificate."""

    number: Ref
    name_en: Line
    name_bn: Line | None = None
    district: DistrictCode
    phone: Phone | None = None
    true_from: Day
    true_until: Day
    source: Line

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.true_until < self.true_from:
            raise ValueError(_BACKWARDS)
        return self


class EndIn(_In):
    """The last day on which it held, and why it ended."""

    on: Day
    reason: Line
    source: Line


class PartOut(BaseModel):
    id: UUID
    true_from: date
    true_until: date | None
    source: str
    recorded_at: datetime


class AliasOut(PartOut):
    name: str
    kind: str


class BranchOut(PartOut):
    """`has_phone`: the number itself is compared, not shown."""

    kind: str
    address: str
    district: str
    approval_ref: str | None
    has_phone: bool


class AssociateOut(PartOut):
    with_licence: str


class SubAgentOut(PartOut):
    number: str
    licence: str
    name: Bilingual
    district: str
    registered: bool
    ended: str | None
    has_phone: bool


class ParticularsOut(BaseModel):
    """All that was ever recorded and not corrected; `true_until` in the past says that it is over."""

    licence: str
    aliases: list[AliasOut]
    branches: list[BranchOut]
    associates: list[AssociateOut]
    sub_agents: list[SubAgentOut]
