"""Which web pages may call from a browser (Fetch standard §3.2): public data any of them, a partner's program those that it named."""

import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import Final

from gateway.problems import OriginUnknownError
from kit.calls import AwayError, RefusedCallError

Headers = list[tuple[bytes, bytes]]

KNOWN_FOR_S: Final = 10.0
_METHODS: Final = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_MAY_SEND: Final = b"Authorization, Content-Type, Accept-Language, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID"
_MAY_READ: Final = (
    b"ETag, Location, Link, Retry-After, RateLimit, RateLimit-Policy, Deprecation, Sunset, Idempotency-Replayed, X-Request-Id"
)
_REMEMBERED_S: Final = b"600"


def for_anybody() -> Headers:
    return [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", _MAY_READ)]


def for_program(origin: str, registered: Collection[str]) -> Headers:
    """Raises `OriginUnknownError`: a page that the program did not name has its token from somewhere else."""
    if origin not in registered:
        raise OriginUnknownError
    return [
        (b"access-control-allow-origin", origin.encode()),
        (b"access-control-expose-headers", _MAY_READ),
        (b"vary", b"Origin"),
    ]


class Preflights:
    """Answers a browser that asks before it sends. `ask` lists the origins of all programs; raises `AwayError`, `RefusedCallError`."""

    def __init__(self, ask: Callable[[], Awaitable[Collection[str]]], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._known: Collection[str] = ()
        self._until = float("-inf")

    async def answer(self, origin: str, *, is_open: bool) -> Headers:
        """`is_open`: what it asks about needs no token. Raises `OriginUnknownError`."""
        if is_open:
            allowed: Headers = [(b"access-control-allow-origin", b"*")]
        elif origin in await self._registered():
            allowed = [(b"access-control-allow-origin", origin.encode()), (b"vary", b"Origin")]
        else:
            raise OriginUnknownError
        return [
            *allowed,
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _MAY_SEND),
            (b"access-control-max-age", _REMEMBERED_S),
        ]

    async def _registered(self) -> Collection[str]:
        """What was known last where partners is away."""
        if self._clock() >= self._until:
            self._until = self._clock() + KNOWN_FOR_S
            with suppress(AwayError, RefusedCallError):
                self._known = frozenset(await self._ask())
        return self._known
