"""What was told, and what became of each sending, is not kept for ever. Which records nothing more is told of is: it is what holds."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from kit.database import Sessions
from services.partners.kept import repository
from services.partners.lists import LISTS

EVERY_S: Final = 6 * 3600


async def forget_what_is_over(state: Mapping[str, Any]) -> None:
    """As long as the process, beside any number of replicas."""
    while True:
        await sweep(state["sessions"])
        await asyncio.sleep(EVERY_S)


async def sweep(sessions: Sessions) -> None:
    """In small transactions. Deliveries first: an event stays as long as one of its deliveries waits."""
    for what, days in (("deliveries", LISTS.kept.deliveries_days), ("events", LISTS.kept.feed_days)):
        gone = repository.BATCH
        while gone == repository.BATCH:
            async with sessions.begin() as session:
                gone = await repository.forget(session, what, days)
