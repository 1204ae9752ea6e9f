"""Public answers kept for as long as their service allows, and a tag on each public answer, so that nobody is sent what they have.

Only what anybody may read without a token, and kept only where the service says `public, max-age`.
"""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cachetools import TLRUCache

Headers = list[tuple[bytes, bytes]]
Key = tuple[bytes, str | None, str | None, str | None]

_PUBLIC: Final = re.compile(rb"\bpublic\b")
_MAX_AGE: Final = re.compile(rb"\bmax-age=(\d{1,7})\b")
# What may choose between two answers of one address. One that varies by anything else is not kept.
_CHOOSE: Final = (b"accept", b"accept-language", b"accept-encoding")
_TAG_LENGTH: Final = 24
# RFC 9110 §15.4.5: what a 304 tells again.
_WITH_304: Final = frozenset({
    b"cache-control", b"content-location", b"date", b"etag", b"expires", b"vary", b"age", b"x-content-type-options",
    b"strict-transport-security",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole 200 answer, and when it came."""

    headers: Headers
    body: bytes
    since: float
    lasts: int

    def size(self) -> int:
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


class Cache:
    """`size`: bytes of all answers together; the one not asked for longest goes first. `clock` counts seconds."""

    def __init__(self, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: TLRUCache[Key, Answer] = TLRUCache(
            size, ttu=lambda _, one, now: now + one.lasts, timer=clock, getsizeof=lambda one: one.size()
        )

    def get(self, target: bytes, asked: Mapping[bytes, str]) -> tuple[Headers, bytes] | None:
        """Of the address as sent, with its query."""
        kept = self._held.get(_key(target, asked))
        if kept is None:
            return None
        return [*kept.headers, (b"age", str(int(self._clock() - kept.since)).encode())], kept.body

    def keep(self, target: bytes, asked: Mapping[bytes, str], headers: Headers, body: bytes) -> None:
        """Does nothing with what its service does not call public, what sets a cookie, or what is larger than all."""
        lasts = lasting(headers)
        kept = Answer(headers, body, self._clock(), lasts)
        if lasts and kept.size() <= self._held.maxsize:
            self._held[_key(target, asked)] = kept


def _key(target: bytes, asked: Mapping[bytes, str]) -> Key:
    return (target, asked.get(b"accept"), asked.get(b"accept-language"), asked.get(b"accept-encoding"))


def lasting(headers: Headers) -> int:
    """Seconds that an answer may be kept, 0 for one that may not."""
    said: dict[bytes, bytes] = {}
    for name, value in headers:
        said[name] = said[name] + b", " + value if name in said else value
    control, varies = said.get(b"cache-control", b""), said.get(b"vary", b"").lower()
    age = _MAX_AGE.search(control)
    names = {name.strip() for name in varies.split(b",") if name.strip()}
    if age is None or not _PUBLIC.search(control) or b"set-cookie" in said or not names <= set(_CHOOSE):
        return 0
    return int(age[1])


def tagged(headers: Headers, body: bytes) -> tuple[Headers, bytes | None]:
    """A public answer with the tag by which it may be left out, None for one that is not.

    A tag of the service counts where it lets others keep the answer: elsewhere it is the version of a record, and the answer says more.
    """
    said = dict(headers)
    if not _PUBLIC.search(said.get(b"cache-control", b"")):
        return headers, None
    if b"etag" in said:
        return headers, said[b"etag"] if lasting(headers) else None
    tag = f'"{hashlib.sha256(body).hexdigest()[:_TAG_LENGTH]}"'.encode()
    return [*headers, (b"etag", tag)], tag


def is_known(tag: bytes | None, if_none_match: str | None) -> bool:
    """Weak comparison (RFC 9110 §13.1.2): the caller has this answer already."""
    if tag is None or if_none_match is None:
        return False
    known = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return "*" in known or tag.decode("latin-1").removeprefix("W/") in known


def not_modified(headers: Headers) -> Headers:
    return [(name, value) for name, value in headers if name in _WITH_304]
