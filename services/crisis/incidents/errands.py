"""Calls to other services that incidents owe: a row in the transaction that owes it, the call outside of any, again until it is answered.

The register opens and ends emergency access; reintegration is told who was brought home. Nothing personal is kept in the row.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from kit.calls import AwayError, Calls, RefusedCallError
from kit.crypto import Keyring
from kit.database import Sessions
from kit.pauses import growing_pause
from kit.pulse import Pulse, wait_for
from services.crisis.handover import service as handover
from services.crisis.incidents import clients, repository
from services.crisis.incidents.clients import Call
from services.crisis.incidents.models import Incident, IncidentErrand
from services.crisis.incidents.repository import END_ACCESS, OPEN_ACCESS
from services.crisis.warnings.rules import Sight

log = logging.getLogger(__name__)

CHANNEL: Final = "errand"
IDLE_S: Final = 10.0
LONGEST_PAUSE: Final = timedelta(minutes=10)


Prepare = Callable[[AsyncSession, Keyring, Incident, IncidentErrand], Awaitable[Call | None]]
Finish = Callable[[AsyncSession, IncidentErrand, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Kind:
    """`prepare` reads what is to be sent at that moment (None: nothing any more); `finish` notes the answer."""

    prepare: Prepare
    finish: Finish | None = None


async def _opening(session: AsyncSession, _: Keyring, incident: Incident, __: IncidentErrand) -> Call:
    return clients.opening(incident, await handover.standing_in(session, incident.country, datetime.now(UTC)))


async def _ending(_: AsyncSession, __: Keyring, incident: Incident, ___: IncidentErrand) -> Call:
    return clients.ending(incident.id)


KINDS: Final[dict[str, Kind]] = {OPEN_ACCESS: Kind(_opening), END_ACCESS: Kind(_ending)}


async def run(kinds: Mapping[str, Kind], state: Mapping[str, Any]) -> None:
    """Runs until cancelled; any number of replicas."""
    pulse: Pulse = state["errands"]
    while True:
        beat = pulse.next_beat
        while await run_next(kinds, state["sessions"], state["keyring"], state["calls"]):
            pass
        await wait_for(beat, IDLE_S)


async def run_next(kinds: Mapping[str, Kind], sessions: Sessions, keyring: Keyring, calls: Calls) -> bool:
    """Whether there was one to run, well or not."""
    async with sessions.begin() as session:
        errand = await repository.claim_errand(session, datetime.now(UTC), tuple(kinds))
        if errand is None:
            return False
        incident = await repository.find(session, errand.incident_id, Sight(everything=True))
        call = await kinds[errand.kind].prepare(session, keyring, incident, errand) if incident else None
    try:
        answer = await calls.post(call.service, call.path, call.body, key=f"errand-{errand.id}") if call else None
    except (AwayError, RefusedCallError) as error:
        await _put_off(sessions, errand, error)
        return True
    async with sessions.begin() as session:
        if (finish := kinds[errand.kind].finish) is not None and call is not None:
            await finish(session, errand, answer)
        await repository.end_errand(session, errand.id, {"done_at": datetime.now(UTC), "error": None})
    return True


async def _put_off(sessions: Sessions, errand: IncidentErrand, error: Exception) -> None:
    pause = growing_pause(errand.attempts, LONGEST_PAUSE)
    said = error.kind if isinstance(error, RefusedCallError) and error.kind else type(error).__name__
    log.warning("errand %s of kind %s failed: %s; again in %d s", errand.id, errand.kind, said, pause.total_seconds())
    async with sessions.begin() as session:
        values = {"attempts": errand.attempts + 1, "error": said, "next_try": datetime.now(UTC) + pause}
        await repository.end_errand(session, errand.id, values)
