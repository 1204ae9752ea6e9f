"""Statements on alarms and pages. Each read for a caller takes the missions that the caller answers for; None is all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from kit.paging import Paging
from services.crisis.handover.models import DutyHandover
from services.crisis.incidents.models import IncidentTask
from services.crisis.paging.models import Alarm, AlarmAcknowledgement, AlarmStep, OfficerPage
from services.crisis.rota.models import OfficerShift
from services.crisis.sources.models import RawMessage, SourceAlarm
from services.crisis.warnings.models import Acknowledgement, Alert, AlertCountry

AT_ONCE: Final = 50


async def missions_of(session: AsyncSession, alert_id: UUID) -> Mapping[str, Sequence[str]]:
    """Mission → its countries in this warning."""
    rows = select(col(AlertCountry.mission), func.array_agg(col(AlertCountry.country))).where(col(AlertCountry.alert_id) == alert_id)
    found = await session.execute(rows.group_by(col(AlertCountry.mission)))
    return {mission: sorted(countries) for mission, countries in found}


async def alert(session: AsyncSession, alert_id: UUID) -> Alert | None:
    return await session.get(Alert, alert_id)


async def acknowledged_by_missions(session: AsyncSession, alert_id: UUID) -> Mapping[str, Acknowledgement]:
    rows = await session.execute(select(Acknowledgement).where(col(Acknowledgement.alert_id) == alert_id))
    return {row.mission: row for row in rows.scalars()}


async def open_alarm(session: AsyncSession, values: Mapping[str, Any]) -> Alarm | None:
    """Added, or raised to a higher level (which opens it anew); None where it stands as high already."""
    level = {"level": values["level"], "closed_at": None, "closed_because": None}
    statement = (
        insert(Alarm)
        .values(dict(values))
        .on_conflict_do_update(index_elements=["cause", "record", "mission"], set_=level, where=col(Alarm.level) < values["level"])
        .returning(Alarm)
    )
    return (await session.execute(statement, execution_options={"populate_existing": True})).scalar_one_or_none()


async def locked(session: AsyncSession, alarm_id: UUID) -> Alarm | None:
    rows = select(Alarm).where(col(Alarm.id) == alarm_id).with_for_update().execution_options(populate_existing=True)
    return (await session.execute(rows)).scalar_one_or_none()


async def find(session: AsyncSession, alarm_id: UUID, missions: Collection[str] | None) -> Alarm | None:
    rows = select(Alarm).where(col(Alarm.id) == alarm_id)
    if missions is not None:
        rows = rows.where(col(Alarm.mission).in_(sorted(missions)))
    return (await session.execute(rows)).scalar_one_or_none()


async def open_of_record(session: AsyncSession, record: UUID, mission: str | None = None) -> Sequence[Alarm]:
    """Locked, always in the order of ids."""
    rows = select(Alarm).where(col(Alarm.record) == record, col(Alarm.closed_at).is_(None))
    if mission is not None:
        rows = rows.where(col(Alarm.mission) == mission)
    return (await session.execute(rows.order_by(col(Alarm.id)).with_for_update())).scalars().all()


async def list_alarms(session: AsyncSession, missions: Collection[str] | None, paging: Paging, *, is_open: bool | None) -> Sequence[Alarm]:
    rows = select(Alarm)
    if missions is not None:
        rows = rows.where(col(Alarm.mission).in_(sorted(missions)))
    if is_open is not None:
        rows = rows.where(col(Alarm.closed_at).is_(None) if is_open else col(Alarm.closed_at).is_not(None))
    return (await session.execute(paging.of(rows, col(Alarm.opened_at), col(Alarm.id)))).scalars().all()


async def is_over(session: AsyncSession, cause: str, record: UUID) -> bool:
    """Whether what it tells of is no longer so."""
    if cause == "alert":
        in_force = or_(col(Alert.expires).is_(None), col(Alert.expires) > func.now())
        holds = select(col(Alert.id)).where(col(Alert.id) == record, col(Alert.state) == "standing", in_force)
    elif cause == "handed_over":
        holds = select(col(DutyHandover.id)).where(col(DutyHandover.id) == record, col(DutyHandover.ended_at).is_(None))
    elif cause == "quarantine":
        first = aliased(RawMessage)
        same_source = col(RawMessage.source) == col(first.source)
        holds = select(col(RawMessage.id)).join(first, same_source).where(col(first.id) == record, col(RawMessage.state) == "quarantined")
    elif cause == "task":
        holds = select(col(IncidentTask.id)).where(col(IncidentTask.assignment) == record, col(IncidentTask.state) == "open")
    else:
        holds = select(col(SourceAlarm.id)).where(col(SourceAlarm.id) == record, col(SourceAlarm.ended_at).is_(None))
    return (await session.execute(holds)).first() is None


async def of_records(session: AsyncSession, records: Collection[UUID]) -> Mapping[UUID, Alarm]:
    """By what they tell of, which is one mission's."""
    rows = await session.execute(select(Alarm).where(col(Alarm.record).in_(records)))
    return {UUID(str(one.record)): one for one in rows.scalars()}


