"""Reintegration is told who was brought home once a leg has arrived: as the service itself, up to 500 people a call, until all are told."""

import json
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.crypto import Keyring
from services.crisis.evacuation.legs import clients, repository
from services.crisis.evacuation.legs.clients import AT_ONCE
from services.crisis.evacuation.legs.service import HAND_OVER, told
from services.crisis.evacuation.models import Evacuee
from services.crisis.evacuation.schemas import LISTS
from services.crisis.evacuation.service import DATA
from services.crisis.incidents import repository as incidents
from services.crisis.incidents.clients import Call
from services.crisis.incidents.errands import Kind
from services.crisis.incidents.models import Incident, IncidentErrand


async def _waiting(session: AsyncSession, leg_id: UUID) -> list[Evacuee]:
    seated = await repository.live_on(session, leg_id, ("used",))
    return [one for _, one in seated if one.arrived_at is not None and one.told_at is None and one.data is not None][:AT_ONCE]


async def _prepare(session: AsyncSession, keyring: Keyring, incident: Incident, errand: IncidentErrand) -> Call | None:
    """Who it is is read when it is sent: in between nothing of it lies anywhere but sealed."""
    people = await _waiting(session, errand.record)
    if not people or incident.is_drill:
        return None
    return clients.arrivals([_row(one, keyring, incident) for one in people])


def _row(one: Evacuee, keyring: Keyring, incident: Incident) -> dict[str, Any]:
    data = json.loads(keyring.open(one.data or b"", DATA))
    flags = sorted({flag for code in one.reasons if (flag := LISTS.reason(code).flag)})
    return told(one, data, incident, flags)


async def _finish(session: AsyncSession, errand: IncidentErrand, answer: Any) -> None:
    """Rows are judged one by one, in the order in which they were sent; one that was refused is listed with the leg's discrepancies."""
    now, people = datetime.now(UTC), await _waiting(session, errand.record)
    outcomes = [(people[row["row"]].id, str(row["outcome"])) for row in answer["rows"]]
    await repository.note_told(session, outcomes, now)
    if len(people) == AT_ONCE:
        await incidents.owe(session, errand.incident_id, HAND_OVER, errand.record, now)


KINDS: Final = {HAND_OVER: Kind(_prepare, _finish)}
