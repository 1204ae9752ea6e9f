"""How much heavy work of one kind a process does at once, so that it leaves room for everybody else's."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from kit.errors import UnavailableError


@dataclass(slots=True)
class Lanes:
    """A dependency of a route: `number` of its requests run, others wait in order for `patience_s`, then are told when to come again.

    Declare it on the route (`Depends(lanes, scope="function")`), before the session: it is left after the transaction ended. Those who are
    turned away come back spread over `again_s` seconds, not all at once.
    """

    number: int
    patience_s: float
    again_s: int
    _free: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._free = asyncio.Semaphore(self.number)

    async def __call__(self) -> AsyncIterator[None]:
        """Raises `UnavailableError`."""
        try:
            async with asyncio.timeout(self.patience_s):
                await self._free.acquire()
        except TimeoutError as error:
            raise UnavailableError(retry_after=random.randint(1, self.again_s)) from error  # noqa: S311 - no secret
        try:
            yield
        finally:
            self._free.release()
