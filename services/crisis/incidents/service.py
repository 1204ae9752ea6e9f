"""Use cases of an incident: open it, lead it, tick off its tasks, write its log."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import IncidentOpened, MessageStatus
from kit.access_log import record_access
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from kit.versions import check_version
from services.crisis.handover import service as handover
from services.crisis.handover.rules import DutyElsewhereError
from services.crisis.handover.service import MISSIONS
from services.crisis.incidents import journal, repository, rules
from services.crisis.incidents.access import Desk
from services.crisis.incidents.models import Incident, IncidentTask
from services.crisis.incidents.rules import State
from services.crisis.incidents.schemas import LISTS, ChangeIn, IncidentIn, LogOut, TaskChangeIn, TaskIn
from services.crisis.paging import repository as pagings
from services.crisis.paging import service as paging
from services.crisis.paging.models import Alarm
from services.crisis.rota import repository as rota
from services.crisis.signals import repository as signals
from services.crisis.signals.rules import State as Confirmed
from services.crisis.warnings import repository as warnings
from services.crisis.warnings.rules import Sight, posting, sight

WORDS: Final = "incident_task.words"


def sight_of(desk: Desk) -> Sight:
    return sight(desk.caller.roles, desk.caller.countries)


def leads(desk: Desk, country: str) -> None:
    """Raises `NotYourIncidentError`, `DutyElsewhereError`."""
    if not posting(desk.caller.roles, desk.caller.countries).covers(country):
        raise rules.NotYourIncidentError
    acts(desk, country)


def acts(desk: Desk, country: str) -> None:
    """Raises `DutyElsewhereError` where the duty was handed over: whoever sees it acts no more."""
    if country in desk.given_away:
        raise DutyElsewhereError


async def seen(desk: Desk, incident_id: UUID) -> Incident:
    """Raises `NotFoundError` also for an incident out of sight."""
    found = await repository.find(desk.session, incident_id, sight_of(desk))
    if found is None:
        raise NotFoundError
    return found


async def led(desk: Desk, incident_id: UUID) -> Incident:
    """Locked, open, and of a country in the caller's charge. Raises `NotFoundError`, `NotYourIncidentError`, `IncidentClosedError`."""
    found = await repository.find(desk.session, incident_id, sight_of(desk), lock=True)
    if found is None:
        raise NotFoundError
    leads(desk, found.country)
    rules.check_open(found.state)
    return found


def status_of(incident: Incident) -> MessageStatus:
    return status_of_drill(is_drill=incident.is_drill)


def status_of_drill(*, is_drill: bool) -> MessageStatus:
    return MessageStatus.EXERCISE if is_drill else MessageStatus.ACTUAL


async def open_incident(desk: Desk, said: IncidentIn) -> Incident:
    """Raises `NotYourIncidentError`, `NotFoundError` (out of sight), `DrillMixedError`, `OtherCountryError`, `UnconfirmedError`."""
    now = datetime.now(UTC)
    leads(desk, said.country)
    for one in said.alerts:
        await _check_alert(desk, one, said.country, is_drill=said.is_drill)
    if said.signal is not None:
        await _check_signal(desk, said.signal, said.country, is_drill=said.is_drill)
    incident = Incident(
        id=new_id(),
        version=1,
        state=State.ACTIVE if said.phase == rules.Phase.DURING else State.MONITORING,
        opened_from=rules.origin(said.alerts, has_signal=said.signal is not None),
        signal_id=said.signal,
        **said.model_dump(include={"is_drill", "country", "hazard", "phase", "commander", "liaison", "scribe"}),
        opened_by=desk.caller.subject,
        opened_at=now,
        access_until=now + timedelta(days=LISTS.access_days),
    )
    await repository.add(desk.session, incident)
    await _link(desk.session, incident, said.alerts, now)
    await _plan(desk.session, incident)
    codes = {"country": incident.country, "hazard": incident.hazard, "phase": incident.phase, "from": incident.opened_from}
    await journal.write(desk, incident, "opened", now, codes, note=said.reason)
    await repository.owe(desk.session, incident.id, repository.OPEN_ACCESS, incident.id, now)
    event = IncidentOpened(
        message_status=status_of(incident),
        country=incident.country,
        hazard=incident.hazard,
        phase=incident.phase,
        opened_from=incident.opened_from,
        warnings=len(said.alerts),
        opened_at=now,
    )
    await emit(desk.session, event, subject=incident.id, sequence=1)
    return incident


