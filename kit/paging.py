"""Lists by cursor: a page goes on after the last row shown (time, id), so that new rows neither repeat nor hide one."""

import base64
import binascii
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Generic, NamedTuple, TypeVar, TypeVarTuple
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import AfterValidator, BaseModel
from sqlalchemy import ColumnElement, DateTime, Select, Uuid, literal, tuple_
from sqlalchemy.orm import Mapped

from contracts.text import Text

T = TypeVar("T")
R = TypeVar("R")
Columns = TypeVarTuple("Columns")

Timed = ColumnElement[datetime] | Mapped[datetime]
Identified = ColumnElement[UUID] | Mapped[UUID]

MOST: Final = 200
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_FORM: Final = struct.Struct(">q16s")
_BAD_CURSOR: Final = Text(
    "This cursor is not one of ours: take `next` from the page before.",
    "এই কার্সরটি আমাদের নয়: আগের পাতার `next` ঠিকানাটি ব্যবহার করুন।",
)


class Position(NamedTuple):
    """Where a row stands in a list: `at` to the microsecond (UTC), then `id`."""

    at: datetime
    id: UUID


class Page(BaseModel, Generic[T]):
    """`next` is the address of the page that follows, null on the last one."""

    items: list[T]
    next: str | None


def encode(position: Position) -> str:
    return base64.urlsafe_b64encode(_FORM.pack((position.at - _EPOCH) // _MICROSECOND, position.id.bytes)).decode()


def decode(cursor: str) -> Position:
    """Raises `ValueError(Text)`. Not signed: a forged cursor only begins the reader's own list elsewhere."""
    try:
        microseconds, identity = _FORM.unpack(base64.b64decode(cursor, altchars=b"-_", validate=True))
        return Position(_EPOCH + timedelta(microseconds=microseconds), UUID(bytes=identity))
    except (binascii.Error, struct.error, ValueError, OverflowError) as error:
        raise ValueError(_BAD_CURSOR) from error


def _readable(cursor: str) -> str:
    decode(cursor)
    return cursor


@dataclass(frozen=True)
class Paging:
    """What a reader asked for. Order, bound and limit come from `of`; `page` cuts the one row more that tells whether a page follows."""

    request: Request
    limit: int
    after: Position | None

    def of(self, rows: Select[*Columns], at: Timed, identity: Identified, *, newest_first: bool = True) -> Select[*Columns]:
        place = tuple_(at, identity)
        if self.after is not None:
            bound = tuple_(literal(self.after.at, DateTime(timezone=True)), literal(self.after.id, Uuid()))
            rows = rows.where(place < bound if newest_first else place > bound)
        order = (at.desc(), identity.desc()) if newest_first else (at.asc(), identity.asc())
        return rows.order_by(*order).limit(self.limit + 1)

    def page(self, rows: Sequence[R], position: Callable[[R], Position], item: Callable[[R], T]) -> Page[T]:
        shown = rows[: self.limit]
        return Page(items=[item(row) for row in shown], next=self._address(position(shown[-1])) if len(rows) > self.limit else None)

    def _address(self, last: Position) -> str:
        url = self.request.url.include_query_params(cursor=encode(last))
        return f"{url.path}?{url.query}"


async def _paging(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    cursor: Annotated[Annotated[str, AfterValidator(_readable)] | None, Query(max_length=64)] = None,
) -> Paging:
    return Paging(request, limit, decode(cursor) if cursor else None)


PagingDep = Annotated[Paging, Depends(_paging)]
