"""An incident ends when nobody is on the way, asked for, unread or unaccounted for; what was asked for it alone is then forgotten."""

from datetime import UTC, datetime
from uuid import UUID

from contracts.crisis import IncidentClosed
from kit.outbox import emit
from kit.versions import check_version
from services.crisis.checkins.recordings import repository as recordings
from services.crisis.deployed import repository as deployed
from services.crisis.enquiries import repository as enquiries
from services.crisis.enquiries.rules import State as Asked
from services.crisis.evacuation import repository as evacuees
from services.crisis.evacuation.legs import repository as legs
from services.crisis.evacuation.totals import service as totals
from services.crisis.incidents import journal, repository, rules
from services.crisis.incidents.access import Desk
from services.crisis.incidents.models import Incident
from services.crisis.incidents.repository import END_ACCESS, OPEN_ACCESS
from services.crisis.incidents.service import led, status_of


async def close(desk: Desk, incident_id: UUID, expected: int, reason: str) -> Incident:
    """Raises `StillOpenError` with what holds it open. Emergency access ends, and what was sealed for the crisis is emptied."""
    incident, now = await led(desk, incident_id), datetime.now(UTC)
    check_version(expected, incident.version)
    counted = await totals.keep(desk.session, incident, now)
    rules.check_closable(await _open(desk, incident, counted.difference))
    incident.state, incident.closed_by, incident.closed_at = rules.State.CLOSED, desk.caller.subject, now
    incident.closed_reason, incident.version = reason, incident.version + 1
    await desk.session.flush()
    await journal.write(desk, incident, "closed", now, {"exposed": counted.exposed})
    await evacuees.forget(desk.session, incident.id)
    await enquiries.forget(desk.session, incident.id)
    await deployed.forget(desk.session, incident.id)
    await recordings.forget_of(desk.session, incident)
    await repository.owe(desk.session, incident.id, END_ACCESS, incident.id, now)
    event = IncidentClosed(
        message_status=status_of(incident),
        country=incident.country,
        hazard=incident.hazard,
        exposed=counted.exposed,
        opened_at=incident.opened_at,
        closed_at=now,
    )
    await emit(desk.session, event, subject=UUID(str(incident.id)), sequence=incident.version)
    return incident


async def _open(desk: Desk, incident: Incident, difference: int) -> dict[str, int]:
    asked = await enquiries.counts(desk.session, incident.id)
    owed = [one for one in await repository.errands_of(desk.session, incident.id) if one.done_at is None and one.kind != OPEN_ACCESS]
    return {
        "on_the_way": await evacuees.under_way(desk.session, incident.id),
        "legs": await legs.unfinished(desk.session, incident.id),
        "enquiries": asked.get(Asked.OPEN, 0) + asked.get(Asked.MATCHED, 0),
        "hand_overs": len(owed),
        "texts": await recordings.count_unread(desk.session, incident),
        "unaccounted": abs(difference),
    }
