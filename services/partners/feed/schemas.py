"""What goes in and out of the feed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from contracts.text import Text

_BAD_CURSOR: Final = Text(
    "This is no place in the feed: send `after` of the page before, or the id of an event that you were given.",
    "এটি ফিডের কোনো স্থান নয়: আগের পাতার `after` মান অথবা আপনার পাওয়া কোনো ঘটনার id পাঠান।",
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A number of the feed, or the event that stands there."""

    position: int = 0
    event_id: UUID | None = None


def cursor(text: str) -> Cursor:
    """Raises `ValueError(Text)`."""
    if text.isascii() and text.isdecimal() and len(text) <= 18:  # noqa: PLR2004 - digits of the largest number of a feed
        return Cursor(position=int(text))
    try:
        return Cursor(event_id=UUID(text))
    except ValueError as error:
        raise ValueError(_BAD_CURSOR) from error


def _is_cursor(text: str) -> str:
    cursor(text)
    return text


After = Annotated[str, AfterValidator(_is_cursor), Field(max_length=36)]


@dataclass(frozen=True, slots=True)
class Slice:
    """`last`: the number up to which was read."""

    bodies: list[bytes]
    last: int
    has_more: bool


class EventOut(BaseModel):
    """A CloudEvent 1.0. `subject` is the record, `sequence` its version; `data` holds what the agreement names of it."""

    specversion: str
    id: UUID
    source: str
    type: str
    subject: UUID
    time: datetime
    datacontenttype: str
    dataschema: str
    sequence: int
    data: dict[str, Any]


class FeedOut(BaseModel):
    """`after` is where to go on from, later too; `next` is an address where more is there already."""

    items: list[EventOut]
    after: str
    next: str | None
