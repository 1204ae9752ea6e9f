"""What goes in and out of the API of duplicates, merges and collective complaints."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from contracts.places import CountryCode
from contracts.text import Bilingual, Text
from kit.reference import parse
from kit.text import ONE_LINE, PARAGRAPHS, Phone
from services.complaints.duplicates.lists import LISTS
from services.complaints.duplicates.rules import Verdict
from services.complaints.schemas import ComplaintOut, ComplaintRow, In, Name
from services.complaints.service import PREFIX

_NO_REASON = Text("Choose a reason of the list.", "তালিকা থেকে একটি কারণ বেছে নিন।")
_REASONS = frozenset(one.code for one in LISTS.verdict_reasons)


def _known(code: str) -> str:
    if code not in _REASONS:
        raise ValueError(_NO_REASON)
    return code


Reason = Annotated[str, Field(max_length=40), AfterValidator(_known)]
Note = Annotated[str, Field(max_length=2000), PARAGRAPHS]
Ref = Annotated[str, Field(max_length=40), AfterValidator(lambda text: parse(text, PREFIX))]


class LikelyIn(In):
    """What the desk has typed so far. All of it travels in the body: a number or a name stands in no address."""

    category: Annotated[str, Field(max_length=40)]
    country: CountryCode
    reporter_name: Name | None = None
    reporter_phone: Phone | None = None
    victim_name: Name | None = None
    victim_phone: Phone | None = None
    respondent_name: Name | None = None
    respondent_licence: Annotated[str, Field(min_length=1, max_length=40), ONE_LINE] | None = None


class MatchOut(BaseModel):
    complaint: ComplaintRow
    rule: str
    rule_words: Bilingual
    strength: Literal["likely", "possible"]


class LikelyOut(BaseModel):
    items: list[MatchOut]


class PairOut(BaseModel):
    id: UUID
    rule: str
    rule_words: Bilingual
    strength: str
    found_at: datetime
    verdict: Verdict | None
    one: ComplaintRow
    other: ComplaintRow


class SideBySideOut(BaseModel):
    """`differences`: names of the fields in which the two differ, as far as the caller is shown them."""

    id: UUID
    rule: str
    rule_words: Bilingual
    verdict: Verdict | None
    reason: str | None
    note: str | None
    one: ComplaintOut
    other: ComplaintOut
    differences: list[str]


class VerdictIn(In):
    """`into`: the reference that stays, where `same` shall merge them at once."""

    verdict: Verdict
    reason: Reason
    note: Note = ""
    into: Ref | None = None


class MergeIn(In):
    into: Ref
    reason: Reason = "same_person_same_matter"
    note: Note = ""


class UnmergeIn(In):
    note: Note


class MergedOut(BaseModel):
    reference: str
    merged_into: str | None
    restricted: bool
    version: int


class CollectiveIn(In):
    members: Annotated[list[Ref], Field(min_length=1, max_length=200)]
    note: Note = ""


class LeavingIn(In):
    member: Ref


class CollectiveOut(BaseModel):
    id: UUID
    lead: str
    members: list[str]


class LinksOut(BaseModel):
    """What this complaint is tied to, as far as the caller may see it. `merged_into`: the one that it is followed at."""

    reference: str
    version: int
    may_change: bool
    merged_into: str | None
    merged: list[str]
    lead: str | None
    members: list[str]
    appeal_of: str | None
    waiting_pairs: list[UUID]


class BurstOut(BaseModel):
    """Complaints against one respondent in the days asked for. `sample` is the latest of them."""

    licence: str | None
    name: str | None
    kind: str | None
    count: int
    categories: list[str]
    first_at: datetime
    last_at: datetime
    sample: str


class BurstsOut(BaseModel):
    days: int
    items: list[BurstOut]


class ReasonOut(BaseModel):
    code: str
    en: str
    bn: str


class DuplicateListsOut(BaseModel):
    version: str
    rules: list[ReasonOut]
    verdict_reasons: list[ReasonOut]
