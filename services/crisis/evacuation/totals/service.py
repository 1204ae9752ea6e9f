"""The sum of people: looked at whenever somebody asks, kept each night and when the incident closes. Nobody is lost between two lists."""

import logging
from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from kit.ids import new_id
from kit.timer import DueTimer, schedule
from services.crisis.evacuation import repository as evacuees
from services.crisis.evacuation.models import IncidentReconciliation
from services.crisis.evacuation.rules import Part, State, Sum, reconcile
from services.crisis.evacuation.totals import repository
from services.crisis.evacuation.totals.counting import answers_of, exposed_by
from services.crisis.incidents import repository as incidents
from services.crisis.incidents.models import Incident
from services.crisis.incidents.rules import State as IncidentState
from services.crisis.warnings.rules import Sight

log = logging.getLogger(__name__)

RECONCILE: Final = "incident-reconcile"
AT: Final = time(2, 0)


async def sum_of(session: AsyncSession, incident: Incident) -> Sum:
    """Each person once, by the register's id where there is one: by the evacuation, else by their answer, else *not reached*.

    More known people than were ever counted as exposed show as a difference: somebody stands twice, or the exposure is not of this danger.
    """
    exposed, answers = await exposed_by(session, incident), await answers_of(session, incident)
    exposed = max(exposed, len(answers))
    moved: dict[UUID, State] = {}
    people: list[tuple[State | None, str | None]] = []
    for person, state in await evacuees.everyone(session, incident.id):
        if person is None or not exposed:
            people.append((State(state), None))
        else:
            moved[person] = State(state)
    beside, known = len(people), moved.keys() | answers.keys()
    people += [(moved.get(person), answers.get(person)) for person in known]
    people += [(None, None)] * max(0, exposed - len(known))
    return reconcile(exposed, people, beside=beside)


async def sum_at(session: AsyncSession, incident: Incident) -> tuple[datetime, Sum]:
    """With its moment: now, or that of the closing, after which answers of people are forgotten one by one."""
    kept = await repository.newest(session, incident.id) if incident.state == IncidentState.CLOSED else None
    if kept is None:
        return datetime.now(UTC), await sum_of(session, incident)
    return kept.at, Sum(kept.exposed, {part: kept.parts.get(part, 0) for part in Part}, kept.difference)


async def keep(session: AsyncSession, incident: Incident, at: datetime) -> Sum:
    found = await sum_of(session, incident)
    session.add(
        IncidentReconciliation(
            id=new_id(),
            incident_id=incident.id,
            is_drill=incident.is_drill,
            at=at,
            exposed=found.exposed,
            parts={str(part): count for part, count in found.parts.items()},
            difference=found.difference,
        )
    )
    await session.flush()
    return found


def next_night(now: datetime) -> datetime:
    """Two in the morning in Dhaka, where the control room is."""
    today = datetime.combine(now.astimezone(DHAKA).date(), AT, DHAKA)
    return today if today > now else today + timedelta(days=1)


async def begin(session: AsyncSession, incident: Incident, now: datetime) -> None:
    await schedule(session, next_night(now), RECONCILE, incident.id)


async def each_night(session: AsyncSession, due: DueTimer) -> None:
    incident = await incidents.find(session, due.record, Sight(everything=True), lock=True)
    if incident is None or incident.state == IncidentState.CLOSED:
        return
    now = datetime.now(UTC)
    found = await keep(session, incident, now)
    if found.difference:
        log.error("incident %s: the sum of people does not hold, difference %d", incident.id, found.difference)
    await schedule(session, next_night(max(now, due.due)), RECONCILE, incident.id)
