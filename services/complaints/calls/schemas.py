"""What goes in and out about calls."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from contracts.places import CountryCode
from contracts.text import Bilingual, Text
from kit.text import ONE_LINE, PARAGRAPHS
from services.complaints.calls.rules import Disposition, EventKind, State
from services.complaints.schemas import ComplaintIn

OLDEST: Final = timedelta(days=7)
AHEAD: Final = timedelta(minutes=5)
MOST_FIELDS: Final = 80
_TOO_OLD: Final = Text(
    "An event may be at most 7 days old, and not in the future: look at the exchange's clock.",
    "ঘটনাটি সর্বোচ্চ ৭ দিন আগের হতে পারে, ভবিষ্যতের নয়: এক্সচেঞ্জের ঘড়ি দেখুন।",
)
_NO_TWO: Final = Text("The later time comes before the earlier one.", "শেষ সময়টি শুরুর সময়ের আগে।")


class In(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _of_these_days(at: datetime) -> datetime:
    now = datetime.now(UTC)
    if not now - OLDEST <= at <= now + AHEAD:
        raise ValueError(_TOO_OLD)
    return at


class CallEventIn(In):
    """What an exchange tells. `number` as it came, null or `anonymous` where it was withheld; `agent` is the extension that answered.

    The same call and event again changes nothing; events may come in any order.
    """

    call: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[\x21-\x7e]+$")]
    event: EventKind
    at: Annotated[AwareDatetime, AfterValidator(_of_these_days)]
    number: Annotated[str, Field(max_length=120), ONE_LINE] | None = None
    direction: Literal["in", "out"] = "in"
    agent: Annotated[str, Field(max_length=20), ONE_LINE] | None = None


class EventTaken(BaseModel):
    id: UUID
    state: State
    repeated: bool


class HandCallIn(In):
    """A call that the exchange did not tell of, typed by the agent who has it on the line."""

    number: Annotated[str, Field(max_length=40), ONE_LINE] = ""
    direction: Literal["in", "out"] = "in"


class PromiseIn(In):
    """A call that the agent promised."""

    not_before: AwareDatetime
    not_after: AwareDatetime
    note: Annotated[str, Field(max_length=1000), PARAGRAPHS] = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.not_after < self.not_before:
            raise ValueError(_NO_TWO)
        return self


class FinishIn(In):
    """How a call ended. `complaint` for a new one, `reference` for an earlier one; `note` is kept with that one, sealed."""

    disposition: Disposition
    caller_safe: bool | None = None
    wants_woman: bool = False
    language: Literal["bn", "en"] = "bn"
    country: CountryCode | None = None
    complaint: ComplaintIn | None = None
    reference: Annotated[str, Field(max_length=40), ONE_LINE] | None = None
    note: Annotated[str, Field(max_length=20_000), PARAGRAPHS] = ""
    articles: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=10)] = []
    promise: PromiseIn | None = None


class FinishedOut(BaseModel):
    """`reference` and `next_step` are read aloud: nothing personal is in them."""

    id: UUID
    disposition: Disposition
    disposition_label: Bilingual
    reference: str | None
    next_step: Bilingual | None
    callback: UUID | None


class DraftIn(In):
    """The page's fields as they stand, by name."""

    fields: Annotated[
        dict[Annotated[str, Field(max_length=60)], Annotated[list[Annotated[str, Field(max_length=30_000)]], Field(max_length=20)]],
        Field(max_length=MOST_FIELDS),
    ]


class DraftOut(BaseModel):
    """`mine`: the reader wrote it last."""

    version: int
    fields: dict[str, list[str]]
    saved_at: datetime
    mine: bool


class DraftSaved(BaseModel):
    version: int
    saved_at: datetime


class CallRow(BaseModel):
    """One line of a list or a board: of the number its end only."""

    id: UUID
    version: int
    state: State
    source: Literal["exchange", "hand"]
    direction: Literal["in", "out"]
    number_masked: str | None
    number_country: str | None
    opened_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    waited_s: int
    talked_s: int
    wants_woman: bool
    mine: bool
    held: bool
    agent_name: str | None
    disposition: Disposition | None
    disposition_label: Bilingual | None
    may_take: bool
    reviewed: bool


class EarlierCall(BaseModel):
    opened_at: datetime
    state: State
    disposition_label: Bilingual | None


class KnownComplaint(BaseModel):
    """What an agent reads at a glance while the telephone rings."""

    reference: str
    category: str
    category_name: Bilingual
    status_label: Bilingual
    is_open: bool
    country: str
    lodged_at: datetime
    may_call: bool | None
    contact_note: str | None


class Pop(BaseModel):
    """What is known of a number, as far as this reader may see it. `ask_supervisor`: there is a case that is not theirs to see."""

    withheld: bool
    calls: list[EarlierCall]
    complaints: list[KnownComplaint]
    ask_supervisor: bool
    do_not_call: bool
    wants_woman: bool
    language: str | None
    callback: UUID | None


class CallOut(CallRow):
    number: str | None
    language: str
    caller_safe: bool | None
    country: str | None
    note: str | None
    references: list[str]
    articles: list[str]
    pop: Pop | None
    draft: DraftOut | None


class Choice(BaseModel):
    code: str
    words: Bilingual


class Dispositions(BaseModel):
    """What the desk's page offers: endings, outcomes of a try, the script for danger, the items of a review."""

    dispositions: list[Choice]
    outcomes: list[Choice]
    script: list[Bilingual]
    review_version: str
    review_illustrative: bool
    review_items: list[Choice]
    marks: list[Choice]
