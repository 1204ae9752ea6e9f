"""Use cases of the duty: what a mission does with a warning that concerns it."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import AlertAcknowledged, MessageStatus, Severity
from kit.auth import Caller
from kit.outbox import emit
from services.crisis.duty import rules
from services.crisis.duty.repository import add_acknowledgement
from services.crisis.paging import service as paging
from services.crisis.warnings import repository, views
from services.crisis.warnings.repository import Record
from services.crisis.warnings.rules import State
from services.crisis.warnings.schemas import AlertOut
from services.crisis.warnings.service import viewer_of, visible


async def acknowledge_alert(session: AsyncSession, caller: Caller, alert_id: UUID) -> AlertOut:
    """Notes that the caller's missions have seen a warning. Idempotent; raises `NotFoundError` also for one out of sight."""
    viewer = viewer_of(caller, datetime.now(UTC))
    sight = viewer.sight
    await repository.one_at_a_time(session)
    record = await visible(session, alert_id, sight)
    missions = rules.acknowledging(State(record.alert.state), record.missions, record.acknowledgements.keys(), sight.covers)
    for mission in missions:
        await _note(session, caller, record, mission)
    if missions:
        await repository.add_change(session, alert_id, "acknowledged")
        record = await visible(session, alert_id, sight)
    return views.alert_out(record, viewer)


async def _note(session: AsyncSession, caller: Caller, record: Record, mission: str) -> None:
    alert, now = record.alert, datetime.now(UTC)
    role = "wing" if caller.has("wing") else "supervisor" if caller.has("supervisor") else "admin"
    await add_acknowledgement(
        session, {"alert_id": alert.id, "mission": mission, "acknowledged_at": now, "acknowledged_by": caller.subject, "role": role}
    )
    event = AlertAcknowledged(
        message_status=MessageStatus(alert.message_status),
        severity=Severity(alert.severity),
        mission=mission,
        countries=tuple(record.missions[mission]),
        raised_at=alert.raised_at,
        acknowledged_at=now,
    )
    # The id as asyncpg reads it is a UUID of its own, which the envelope cannot be written with.
    await emit(session, event, subject=alert.id, sequence=await repository.next_version(session, alert.id))
    await paging.note_acknowledged_alert(session, alert.id, mission, caller.subject, now)
