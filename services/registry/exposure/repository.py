"""Statements of exposure. What is read comes as one value, what is written goes as COPY in PostgreSQL's binary form: no row is an object.

Measured over 1,000,000 persons of one country: see the README.
"""

import struct
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import numpy as np
from sqlalchemy import CHAR, bindparam, func, select, text, tuple_
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.registry.exposure.models import Exposure, ExposurePage
from services.registry.exposure.rules import NOT_MEASURED, Box, Class, Columns, People, Places

PER_PAGE: Final = 1000
_EPOCH_2000: Final = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL: Final = struct.pack(">h", -1)
_UUID_OID, _INT2_OID, _INT4_OID = 2950, 21, 23
# One place in `national_place.packed`, in network order.
_PLACE: Final = np.dtype(
    [
        *[("high", ">u8"), ("low", ">u8"), ("kind", ">i2"), ("flags", ">i2")],
        *[("lon", ">f8"), ("lat", ">f8"), ("accuracy", ">i4"), ("at", ">i8")],
    ]
)
_READ: Final = "select string_agg(packed, '') from national_place where is_current and is_abroad and {drill} and {where}"


async def lock_question(session: AsyncSession, alert: UUID, version: int) -> None:
    """Two who ask for the same at once: the second waits, and finds the answer of the first."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"exposure {alert} {version}", 0))))


async def find(session: AsyncSession, alert: UUID, version: int, *, is_drill: bool) -> Exposure | None:
    asked = select(Exposure).where(col(Exposure.alert) == alert, col(Exposure.version) == version, col(Exposure.is_drill).is_(is_drill))
    return (await session.execute(asked)).scalar_one_or_none()


async def find_by_id(session: AsyncSession, exposure_id: UUID) -> Exposure | None:
    return (await session.execute(select(Exposure).where(col(Exposure.id) == exposure_id))).scalar_one_or_none()


async def read_places(session: AsyncSession, countries: Sequence[str], boxes: Sequence[Box], now: datetime, *, is_drill: bool) -> Places:
    """Every current place in these countries, and every point within these boxes whatever country was said.

    Bitmap scans on national_place_country and national_place_box; of most of a table PostgreSQL reads it whole. One answer holds at most
    a gigabyte, which is twenty million places.
    """
    drill = "drill_member" if is_drill else "true"
    listed = "country = any(:countries)"
    here = await _packed(session, _READ.format(drill=drill, where=listed), countries)
    within = " or ".join(f"lat between {south} and {north} and lon between {west} and {east}" for west, south, east, north in boxes)
    aside = await _packed(session, _READ.format(drill=drill, where=f"({within}) and not ({listed})"), countries) if boxes else here[:0]
    rows = np.concatenate([here, aside])
    now_us = (now - _EPOCH_2000).total_seconds() * 1e6
    return Places(
        rows["high"].astype(np.uint64),
        rows["low"].astype(np.uint64),
        rows["kind"].astype(np.int64),
        rows["flags"].astype(np.int16),
        rows["lon"].astype(np.float64),
        rows["lat"].astype(np.float64),
        rows["accuracy"].astype(np.float64),
        (now_us - rows["at"].astype(np.float64)) / 1e6,
        np.arange(len(rows)) < len(here),
    )


async def _packed(session: AsyncSession, query: str, countries: Sequence[str]) -> Columns:
    """`query` holds our own words and numbers only."""
    found = await session.scalar(text(query).bindparams(bindparam("countries", type_=ARRAY(CHAR(2)))), {"countries": [*countries]})
    return np.frombuffer(found or b"", _PLACE)


async def add(session: AsyncSession, exposure: dict[str, Any], people: People) -> None:
    await session.execute(plain_insert(Exposure), exposure)
    if len(people.rank):
        connection = await _driver(session)

        async def pages() -> AsyncIterator[bytes]:
            yield _HEAD
            for one in _pages(exposure["id"], people, is_drill=exposure["is_drill"]):
                yield one
            yield _TAIL

        columns = ["exposure_id", "class", "number", "is_drill", "people", "reasons", "distances"]
        await connection.copy_to_table("exposure_page", source=pages(), format="binary", columns=columns, timeout=60)


def _pages(exposure_id: UUID, people: People, *, is_drill: bool) -> Iterator[bytes]:
    for one in Class:
        begin, end = np.searchsorted(people.rank, [int(one), int(one) + 1])
        for number, start in enumerate(range(int(begin), int(end), PER_PAGE)):
            part = slice(start, min(start + PER_PAGE, int(end)))
            head = struct.pack(">hi16sihiii?", 7, 16, exposure_id.bytes, 2, int(one), 4, number, 1, is_drill)
            yield (
                head
                + _uuids(people.person_high[part], people.person_low[part])
                + _numbers(people.reason[part], ">i2", _INT2_OID)
                + _numbers(people.distance_m[part], ">i4", _INT4_OID)
            )


def _uuids(high: Columns, low: Columns) -> bytes:
    cells = np.zeros(len(high), [("size", ">i4"), ("high", ">u8"), ("low", ">u8")])
    cells["size"], cells["high"], cells["low"] = 16, high, low
    return _array(cells, _UUID_OID)


def _numbers(values: Columns, kind: str, oid: int) -> bytes:
    cells = np.zeros(len(values), [("size", ">i4"), ("value", kind)])
    cells["size"], cells["value"] = np.dtype(kind).itemsize, values
    return _array(cells, oid)


def _array(cells: Columns, oid: int) -> bytes:
    """One dimension, no nulls, from 1, as `array_send` writes it."""
    body = struct.pack(">iiiii", 1, 0, oid, len(cells), 1) + cells.tobytes()
    return struct.pack(">i", len(body)) + body


async def page_from(session: AsyncSession, exposure_id: UUID, classes: Sequence[Class], start: tuple[int, int]) -> ExposurePage | None:
    """The first page of these classes from (class, number) on; primary key order."""
    place = (col(ExposurePage.rank), col(ExposurePage.number))
    rows = select(ExposurePage).where(
        col(ExposurePage.exposure_id) == exposure_id,
        col(ExposurePage.rank).in_([int(one) for one in classes]),
        tuple_(*place) >= tuple_(*start),
    )
    return (await session.execute(rows.order_by(*place).limit(1))).scalar_one_or_none()


def persons_of(page: ExposurePage, begin: int, end: int) -> list[tuple[UUID, int, int, int | None]]:
    """Person, class, reason and distance of a part of a page."""
    cut = slice(begin, end)
    return [
        (person, page.rank, reason, None if distance == NOT_MEASURED else distance)
        for person, reason, distance in zip(page.people[cut], page.reasons[cut], page.distances[cut], strict=True)
    ]


async def _driver(session: AsyncSession) -> asyncpg.Connection:
    """The connection of this transaction, for COPY, which SQLAlchemy has no word for."""
    raw = await (await session.connection()).get_raw_connection()
    connection = raw.driver_connection
    if connection is None:
        raise RuntimeError("the session has no connection")
    return connection
