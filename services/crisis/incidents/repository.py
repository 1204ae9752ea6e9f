"""Every statement on incidents. Each read for a caller takes a `Sight`: there is no way to read past it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, insert, select, text, true, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from kit.ids import new_id
from kit.paging import Paging
from services.crisis.incidents.models import Incident, IncidentAlert, IncidentErrand, IncidentLog, IncidentTask
from services.crisis.incidents.rules import State
from services.crisis.warnings.rules import Sight

LEASE: Final = timedelta(minutes=1)
OPEN_ACCESS: Final = "open-access"
END_ACCESS: Final = "end-access"
ACCESS: Final = "%-access"


async def add(session: AsyncSession, incident: Incident) -> None:
    session.add(incident)
    await session.flush()


async def find(session: AsyncSession, incident_id: UUID, sight: Sight, *, lock: bool = False) -> Incident | None:
    statement = select(Incident).where(col(Incident.id) == incident_id, seen_by(sight)).execution_options(populate_existing=True)
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()


async def list_incidents(session: AsyncSession, sight: Sight, paging: Paging, *, is_open: bool) -> list[Incident]:
    """Newest first: a keyset scan of incident_newest."""
    rows = select(Incident).where(seen_by(sight))
    if is_open:
        rows = rows.where(col(Incident.state) != State.CLOSED.value)
    return list((await session.execute(paging.of(rows, col(Incident.opened_at), col(Incident.id)))).scalars())


async def list_open(session: AsyncSession, sight: Sight) -> list[Incident]:
    rows = (
        select(Incident).where(seen_by(sight), col(Incident.state) != State.CLOSED.value).order_by(col(Incident.opened_at).desc()).limit(20)
    )
    return list((await session.execute(rows)).scalars())


def seen_by(sight: Sight) -> ColumnElement[bool]:
    return true() if sight.everything else col(Incident.country).in_(sorted(sight.countries))


async def link(session: AsyncSession, incident: Incident, alerts: Iterable[UUID], at: datetime) -> None:
    rows = [{"incident_id": incident.id, "is_drill": incident.is_drill, "alert_id": one, "linked_at": at} for one in alerts]
    if rows:
        await session.execute(insert_or_skip(IncidentAlert).values(rows).on_conflict_do_nothing())


async def open_of_alert(session: AsyncSession, alert_id: UUID, sight: Sight) -> Sequence[Incident]:
    """Those that are open and in the reader's sight, the oldest first."""
    rows = (
        select(Incident)
        .join(IncidentAlert, (col(IncidentAlert.incident_id) == col(Incident.id)) & (col(IncidentAlert.alert_id) == alert_id))
        .where(col(Incident.closed_at).is_(None), seen_by(sight))
        .order_by(col(Incident.opened_at))
    )
    return (await session.execute(rows)).scalars().all()


async def alerts_of(session: AsyncSession, incident_id: UUID) -> list[UUID]:
    rows = select(col(IncidentAlert.alert_id)).where(col(IncidentAlert.incident_id) == incident_id).order_by(col(IncidentAlert.linked_at))
    return [UUID(str(one)) for one in (await session.execute(rows)).scalars()]


async def add_tasks(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    await session.execute(insert(IncidentTask), [{"id": new_id(), "version": 1, "state": "open", **row} for row in rows])


async def tasks_of(session: AsyncSession, incident_id: UUID) -> list[IncidentTask]:
    rows = (
        select(IncidentTask).where(col(IncidentTask.incident_id) == incident_id).order_by(col(IncidentTask.made_at), col(IncidentTask.id))
    )
    return list((await session.execute(rows)).scalars())


async def task(session: AsyncSession, incident_id: UUID, task_id: UUID) -> IncidentTask | None:
    """Locked."""
    statement = select(IncidentTask).where(col(IncidentTask.incident_id) == incident_id, col(IncidentTask.id) == task_id)
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


async def last_log(session: AsyncSession, incident_id: UUID) -> IncidentLog | None:
    statement = select(IncidentLog).where(col(IncidentLog.incident_id) == incident_id).order_by(col(IncidentLog.position).desc()).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


async def log_of(session: AsyncSession, incident_id: UUID) -> list[IncidentLog]:
    rows = select(IncidentLog).where(col(IncidentLog.incident_id) == incident_id).order_by(col(IncidentLog.position))
    return list((await session.execute(rows)).scalars())


async def owe(session: AsyncSession, incident_id: UUID, kind: str, record: UUID, now: datetime) -> None:
    session.add(IncidentErrand(id=new_id(), incident_id=incident_id, kind=kind, record=record, made_at=now, next_try=now))
    await session.flush()
    await session.execute(select(func.pg_notify("errand", "")))


async def owe_access_again(session: AsyncSession, now: datetime) -> None:
    """Of each incident that is open: the register is told again who has its duty."""
    for incident in (await session.execute(select(col(Incident.id)).where(col(Incident.state) != State.CLOSED.value))).scalars().all():
        await owe(session, incident, OPEN_ACCESS, incident, now)


ANY_ERRAND: Final = text("select exists (select 1 from incident_errand where done_at is null and next_try <= :now)")


async def claim_errand(session: AsyncSession, now: datetime, kinds: Sequence[str]) -> IncidentErrand | None:
    """The next that is due, ours for a minute. Access that is still owed is opened before it is ended."""
    if not await session.scalar(ANY_ERRAND, {"now": now}):
        return None
    earlier = aliased(IncidentErrand)
    waits_for = and_(
        col(IncidentErrand.kind).like(ACCESS),
        exists().where(
            col(earlier.incident_id) == col(IncidentErrand.incident_id),
            col(earlier.kind).like(ACCESS),
            col(earlier.done_at).is_(None),
            col(earlier.id) < col(IncidentErrand.id),
        ),
    )
    statement = (
        select(IncidentErrand)
        .where(
            col(IncidentErrand.done_at).is_(None),
            col(IncidentErrand.next_try) <= now,
            col(IncidentErrand.kind).in_(kinds),
            ~waits_for,
        )
        .order_by(col(IncidentErrand.next_try))
        .limit(1)
        .with_for_update(skip_locked=True, of=IncidentErrand)
    )
    found = (await session.execute(statement)).scalar_one_or_none()
    if found is not None:
        found.next_try = now + LEASE
        await session.flush()
    return found


async def end_errand(session: AsyncSession, errand_id: UUID, values: Mapping[str, Any]) -> None:
    await session.execute(update(IncidentErrand).where(col(IncidentErrand.id) == errand_id).values(**values))


async def errands_of(session: AsyncSession, incident_id: UUID) -> list[IncidentErrand]:
    rows = select(IncidentErrand).where(col(IncidentErrand.incident_id) == incident_id).order_by(col(IncidentErrand.id))
    return list((await session.execute(rows.execution_options(populate_existing=True))).scalars())