async def open_of_cause(session: AsyncSession, cause: str, subject: str) -> Sequence[Alarm]:
    """Locked, always in the order of ids."""
    rows = select(Alarm).where(col(Alarm.cause) == cause, col(Alarm.subject) == subject, col(Alarm.closed_at).is_(None))
    return (await session.execute(rows.order_by(col(Alarm.id)).with_for_update())).scalars().all()


async def is_waiting(session: AsyncSession, source: str) -> bool:
    """Whether an officer has still to look at anything that this source brought."""
    rows = select(col(RawMessage.id)).where(col(RawMessage.source) == source, col(RawMessage.state) == "quarantined")
    return (await session.execute(rows.limit(1))).first() is not None


async def owner_of(session: AsyncSession, assignment: UUID, now: datetime) -> OfficerShift | None:
    """Whom a task was given to, while that shift lasts."""
    rows = (
        select(OfficerShift)
        .join(IncidentTask, col(IncidentTask.owner_shift) == col(OfficerShift.id))
        .where(col(IncidentTask.assignment) == assignment, col(OfficerShift.ends_at) > now, col(OfficerShift.ended_at).is_(None))
    )
    return (await session.execute(rows)).scalar_one_or_none()


async def steps_of(session: AsyncSession, alarms: Collection[UUID]) -> Sequence[AlarmStep]:
    rows = select(AlarmStep).where(col(AlarmStep.paging_id).in_(alarms)).order_by(col(AlarmStep.paging_id), col(AlarmStep.number))
    return (await session.execute(rows)).scalars().all()


async def acknowledgements_of(session: AsyncSession, alarms: Collection[UUID]) -> Sequence[AlarmAcknowledgement]:
    rows = select(AlarmAcknowledgement).where(col(AlarmAcknowledgement.paging_id).in_(alarms))
    return (await session.execute(rows.order_by(col(AlarmAcknowledgement.at)))).scalars().all()