async def _link(session: AsyncSession, incident: Incident, alerts: Sequence[UUID], now: datetime) -> None:
    """Who has the page of such a warning open sees it."""
    await repository.link(session, incident, alerts, now)
    if alerts:
        await warnings.one_at_a_time(session)
    for one in alerts:
        await warnings.add_change(session, one, "incident")


async def _check_alert(desk: Desk, alert_id: UUID, country: str, *, is_drill: bool) -> None:
    record = await warnings.find_alert(desk.session, alert_id, sight_of(desk))
    if record is None:
        raise NotFoundError
    if bool(record.alert.is_drill) != is_drill:
        raise rules.DrillMixedError
    if country not in record.countries:
        raise rules.OtherCountryError


async def _check_signal(desk: Desk, signal_id: UUID, country: str, *, is_drill: bool) -> None:
    """What the stream of complaints suggests is a draft until a person has confirmed it; nobody complains for a drill."""
    signal = await signals.find(desk.session, signal_id, sight_of(desk))
    if signal is None:
        raise NotFoundError
    if is_drill:
        raise rules.DrillMixedError
    if signal.country != country:
        raise rules.OtherCountryError
    if signal.state != Confirmed.CONFIRMED:
        raise rules.UnconfirmedError


async def _plan(session: AsyncSession, incident: Incident) -> None:
    planned = rules.checklist(LISTS.items, incident.phase, incident.opened_at)
    same = {"incident_id": incident.id, "is_drill": incident.is_drill, "made_at": incident.opened_at}
    rows = [{**same, "sector": one.sector, "phase": one.phase, "item": one.item, "due": one.due} for one in planned]
    await repository.add_tasks(session, rows)


async def link_alert(desk: Desk, incident_id: UUID, alert_id: UUID) -> Incident:
    incident = await led(desk, incident_id)
    await _check_alert(desk, alert_id, incident.country, is_drill=incident.is_drill)
    now = datetime.now(UTC)
    await _link(desk.session, incident, [alert_id], now)
    await journal.write(desk, incident, "warning", now, {"alert": str(alert_id)})
    return incident


async def list_incidents(desk: Desk, paging: Paging, *, is_open: bool) -> list[Incident]:
    return await repository.list_incidents(desk.session, sight_of(desk), paging, is_open=is_open)


async def change(desk: Desk, incident_id: UUID, expected: int, said: ChangeIn) -> Incident:
    """Phase, state, who leads. A phase that begins gives its tasks their time."""
    incident = await led(desk, incident_id)
    check_version(expected, incident.version)
    now, changed = datetime.now(UTC), {}
    for name, value in said.model_dump(exclude_none=True).items():
        if getattr(incident, name) != value:
            changed[name] = value
            setattr(incident, name, value)
    if not changed:
        return incident
    incident.version += 1
    if "phase" in changed:
        await _begin_phase(desk.session, incident, now)
    await desk.session.flush()
    codes = {name: value if name in {"phase", "state"} else "changed" for name, value in changed.items()}
    await journal.write(desk, incident, "changed", now, codes)
    return incident


async def _begin_phase(session: AsyncSession, incident: Incident, now: datetime) -> None:
    due = {one.item: one.due for one in rules.checklist(LISTS.items, incident.phase, now)}
    for task in await repository.tasks_of(session, incident.id):
        if task.phase == incident.phase and task.item and task.due is None:
            task.due = due[task.item]


async def checklist_of(desk: Desk, incident_id: UUID) -> tuple[Incident, Sequence[IncidentTask]]:
    incident = await seen(desk, incident_id)
    return incident, await repository.tasks_of(desk.session, incident_id)


