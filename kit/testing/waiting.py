"""Waiting for what other processes do: asks again until it holds, and says what it last saw when it does not."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(read: Callable[[], Awaitable[object]], expected: object, *, within: float = 240.0) -> None:
    """`within` is a bound against hanging, not a measurement."""
    end = time.monotonic() + within
    while (seen := await read()) != expected:
        if time.monotonic() > end:
            raise AssertionError(f"expected {expected!r}, last saw {seen!r}")
        await asyncio.sleep(0.05)