async def note(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """The last word of one person counts: Dhaka may have to say it again when the alarm comes to it."""
    statement = insert(AlarmAcknowledgement).values(dict(values))
    latest = {"at": statement.excluded.at, "via": statement.excluded.via}
    await session.execute(statement.on_conflict_do_update(index_elements=["paging_id", "party", "by"], set_=latest))


async def close(session: AsyncSession, alarm: Alarm, because: str, now: datetime) -> None:
    alarm.closed_at, alarm.closed_because = now, because
    await session.flush()
    stopped = update(OfficerPage).where(col(OfficerPage.paging_id) == alarm.id, col(OfficerPage.state) == "queued")
    await session.execute(stopped.values(state="stopped"))


async def add_step(session: AsyncSession, step: Mapping[str, Any], pages: Sequence[Mapping[str, Any]]) -> None:
    await session.execute(insert(AlarmStep).values(dict(step)))
    if pages:
        await session.execute(insert(OfficerPage).on_conflict_do_nothing(), list(pages))


async def wake(session: AsyncSession, channel: str) -> None:
    await session.execute(select(func.pg_notify(channel, "")))


async def paged_lately(session: AsyncSession, phone_index: bytes, since: datetime) -> Sequence[tuple[Alarm, UUID, str]]:
    """Alarms that this number was paged for, with the shift and its mission. Index scan on page_phone."""
    rows = (
        select(Alarm, col(OfficerPage.shift_id), col(OfficerShift.mission))
        .join(OfficerPage, col(OfficerPage.paging_id) == col(Alarm.id))
        .join(OfficerShift, col(OfficerShift.id) == col(OfficerPage.shift_id))
        .where(col(OfficerPage.phone_index) == phone_index, col(OfficerPage.queued_at) > since)
        .order_by(col(Alarm.id), col(OfficerPage.number))
    )
    return [(alarm, shift, mission) for alarm, shift, mission in await session.execute(rows)]


@dataclass(frozen=True, slots=True)
class Claimed:
    """`was_lost`: it was sent and nobody knows the outcome. `phone` None: the shift is forgotten."""

    id: UUID
    channels: tuple[str, ...]
    way: int
    attempts: int
    was_lost: bool
    cause: str
    subject: str
    countries: tuple[str, ...]
    phone: bytes | None
    language: str


NEXT_DUE: Final = text("""
select min(case p.state when 'queued' then p.due else p.claimed_until end)
from page p join paging a on a.id = p.paging_id
where p.state in ('queued', 'sent') and a.closed_at is null
""")


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next page of an open alarm is to be sent or asked for. Index scan on page_sendable."""
    found: datetime | None = await session.scalar(NEXT_DUE)
    return found


async def claim(session: AsyncSession, now: datetime, lost_after: timedelta) -> list[Claimed]:
    """Pages of open alarms that are due, or whose outcome nobody knows. Index scan on page_sendable."""
    due = or_(
        (col(OfficerPage.state) == "queued") & (col(OfficerPage.due) <= now),
        (col(OfficerPage.state) == "sent") & (col(OfficerPage.claimed_until) < now),
    )
    rows = (
        select(OfficerPage, Alarm, OfficerShift)
        .join(Alarm, col(Alarm.id) == col(OfficerPage.paging_id))
        .outerjoin(OfficerShift, col(OfficerShift.id) == col(OfficerPage.shift_id))
        .where(due, col(Alarm.closed_at).is_(None))
        .order_by(col(OfficerPage.due))
        .limit(AT_ONCE)
        .with_for_update(of=OfficerPage, skip_locked=True)
    )
    claimed: list[Claimed] = []
    for page, alarm, joined in (await session.execute(rows)).all():
        shift: OfficerShift | None = joined  # an outer join
        was_lost = page.state == "sent"
        page.state, page.attempts, page.claimed_until = "sent", page.attempts + 1, now + lost_after
        phone, language = (shift.phone, shift.language) if shift is not None else (None, "bn")
        about = (alarm.cause, alarm.subject, tuple(alarm.countries))
        claimed.append(Claimed(page.id, tuple(page.channels), page.way, page.attempts, was_lost, *about, phone, language))
    return claimed


async def settle(session: AsyncSession, page_id: UUID, values: Mapping[str, Any]) -> None:
    await session.execute(update(OfficerPage).where(col(OfficerPage.id) == page_id, col(OfficerPage.state) == "sent").values(dict(values)))


async def pages_of(session: AsyncSession, alarms: Collection[UUID]) -> Sequence[OfficerPage]:
    rows = select(OfficerPage).where(col(OfficerPage.paging_id).in_(alarms)).order_by(col(OfficerPage.number), col(OfficerPage.id))
    return (await session.execute(rows)).scalars().all()
