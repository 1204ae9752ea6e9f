"""What goes in and out of the API of a counter."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel

from contracts.places import DistrictCode
from contracts.text import Bilingual, Text
from kit.dated import Choice
from services.reintegration.counter.lists import COUNTER
from services.reintegration.lists import has
from services.reintegration.schemas import ChoiceOut, Code, In

_NOT_LISTED: Final = Text(
    "Choose a code of the list at /v1/returnees/counter/lists.", "/v1/returnees/counter/lists তালিকা থেকে একটি বেছে নিন।"
)


def _of(choices: Sequence[Choice]) -> Callable[[str], str]:
    def check(code: str) -> str:
        if not has(choices, code):
            raise ValueError(_NOT_LISTED)
        return code

    return check


class TicketIn(In):
    """`district`: whose counter; needed by whoever has not exactly one."""

    purpose: Annotated[Code, AfterValidator(_of(COUNTER.purposes))]
    district: DistrictCode | None = None


class TicketOut(BaseModel):
    id: UUID
    number: int
    district: str
    purpose: ChoiceOut
    taken_at: datetime
    called_at: datetime | None
    left_at: datetime | None


class ToldIn(In):
    """That something was explained. Nothing says to whom."""

    topic: Annotated[Code, AfterValidator(_of(COUNTER.topics))]
    district: DistrictCode | None = None


class ToldOut(ChoiceOut):
    """How often today."""

    count: int


class CoverOut(BaseModel):
    """A neighbour's desk that this one stands in for, until that day."""

    district: str
    until: date
    reason: Bilingual


class CounterListsOut(BaseModel):
    version: str
    purposes: list[ChoiceOut]
    topics: list[ChoiceOut]


class WaitingRow(BaseModel):
    """Somebody whose word or a second officer's is awaited: a referral to be confirmed, a closing to be approved."""

    kind: Literal["confirm", "closing"]
    returnee_reference: str
    name: str
    name_bn: str | None
    district: str
    since: datetime
    mine: bool


class WaitingOut(BaseModel):
    """Who waits longest first; `more` where there are more than shown. `mine`: I gave it away, and another must act on a closing."""

    items: list[WaitingRow]
    more: bool


class TodayOut(BaseModel):
    """A counter today. Minutes are whole; `usual` is the median wait of those who were called, null before the first."""

    day: date
    district: str
    waiting: list[TicketOut]
    longest_minutes: int | None
    usual_minutes: int | None
    called: int
    left: int
    told: list[ToldOut]
    covers: list[CoverOut]
