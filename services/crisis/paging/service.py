"""Use cases of alarms: what opens one, which officers its next step pages, what closes it.

An alarm, its steps and its pages are rows; a timer takes each step and schedules the next in its own transaction, and a loop sends
(`sending`). So a process that dies loses no step and takes none twice.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from kit import timer
from kit.ids import new_id
from kit.timer import DueTimer
from services.crisis.handover import repository as handovers
from services.crisis.handover import rules as duties
from services.crisis.handover import service as handover
from services.crisis.handover.service import MISSIONS
from services.crisis.paging import repository, rules
from services.crisis.paging.lists import ESCALATION
from services.crisis.paging.models import Alarm, AlarmAcknowledgement, AlarmStep
from services.crisis.paging.rules import Cause, Next, Party, Who
from services.crisis.rota import repository as rota
from services.crisis.rota.models import OfficerShift
from services.crisis.rota.rules import Seat

log = logging.getLogger(__name__)

PAGE_STEP: Final = "page-step"
CHANNEL: Final = "paging"
By: TypeAlias = tuple[str, str | None]  # who answered, and the account that a page names them by: none of a phone
SEATS: Final = {Who.ON_DUTY: Seat.ON_DUTY, Who.SECOND: Seat.SECOND, Who.HEAD: Seat.HEAD}


async def watch(session: AsyncSession, alert_id: UUID, level: int, now: datetime, *, is_drill: bool) -> None:
    """What begins when a warning was weighed so, or higher than before: its missions are paged, and who stays silent is noticed.

    A drill wakes nobody.
    """
    await handover.watch(session, alert_id, level, now, is_drill=is_drill)
    alert = await repository.alert(session, alert_id)
    if is_drill or level < ESCALATION.alerts_from or alert is None:
        return
    noted = await repository.acknowledged_by_missions(session, alert_id)
    for mission, countries in sorted((await repository.missions_of(session, alert_id)).items()):
        alarm = await _open(session, (Cause.ALERT, alert_id, alert.severity), mission, level, countries, now)
        if alarm is not None and (row := noted.get(mission)) is not None:
            await _note(session, alarm, Party.MISSION, (row.acknowledged_by, row.acknowledged_by_name), "alert", row.acknowledged_at)


async def of_silence(session: AsyncSession, record: UUID, source: str | None, countries: Sequence[str], now: datetime) -> None:
    """A source, or everything, is not read any more: Dhaka asks why."""
    cause = Cause.NO_SOURCE if source is None else Cause.SOURCE
    await _open(session, (cause, record, source or ""), MISSIONS.fallback, ESCALATION.causes[cause], countries, now)


async def of_quarantine(session: AsyncSession, record: UUID, source: str, countries: Sequence[str], now: datetime) -> None:
    """What an authority's source brought could not be read: whoever may decide on it looks.

    One alarm for a source: a feed that brings fifty broken messages rings once, and again for what comes after somebody has it.
    """
    if not await repository.open_of_cause(session, Cause.QUARANTINE, source):
        missions = {MISSIONS.responsible(one, now.date()).code for one in countries}
        mission = missions.pop() if len(missions) == 1 else MISSIONS.fallback
        await _open(session, (Cause.QUARANTINE, record, source), mission, ESCALATION.causes[Cause.QUARANTINE], countries, now)


async def end_of_quarantine(session: AsyncSession, source: str, now: datetime) -> None:
    """Somebody decided on a message; the alarm ends with the last that waits."""
    if not await repository.is_waiting(session, source):
        for alarm in await repository.open_of_cause(session, Cause.QUARANTINE, source):
            await repository.close(session, alarm, "over", now)


async def of_task(session: AsyncSession, assignment: UUID, country: str, now: datetime) -> None:
    """An urgent task was given to somebody: their phone rings, and after theirs those of the mission that answers for the country."""
    mission = MISSIONS.responsible(country, now.date()).code
    await _open(session, (Cause.TASK, assignment, country), mission, ESCALATION.causes[Cause.TASK], [country], now)


async def hand_over_the_silent(session: AsyncSession, due: DueTimer) -> None:
    """Who stands in for a mission that stayed silent is told so: their phone rings, and not only their page changes."""
    now = datetime.now(UTC)
    for row in await handover.hand_over_the_silent(session, due):
        countries = MISSIONS.countries_of(row.mission, now.date())
        level = ESCALATION.causes[Cause.HANDED_OVER]
        await _open(session, (Cause.HANDED_OVER, row.id, row.mission), row.to_mission, level, countries, now)


async def end_of(session: AsyncSession, record: UUID, now: datetime) -> None:
    """What an alarm told of is over."""
    for alarm in await repository.open_of_record(session, record):
        await repository.close(session, alarm, "over", now)


async def note_acknowledged_alert(session: AsyncSession, alert_id: UUID, mission: str, by: By, now: datetime) -> None:
    """A mission took note of its warning, wherever it did."""
    for alarm in await repository.open_of_record(session, alert_id, mission):
        await _note(session, alarm, Party.MISSION, by, "alert", now)


async def note(session: AsyncSession, alarm_id: UUID, party: Party, by: By, via: str, now: datetime) -> None:
    alarm = await repository.locked(session, alarm_id)
    if alarm is not None and alarm.closed_at is None:
        await _note(session, alarm, party, by, via, now)


async def take_step(session: AsyncSession, due: DueTimer) -> None:
    """The step that is due now, and those behind it where nobody sits; then the next is scheduled. What is over pages nobody."""
    now = datetime.now(UTC)
    alarm = await repository.locked(session, due.record)
    if alarm is None or alarm.closed_at is not None:
        return
    if await repository.is_over(session, alarm.cause, alarm.record):
        await repository.close(session, alarm, "over", now)
        return
    step = await _next(session, alarm)
    while step is not None and step.at <= now:
        await _take(session, alarm, step, now)
        step = await _next(session, alarm)
    if step is None:
        await repository.close(session, alarm, "acknowledged", now)
    else:
        await timer.schedule(session, step.at, PAGE_STEP, alarm.id)


async def _open(
    session: AsyncSession, what: tuple[Cause, UUID, str], mission: str, level: int | None, countries: Sequence[str], now: datetime
) -> Alarm | None:
    """None where this cause pages nobody, or the alarm stands as high already."""
    if level is None:
        return None
    cause, record, subject = what
    values: dict[str, Any] = {
        "id": new_id(),
        "cause": cause,
        "record": record,
        "mission": mission,
        "level": level,
        "subject": subject,
        "countries": list(countries),
        "policy_version": ESCALATION.version,
        "opened_at": now,
    }
    alarm = await repository.open_alarm(session, values)
    if alarm is not None:
        await timer.schedule(session, now, PAGE_STEP, UUID(str(alarm.id)))
    return alarm


async def _note(session: AsyncSession, alarm: Alarm, party: Party, by: By, via: str, at: datetime) -> None:
    who, name = by
    await repository.note(session, {"paging_id": alarm.id, "party": party, "by": who, "by_name": name, "via": via, "at": at})
    if await _next(session, alarm) is None:
        await repository.close(session, alarm, "acknowledged", datetime.now(UTC))
        await timer.cancel(session, PAGE_STEP, alarm.id)


async def _next(session: AsyncSession, alarm: Alarm) -> Next | None:
    steps = await repository.steps_of(session, [alarm.id])
    done = spoken_for(alarm, steps, await repository.acknowledgements_of(session, [alarm.id]))
    was_empty = bool(steps) and steps[-1].officers == 0
    return rules.following(ESCALATION.of(alarm.level), alarm.opened_at, [one.taken_at for one in steps], done, was_empty=was_empty)


def spoken_for(alarm: Alarm, steps: Sequence[AlarmStep], noted: Sequence[AlarmAcknowledgement]) -> frozenset[Party]:
    """`noted` in the order of time."""
    return rules.spoken_for(
        {Party(one.party): one.at for one in noted},
        is_dhakas_own=alarm.mission == MISSIONS.fallback,
        dhaka_since=next((one.taken_at for one in steps if one.who == Who.DHAKA), None),
    )


async def _take(session: AsyncSession, alarm: Alarm, step: Next, now: datetime) -> None:
    mission, officers = await _seat(session, alarm, step.who, now)
    taken = {
        "paging_id": alarm.id, "number": step.number, "who": step.who, "mission": mission, "officers": len(officers), "taken_at": now,
    }  # fmt: skip
    pages = [_page(alarm, step, one, now) for one in officers]
    await repository.add_step(session, taken, pages)
    if pages:
        await repository.wake(session, CHANNEL)
    elif step.who is Who.DHAKA:
        log.error("nobody is on duty in %s: alarm %s pages nobody", mission, alarm.id)


async def _seat(session: AsyncSession, alarm: Alarm, who: Who, now: datetime) -> tuple[str, Sequence[OfficerShift]]:
    """Who sits there at this moment. Of Dhaka, and of who stands in, everybody on duty: the mission's own seats have let it pass."""
    if who is Who.DHAKA:
        return MISSIONS.fallback, _once(await rota.on_seat(session, MISSIONS.fallback, None, now))
    answers = duties.answering(alarm.mission, await handovers.chains(session))
    if who is Who.STAND_IN:
        stand_in = handover.stand_in(answers, now.date())
        return stand_in, _once(await rota.on_seat(session, stand_in, None, now))
    if alarm.cause == Cause.TASK and who is Who.ON_DUTY and (owner := await repository.owner_of(session, alarm.record, now)) is not None:
        return owner.mission, [owner]
    return answers, _once(await rota.on_seat(session, answers, [SEATS[who]], now))


def _once(shifts: Sequence[OfficerShift]) -> Sequence[OfficerShift]:
    """An officer on two shifts at once has one phone that rings."""
    return list({one.phone_index: one for one in shifts}.values())


def _page(alarm: Alarm, step: Next, shift: OfficerShift, now: datetime) -> dict[str, Any]:
    """Its id follows from alarm, step and shift, so that a step taken twice makes one page."""
    return {
        "id": uuid5(NAMESPACE_URL, f"page:{alarm.id}:{step.number}:{shift.id}"),
        "paging_id": alarm.id,
        "number": step.number,
        "shift_id": shift.id,
        "phone_index": shift.phone_index,
        "channels": [str(one) for one in ESCALATION.of(alarm.level).by],
        "way": 0,
        "state": "queued",
        "attempts": 0,
        "due": now,
        "queued_at": now,
    }


LISTENS: Final = timedelta(hours=ESCALATION.listens_hours)
