"""What a queue or a search narrows by."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from contracts.places import CountryCode
from contracts.text import Text
from kit.text import ONE_LINE, Phone
from services.complaints.rules import Category, Status
from services.complaints.schemas import ComplaintRow, In, Name, OfficeCode
from services.complaints.taxonomy import Kind


class Queue(StrEnum):
    """`to_check`: proposals that wait for this caller's second look. `incoming`: what another office asks the caller's to take over."""

    MINE = "mine"
    OFFICE = "office"
    UNASSIGNED = "unassigned"
    INCOMING = "incoming"
    TO_CHECK = "to_check"


class Narrowing(BaseModel):
    """Query of the list. With a queue: what is open, oldest first; without: everything one may see, newest first."""

    queue: Queue | None = None
    status: Status | None = None
    state: Category | None = None
    category: Annotated[str, Field(max_length=40)] | None = None
    kind: Kind | None = None
    country: CountryCode | None = None
    office: OfficeCode | None = None
    severity: Annotated[int, Field(ge=1, le=4)] | None = None


_NOTHING = Text("Say what to look for.", "কী খুঁজতে হবে লিখুন।")


class SearchIn(In):
    """All that is given must fit. A name is found in either script and in spellings that sound alike."""

    reference: Annotated[str, Field(min_length=1, max_length=40), ONE_LINE] | None = None
    phone: Phone | None = None
    name: Name | None = None
    licence: Annotated[str, Field(min_length=1, max_length=40), ONE_LINE] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.reference or self.phone or self.name or self.licence):
            raise ValueError(_NOTHING)
        return self


class FoundOut(BaseModel):
    """The newest fifty; `more`: there are others, say more to narrow."""

    items: list[ComplaintRow]
    more: bool
