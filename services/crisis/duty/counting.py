"""The loop that counts chains of warnings for the wing's page, and tells of it when a figure is another than before.

Found by looking, so that nothing is lost with a process. A chain that is at work is counted again soon, but never so that counting takes
more than a tenth of the time; a quiet one now and then. Any number of replicas: one of them counts a chain at a time.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from kit.database import Sessions
from kit.pulse import Pulse, wait_for
from services.crisis.duty import repository
from services.crisis.duty.models import DutyCount
from services.crisis.outreach.lists import REACH
from services.crisis.warnings import repository as warnings
from services.crisis.warnings.rules import REACHED

CHANNEL: Final = "duty"
SOON_S: Final = 2.0
BREATH_S: Final = 0.3
QUIET_S: Final = 30.0
# Deliveries and answers still come when a message holds no longer; links end after `links_days`, officers hear of people later still.
LOOKS_BACK: Final = timedelta(days=REACH.links_days + 30)


async def count_for_all(state: Mapping[str, Any]) -> None:
    """Runs until cancelled; woken by answers and by what goes out."""
    sessions: Sessions = state["sessions"]
    pulse: Pulse = state["duty"]
    woken_at = datetime.now(UTC)
    while True:
        beat = pulse.next_beat
        chains = await count_what_is_due(sessions, woken_at)
        await asyncio.sleep(BREATH_S)
        await wait_for(beat, SOON_S if chains else QUIET_S)
        if beat.is_set():
            woken_at = datetime.now(UTC)


def is_due(known: DutyCount | None, woken_at: datetime, now: datetime) -> bool:
    """Soon where something was heard or the figures moved since the last time; where neither, now and then: a delivery wakes nobody."""
    if known is None:
        return True
    least = timedelta(seconds=max(SOON_S, known.took_ms / 100))
    moved = known.counted_at - known.changed_at < timedelta(seconds=QUIET_S)
    return now - known.counted_at >= (least if moved or woken_at >= known.counted_at else max(least, timedelta(seconds=QUIET_S)))


async def count_what_is_due(sessions: Sessions, woken_at: datetime) -> int:
    """How many chains there are. The first of a warning wakes the loop."""
    now = datetime.now(UTC)
    async with sessions.begin() as session:
        chains = await repository.list_chains(session, now - LOOKS_BACK)
    for root, is_drill, known in chains:
        if is_due(known, woken_at, now):
            await count(sessions, UUID(str(root)), is_drill=is_drill)
    return len(chains)


async def count(sessions: Sessions, root: UUID, *, is_drill: bool) -> None:
    """Figures and the word that they changed are committed together."""
    async with sessions.begin() as session:
        if not await repository.counts_alone(session, root):
            return
        known = await repository.find_count(session, root)
        now, began = datetime.now(UTC), time.perf_counter()
        by_country = {country: asdict(one) for country, one in (await repository.count(session, root)).items()}
        took = round((time.perf_counter() - began) * 1000)
        is_other = by_country != (known.figures if known else {})
        changed = now if known is None or is_other else known.changed_at
        values = {"root": root, "is_drill": is_drill, "figures": by_country, "counted_at": now, "changed_at": changed, "took_ms": took}
        await repository.keep_count(session, values)
        if is_other:
            alerts = await repository.alerts_of_chain(session, root)
            await warnings.one_at_a_time(session)
            for alert in alerts:
                await warnings.add_change(session, alert, REACHED)
