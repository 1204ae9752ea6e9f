"""Use cases: open a task for each flag, take it, end it; say which is overdue."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.reintegration import UrgentNeedFound, UrgentNeedMet
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from kit.timer import DueTimer, cancel, schedule
from kit.versions import check_version
from services.reintegration import repository as returnees
from services.reintegration.models import Returnee
from services.reintegration.rules import Visibility
from services.reintegration.schemas import LISTS
from services.reintegration.tasks import repository, rules
from services.reintegration.tasks.models import UrgentTask

OVERDUE: Final = "urgent-overdue"
LISTED: Final = ("reference", "name", "flags")


async def open_tasks(session: AsyncSession, returnee: Returnee, now: datetime, flags: Sequence[str] | None = None) -> None:
    """One for each flag of a new record, or for `flags` that were found later; with a timer for when it should have been done."""
    rows = []
    for code in returnee.flags if flags is None else flags:
        flag = LISTS.flag(code)
        due = rules.due_at(now, flag.hours)
        task_id = new_id()
        task = {"id": task_id, "version": 1, "returnee_id": returnee.id, "flag": code, "restricted": flag.restricted}
        rows.append({**task, "district": returnee.district, "opened_at": now, "due_at": due})
        event = UrgentNeedFound(
            flag=code,
            district=returnee.district,
            country=returnee.country,
            sex=returnee.sex,
            age_band=returnee.age_band,
            found_at=now,
            due_at=due,
        )
        await emit(session, event, subject=task_id, sequence=1, restricted=flag.restricted)
        await schedule(session, due, OVERDUE, task_id)
    await repository.add_tasks(session, rows)


async def list_tasks(session: AsyncSession, caller: Caller, visible: Visibility, paging: Paging) -> list[tuple[UrgentTask, Returnee]]:
    rows = await repository.list_open(session, visible, paging)
    await _note(session, caller, [returnee for _, returnee in rows[: paging.limit]])
    return rows


async def list_of(session: AsyncSession, caller: Caller, visible: Visibility, who: UUID | str) -> list[tuple[UrgentTask, Returnee]]:
    """Also those that are done. Raises `NotFoundError`."""
    found = await returnees.find(session, who, visible)
    if found is None:
        raise NotFoundError
    await _note(session, caller, [found.returnee])
    return [(task, found.returnee) for task in await repository.list_of(session, found.returnee.id)]


async def take(session: AsyncSession, caller: Caller, visible: Visibility, task_id: UUID, expected: int) -> tuple[UrgentTask, Returnee]:
    """Raises `NotFoundError`, `StaleVersionError`, `TaskDoneError`, `TaskTakenError`."""
    task, returnee = await _locked(session, caller, visible, task_id, expected)
    rules.check_free(task.taken_by, caller.subject)
    if task.taken_by is None:
        task.taken_by, task.taken_at, task.version = caller.subject, datetime.now(UTC), task.version + 1
    return task, returnee


async def finish(
    session: AsyncSession,
    keyring: Keyring,
    caller: Caller,
    visible: Visibility,
    task_id: UUID,
    expected: int,
    outcome: rules.Outcome,
    note: str | None,
) -> tuple[UrgentTask, Returnee]:
    """Raises `NotFoundError`, `StaleVersionError`, `TaskDoneError`. Takes back the timer."""
    task, returnee = await _locked(session, caller, visible, task_id, expected)
    now = datetime.now(UTC)
    task.done_by, task.done_at, task.outcome, task.version = caller.subject, now, outcome, task.version + 1
    task.note = keyring.seal(note, "urgent_task.note") if note else None
    await cancel(session, OVERDUE, task.id)
    event = UrgentNeedMet(
        flag=task.flag, district=task.district, outcome=outcome, late=now > task.due_at, found_at=task.opened_at, met_at=now
    )
    await emit(session, event, subject=task.id, sequence=task.version, restricted=task.restricted)
    return task, returnee


async def mark_overdue(session: AsyncSession, due: DueTimer) -> None:
    """A task that nobody ended in time stands first in every list of it, and says so."""
    task = await repository.find(session, due.record)
    if task is not None and task.done_at is None and task.overdue_at is None:
        task.overdue_at, task.version = datetime.now(UTC), task.version + 1


async def _locked(session: AsyncSession, caller: Caller, visible: Visibility, task_id: UUID, expected: int) -> tuple[UrgentTask, Returnee]:
    found = await repository.lock(session, task_id, visible)
    if found is None:
        raise NotFoundError
    check_version(expected, found[0].version)
    rules.check_open(found[0].done_at)
    await _note(session, caller, [found[1]])
    return found


async def _note(session: AsyncSession, caller: Caller, returnees: Sequence[Returnee]) -> None:
    await record_access(session, caller, {one.id for one in returnees}, record_type="returnee", purpose="urgent", fields=LISTED)
