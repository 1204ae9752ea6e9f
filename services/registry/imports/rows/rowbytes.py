"""Rows of PostgreSQL's binary COPY (its documentation, *COPY*, "Binary Format"), made where the sealing is done.

The client library would encode a million rows in the one process that also talks to the server; so each worker makes its own.
"""

import struct
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

BEGIN: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END: Final = b"\xff\xff"
NULL: Final = b"\xff\xff\xff\xff"
TRUE: Final = b"\0\0\0\x01\x01"
FALSE: Final = b"\0\0\0\x01\0"
_LENGTH: Final = struct.Struct(">i")
_SHORT: Final = struct.Struct(">ih")
_INTEGER: Final = struct.Struct(">ii")
_LONG: Final = struct.Struct(">iq")
_FIELDS: Final = struct.Struct(">h")
_DIGEST: Final = _LENGTH.pack(32)
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECONDS: Final = 1_000_000


def head(fields: int) -> bytes:
    return _FIELDS.pack(fields)


def octets(value: bytes | None) -> bytes:
    return NULL if value is None else _LENGTH.pack(len(value)) + value


def text(value: str | None) -> bytes:
    return NULL if value is None else octets(value.encode())


@lru_cache(20_000)
def code(value: str | None) -> bytes:
    """`text` of what many rows say."""
    return text(value)


def digest(value: bytes) -> bytes:
    """`octets` of 32 bytes."""
    return _DIGEST + value


@lru_cache(20_000)
def short(value: int | None) -> bytes:
    return NULL if value is None else _SHORT.pack(2, value)


def integer(value: int | None) -> bytes:
    return NULL if value is None else _INTEGER.pack(4, value)


def boolean(value: bool | None) -> bytes:  # noqa: FBT001 - it is the value
    return NULL if value is None else TRUE if value else FALSE


def moment(value: datetime | None) -> bytes:
    """`timestamptz`: microseconds since 2000."""
    return NULL if value is None else _LONG.pack(8, round((value - _EPOCH).total_seconds() * _MICROSECONDS))


def json(value: str) -> bytes:
    """`jsonb`, version 1."""
    return octets(b"\x01" + value.encode())


def whole(rows: list[bytes]) -> bytes:
    return b"".join((BEGIN, *rows, END))
