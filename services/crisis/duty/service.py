"""Use cases of the duty: what a mission does with a warning that concerns it, and the page by which it works."""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import AlertAcknowledged, MessageStatus, Severity
from kit.auth import Caller
from kit.errors import NotFoundError
from kit.outbox import emit
from services.crisis.decisions import repository as decisions
from services.crisis.duty import repository as duties
from services.crisis.duty import rules
from services.crisis.duty import views as pages
from services.crisis.duty.repository import add_acknowledgement
from services.crisis.duty.rules import Figures, Group
from services.crisis.duty.schemas import DutyChangeOut, DutyMapOut, DutyViewOut
from services.crisis.exposure import service as exposure
from services.crisis.geometry.drawing import drawn
from services.crisis.handover import service as handover
from services.crisis.handover.views import duty_with
from services.crisis.incidents import repository as incidents
from services.crisis.lineage.service import shape_of
from services.crisis.outreach import figures as reached
from services.crisis.outreach import repository as outreach
from services.crisis.outreach.access import countries_of
from services.crisis.paging import service as paging
from services.crisis.warnings import repository, views
from services.crisis.warnings.repository import Record
from services.crisis.warnings.rules import State
from services.crisis.warnings.schemas import AlertOut
from services.crisis.warnings.service import CHANGES_AT_ONCE, viewer_of, visible

LOG_SHOWN: Final = 30


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
    name = caller.username or None
    who = {"acknowledged_by": caller.subject, "acknowledged_by_name": name, "role": role}
    await add_acknowledgement(session, {"alert_id": alert.id, "mission": mission, "acknowledged_at": now, **who})
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
    await paging.note_acknowledged_alert(session, alert.id, mission, (caller.subject, name), now)


async def get_duty(session: AsyncSession, caller: Caller, alert_id: UUID) -> DutyViewOut:
    """Raises `NotFoundError` also for a warning outside of the caller's sight."""
    # First of all: what changes while the rest is read is then told by the stream, twice rather than never.
    position = await repository.last_position(session)
    viewer = viewer_of(caller, datetime.now(UTC))
    record = await visible(session, alert_id, viewer.sight)
    root = await outreach.root_of(session, alert_id)
    kept = await duties.find_count(session, root) if root else None
    by_country = {country: _figures(one) for country, one in kept.figures.items()} if kept else {}
    known = pages.Known(
        reader=caller.subject,
        position=position,
        alert=views.alert_out(record, viewer),
        decision=await decisions.find(session, alert_id),
        exposure=await exposure.get_exposure(session, caller, alert_id),
        incidents=await incidents.open_of_alert(session, alert_id, viewer.sight),
        figures=rules.summed(by_country, countries_of(caller)),
        counted_at=kept.counted_at if kept else None,
        relays=await reached.relays_reached(session, root) if root else 0,
        changes=await duties.newest_changes(session, alert_id, LOG_SHOWN),
        duty_with=await duty_with(session, caller, record.countries),
    )
    return pages.duty_out(known)


def _figures(kept: dict[str, Any]) -> Figures:
    return Figures(**{**kept, "groups": {code: Group(**one) for code, one in kept["groups"].items()}})


async def check_sight(session: AsyncSession, caller: Caller, alert_id: UUID) -> None:
    """Raises `NotFoundError`: before a stream begins, which could say nothing any more."""
    await visible(session, alert_id, viewer_of(caller, datetime.now(UTC)).sight)


async def changes_since(
    alert_id: UUID, session: AsyncSession, caller: Caller, position: int
) -> tuple[list[tuple[int, DutyChangeOut]], int, bool]:
    """Changes of one warning that the caller may see at this moment, the position to go on from, and whether more wait behind it."""
    # Before the rights: what a hand-over of duty opens to the caller meanwhile stands behind the head, and is looked at next.
    head = await repository.last_position(session)
    viewer = viewer_of(await handover.widened(session, caller), datetime.now(UTC))
    changes = await duties.list_changes(session, alert_id, position, head, viewer.sight, CHANGES_AT_ONCE)
    shown = [pages.change_out(one) for one in changes]
    told = [(one.position, one) for one in shown]
    if len(told) == CHANGES_AT_ONCE:
        return told, told[-1][0], True
    return told, max(head, position), False


async def get_map(session: AsyncSession, caller: Caller, alert_id: UUID) -> DutyMapOut:
    """Raises `NotFoundError` also for a warning outside of the caller's sight, and for one of which neither area nor land is known."""
    figures = await exposure.get_exposure(session, caller, alert_id)
    record = await visible(session, alert_id, viewer_of(caller, datetime.now(UTC)).sight)
    shape = await shape_of(session, alert_id)
    near_km = figures.near_km if shape is not None else None
    # Beside the loop: cutting borders takes some hundredths of a second, the first time a whole one.
    found = await asyncio.to_thread(drawn, shape.wkb if shape is not None else None, tuple(record.countries), near_km or 0.0)
    if found is None:
        raise NotFoundError
    return DutyMapOut.model_validate({**asdict(found), "near_km": near_km})
