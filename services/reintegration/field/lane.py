"""Turns for the parts of queues: so many at once, the rest told when to come again."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from kit.errors import UnavailableError
from services.reintegration.field import rules

_WEIGHT_OF_LAST: Final = 0.1


class Lane:
    """One per process. It remembers who was sent away lately, since these will come again, and how long a part takes."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(rules.PARTS_AT_ONCE)
        self._sent_away: deque[float] = deque()
        self._seconds_a_part = 1.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Raises `UnavailableError` with when to come again, after `PATIENCE_S` of waiting."""
        try:
            await asyncio.wait_for(self._turns.acquire(), rules.PATIENCE_S)
        except TimeoutError as error:
            raise UnavailableError(retry_after=self._come_again_s()) from error
        began = time.monotonic()
        try:
            yield
        finally:
            self._turns.release()
            self._seconds_a_part += _WEIGHT_OF_LAST * (time.monotonic() - began - self._seconds_a_part)

    def _come_again_s(self) -> int:
        now = time.monotonic()
        self._sent_away.append(now)
        while self._sent_away[0] < now - rules.COME_AGAIN_S:
            self._sent_away.popleft()
        return rules.come_again_s(len(self._sent_away), self._seconds_a_part)