async def plan_task(desk: Desk, incident_id: UUID, said: TaskIn) -> IncidentTask:
    incident, now = await led(desk, incident_id), datetime.now(UTC)
    task = IncidentTask(
        id=new_id(),
        incident_id=incident.id,
        is_drill=incident.is_drill,
        version=1,
        sector=said.sector,
        phase=incident.phase,
        words=desk.keyring.seal(said.words, WORDS),
        owner=said.owner,
        due=said.due,
        state=rules.TaskState.OPEN,
        made_at=now,
    )
    desk.session.add(task)
    await _assign(desk, incident, task, said, now, was_open=False)
    await desk.session.flush()
    await journal.write(desk, incident, "task", now, {"task": str(task.id), "sector": task.sector})
    return task


async def change_task(desk: Desk, incident_id: UUID, task_id: UUID, expected: int, said: TaskChangeIn) -> IncidentTask:
    incident, now = await led(desk, incident_id), datetime.now(UTC)
    task = await repository.task(desk.session, incident_id, task_id)
    if task is None:
        raise NotFoundError
    check_version(expected, task.version)
    was_open = task.state == rules.TaskState.OPEN
    for name, value in said.model_dump(exclude_none=True, exclude={"is_urgent", "owner_shift"}).items():
        setattr(task, name, value)
    await _assign(desk, incident, task, said, now, was_open=was_open)
    if said.state is not None:
        ended = said.state != rules.TaskState.OPEN
        task.ended_by, task.ended_at = (desk.caller.subject, now) if ended else (None, None)
    task.version += 1
    await desk.session.flush()
    codes = {"task": task.item or str(task.id), "state": task.state}
    await journal.write(desk, incident, "task", now, codes)
    return task


async def _assign(
    desk: Desk, incident: Incident, task: IncidentTask, said: TaskIn | TaskChangeIn, now: datetime, *, was_open: bool
) -> None:
    """An urgent task rings at whoever has it, once each time that it is given; a drill wakes nobody. Raises `NotOnTheRotaError`."""
    had = (task.owner_shift, task.is_urgent and was_open)
    if said.owner_shift is not None:
        await _on_the_rota(desk.session, incident.country, said.owner_shift, now)
        task.owner_shift = said.owner_shift
    task.is_urgent = task.is_urgent if said.is_urgent is None else said.is_urgent
    rings = task.is_urgent and task.state == rules.TaskState.OPEN
    if had == (task.owner_shift, rings):
        return
    if task.assignment is not None:
        await paging.end_of(desk.session, task.assignment, now)
    if rings:
        task.assignment = new_id()
        await desk.session.flush()
        if not incident.is_drill:
            await paging.of_task(desk.session, task.assignment, incident.country, now)


async def _on_the_rota(session: AsyncSession, country: str, shift_id: UUID, now: datetime) -> None:
    """An officer of the mission that answers there, of the one that answers now, or of Dhaka."""
    missions = {
        MISSIONS.responsible(country, now.date()).code, (await handover.answering(session, country, now)).code, MISSIONS.fallback,
    }  # fmt: skip
    shift = await rota.locked(session, shift_id, missions)
    if shift is None or shift.ended_at is not None or shift.ends_at <= now:
        raise rules.NotOnTheRotaError


async def alarms_of(desk: Desk, tasks: Sequence[IncidentTask]) -> Mapping[UUID, Alarm]:
    """By the assignment that they were raised for."""
    return await pagings.of_records(desk.session, [one.assignment for one in tasks if one.assignment is not None])


async def write_note(desk: Desk, incident_id: UUID, note: str) -> None:
    incident = await led(desk, incident_id)
    await journal.write(desk, incident, "note", datetime.now(UTC), note=note)


async def read_log(desk: Desk, incident_id: UUID) -> LogOut:
    incident = await seen(desk, incident_id)
    await record_access(desk.session, desk.caller, [incident.id], record_type="incident", purpose="log", fields=("note",))
    return journal.shown(await repository.log_of(desk.session, incident_id), desk.keyring)
