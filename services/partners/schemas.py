"""What goes in and out of the API of partners."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from contracts.framework.register import load
from contracts.text import Bilingual, Text
from kit.dated import Choice
from kit.text import ONE_LINE, PARAGRAPHS, Day
from services.partners.lists import LISTS, has
from services.partners.sharing import fields_of_purpose

# Without two hyphens in a row: they part code and name in the id of a client.
CODE: Final = r"^[a-z](-?[a-z0-9])+$"
_ACTIVITIES: Final = frozenset(one.id for one in load().activities)
_OF_LIST: Final = Text("Choose a code of the list at /v1/partners/lists.", "/v1/partners/lists তালিকা থেকে একটি কোড বেছে নিন।")
_NO_ACTIVITY: Final = Text("The framework has no activity of this number.", "কাঠামোতে এই নম্বরের কোনো কার্যক্রম নেই।")
_NOT_BEFORE: Final = Text("The last day is not before the first.", "শেষ তারিখ শুরুর তারিখের আগে হতে পারে না।")
_NOT_ITS_FIELD: Final = Text("A field belongs to none of the purposes.", "একটি তথ্য কোনো উদ্দেশ্যের মধ্যে পড়ে না।")
_WHY_NOT: Final = Text("Write why it is refused.", "কেন নামঞ্জুর হলো তা লিখুন।")


class CodeOf:
    """A code of a list."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self._choices = choices

    def __call__(self, code: str) -> str:
        if not has(self._choices, code):
            raise ValueError(_OF_LIST)
        return code


def _known_activity(number: str) -> str:
    if number not in _ACTIVITIES:
        raise ValueError(_NO_ACTIVITY)
    return number


Code = Annotated[str, Field(max_length=40)]
Kind = Annotated[Code, AfterValidator(CodeOf(LISTS.kinds))]
PurposeCode = Annotated[Code, AfterValidator(CodeOf(LISTS.purposes))]
ScopeCode = Annotated[Code, AfterValidator(CodeOf(LISTS.scopes))]
Reason = Annotated[Code, AfterValidator(CodeOf(LISTS.suspension_reasons))]
OrganisationCode = Annotated[str, Field(min_length=2, max_length=30, pattern=CODE, examples=["ngo-one"])]
ClientName = Annotated[str, Field(min_length=2, max_length=30, pattern=CODE, examples=["case-system"])]
Name = Annotated[str, Field(min_length=1, max_length=200), ONE_LINE]
Words = Annotated[str, Field(min_length=1, max_length=1000), PARAGRAPHS]
Email = Annotated[str, Field(max_length=200, pattern=r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$", examples=["systems@ngo-one.example"])]


class In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OrganisationIn(In):
    """`registration`: under which number it is registered, and with whom. `contact`: the mailbox of whoever keeps its systems."""

    code: OrganisationCode
    kind: Kind
    name_en: Name
    name_bn: Name
    registration: Name | None = None
    contact: Email


class DecisionIn(In):
    """`words`: what was looked at, or why not."""

    approved: bool
    words: Words | None = None

    @model_validator(mode="after")
    def _a_refusal_has_a_reason(self) -> Self:
        if not self.approved and self.words is None:
            raise ValueError(_WHY_NOT)
        return self


class SuspensionIn(In):
    reason: Reason
    words: Words | None = None


class WordsIn(In):
    words: Words


class StewardsIn(In):
    accounts: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=20)]


class TermsIn(In):
    """What an agreement lets through. The days are by the calendar of Dhaka, both inside."""

    purposes: Annotated[list[PurposeCode], Field(min_length=1, max_length=20)]
    fields: Annotated[list[Code], Field(min_length=1, max_length=100)]
    valid_from: Day
    valid_until: Day

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.valid_until < self.valid_from:
            raise ValueError(_NOT_BEFORE)
        if set(self.fields) - {field for code in self.purposes for field in fields_of_purpose(code)}:
            raise ValueError(_NOT_ITS_FIELD)
        return self


class AgreementIn(TermsIn):
    """`reference`: where the signed paper lies."""

    activities: Annotated[list[Annotated[str, AfterValidator(_known_activity)]], Field(max_length=20)] = []
    reference: Name


class ClientIn(In):
    name: ClientName
    scopes: Annotated[list[ScopeCode], Field(min_length=1, max_length=20)]


class ClientChangeIn(In):
    state: Literal["active", "paused", "suspended", "ended"] | None = None
    scopes: Annotated[list[ScopeCode], Field(min_length=1, max_length=20)] | None = None


class ChoiceOut(BaseModel):
    code: str
    name: Bilingual


class PurposeOut(ChoiceOut):
    addressed: bool
    events: list[str]
    fields: list[str]


class ScopeOut(ChoiceOut):
    needs: str | None


class WithdrawalOut(BaseModel):
    """Told to whoever was told before, whatever was agreed; within `due_days` they confirm with one of `outcomes`."""

    events: list[str]
    fields: list[str]
    due_days: int
    outcomes: list[ChoiceOut]
    ways: list[ChoiceOut]


class KeptOut(BaseModel):
    """Days for which an event can be had again, and what became of its sending can be seen."""

    feed_days: int
    deliveries_days: int


class RecordTypeOut(ChoiceOut):
    """A kind of record of which something may be given: an event's type, or what a referral tells of a person."""

    purpose: str
    fields: list[ChoiceOut]


class ListsOut(BaseModel):
    version: str
    longest_days: int
    kept: KeptOut
    kinds: list[ChoiceOut]
    purposes: list[PurposeOut]
    withdrawal: WithdrawalOut
    scopes: list[ScopeOut]
    suspension_reasons: list[ChoiceOut]
    records: list[RecordTypeOut]


class OrganisationRow(BaseModel):
    code: str
    version: int
    state: str
    kind: str
    name: Bilingual
    applied_at: datetime


class ActOut(BaseModel):
    """`about`: the organisation's code, an agreement's id, a client's, or a steward's account."""

    kind: str
    about: str
    reason: str | None
    words: str | None
    at: datetime


class OrganisationOut(OrganisationRow):
    registration: str | None
    contact: str
    stewards: list[str]
    decided_at: datetime | None
    acts: list[ActOut]


class AgreementOut(BaseModel):
    id: UUID
    version: int
    state: str
    in_force: bool
    purposes: list[str]
    fields: list[str]
    activities: list[str]
    reference: str
    valid_from: date
    valid_until: date
    proposed_at: datetime
    decided_at: datetime | None
    ended_at: datetime | None


class AgreementsOut(BaseModel):
    items: list[AgreementOut]


class ClientOut(BaseModel):
    """`per_minute`, `per_day`: a quota of its own; null where it has everybody's."""

    client_id: str
    version: int
    name: str
    state: str
    scopes: list[str]
    per_minute: int | None
    per_day: int | None
    origins: list[str]
    added_at: datetime


class ClientsOut(BaseModel):
    items: list[ClientOut]


class PurposeRightsOut(BaseModel):
    purpose: str
    fields: list[str]


class AgreedOut(BaseModel):
    """An agreement in force, for the service that judges a reading by it."""

    id: str
    purposes: list[str]
    fields: list[str]
    valid_from: date
    valid_until: date


class RightsOut(BaseModel):
    """What a client may do at this moment. Ask again soon: a suspension holds at once."""

    client_id: str
    organisation: str
    scopes: list[str]
    purposes: list[PurposeRightsOut]
    agreements: list[AgreedOut]
