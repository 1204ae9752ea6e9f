"""What goes in and out of the contact part of the API."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from contracts.text import Bilingual, Text
from services.complaints.contact.lists import TEMPLATES
from services.complaints.schemas import In

_NO_TEMPLATE: Final = Text("There is no such text.", "এমন কোনো বার্তা নেই।")
# Needs a secret that is shown once, at another place.
_NOT_BY_HAND: Final = frozenset({"received"})


def _known_template(name: str) -> str:
    if name not in TEMPLATES.templates or name in _NOT_BY_HAND:
        raise ValueError(_NO_TEMPLATE)
    return name


class MessageIn(In):
    template: Annotated[str, Field(max_length=40), AfterValidator(_known_template)]


class MessageOut(BaseModel):
    """A text and what became of it. `due`: when it may go, by the person's hours. `words` are empty until it was sent."""

    id: UUID
    at: datetime
    by: str
    template: str
    channel: str
    status: str
    status_label: Bilingual
    reason: str | None
    due: datetime
    words: str | None
    settled_at: datetime | None


class MessagesOut(BaseModel):
    items: list[MessageOut]
