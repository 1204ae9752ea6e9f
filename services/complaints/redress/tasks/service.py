"""Use cases: reminders before and after a sum is due or a court sits, and the call-back that asks how it went."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.complaints import ComplaintDecided
from contracts.days import DHAKA
from contracts.text import Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.bus import Received
from kit.crypto import Keyring
from kit.errors import ConflictError, InvalidError, NotFoundError
from kit.ids import new_id
from kit.paging import Paging
from kit.timer import DueTimer, schedule
from services.complaints import service as complaints
from services.complaints.access import offices_of, what_is_visible
from services.complaints.models import Complaint
from services.complaints.redress import repository
from services.complaints.redress.lists import LISTS
from services.complaints.redress.models import CourtCase, RedressLine, RedressTask
from services.complaints.redress.rules import reminder_days
from services.complaints.redress.schemas import TaskAnswerIn, TaskOut

SUM_DUE: Final = "redress-due"
COURT_DATE: Final = "court-date"
ASK: Final = "redress-asks"
CALL_BACKS: Final = frozenset({"ask_after_payment", "ask_after_closing"})


class AlreadyDoneError(ConflictError):
    slug = "task-done"
    title = Text("Somebody has done this already.", "কাজটি ইতিমধ্যে কেউ করেছেন।")


class NoAnswerError(InvalidError):
    slug = "answer-missing"
    title = Text("Say how satisfied the person is, or that they were not reached.", "ব্যক্তি কতটা সন্তুষ্ট তা লিখুন, অথবা তাঁকে পাওয়া যায়নি তা জানান।")


async def schedule_reminders(session: AsyncSession, complaint: Complaint, line: RedressLine) -> None:
    """A timer for each day named in the data; for a day that is past already, one task at once."""
    today = datetime.now(DHAKA).date()
    for day in _reminders(line):
        if day > today:
            await schedule(session, _morning(day), SUM_DUE, line.id)
    if line.due_on is not None and line.due_on < today:
        await make_task(session, complaint, "overdue", datetime.now(UTC), line)


async def schedule_court(session: AsyncSession, case: CourtCase) -> None:
    for day in _court_days(case):
        await schedule(session, _morning(day), COURT_DATE, case.id)


async def ask_after_payment(session: AsyncSession, complaint: Complaint) -> None:
    await make_task(session, complaint, "ask_after_payment", _in_days(LISTS.feedback.after_payment_days))


async def ask_after_closing(session: AsyncSession, events: Sequence[Received[ComplaintDecided]]) -> None:
    """A decision is not the end: some days later somebody asks the person. Once per decision."""
    for event in events:
        complaint = await session.get(Complaint, event.envelope.subject, with_for_update=True)
        if complaint is None:
            continue
        due = event.data.decided_at + timedelta(days=LISTS.feedback.after_closing_days)
        await make_task(session, complaint, "ask_after_closing", due)


async def remind_of_sum(session: AsyncSession, timer: DueTimer) -> None:
    """An order that was replaced meanwhile has other days: a timer of the old ones does nothing."""
    line = await session.get(RedressLine, timer.record)
    if line is None or line.settled_on is not None or line.given_up_at is not None:
        return
    kinds = {_morning(day): kind for day, kind in _reminders(line).items()}
    if kind := kinds.get(timer.due):
        await make_task(session, await repository.locked(session, line.complaint_id), kind, timer.due, line)


async def remind_of_court(session: AsyncSession, timer: DueTimer) -> None:
    case = await session.get(CourtCase, timer.record)
    if case is None or case.outcome is not None or timer.due not in map(_morning, _court_days(case)):
        return
    await make_task(session, await repository.locked(session, case.complaint_id), "court_date", timer.due)


async def list_tasks(session: AsyncSession, caller: Caller, paging: Paging) -> Sequence[Row[RedressTask, str]]:
    """Those of the caller's offices that are due, oldest first."""
    rows = await repository.open_tasks(session, what_is_visible(caller), offices_of(caller), datetime.now(UTC), paging)
    shown = [task.complaint_id for task, _ in rows[: paging.limit]]
    await record_access(session, caller, shown, record_type="complaint", purpose="redress-task", fields=["reference", "state"])
    return rows


async def answer_task(session: AsyncSession, keyring: Keyring, caller: Caller, task_id: UUID, said: TaskAnswerIn) -> TaskOut:
    """What the person said on the call-back, in their words; who was not reached is called again on the next day."""
    found = await repository.find_task(session, task_id, what_is_visible(caller))
    if found is None or found[0].office not in offices_of(caller):
        raise NotFoundError
    return await answer_held(session, keyring, caller, found[0], found[1], said)


async def answer_held(
    session: AsyncSession, keyring: Keyring, caller: Caller, task: RedressTask, complaint: Complaint, said: TaskAnswerIn
) -> TaskOut:
    """Of a task whose complaint's row is held, by whoever may: the office, or the agent who calls the number."""
    if task.done_at is not None:
        raise AlreadyDoneError
    if task.kind in CALL_BACKS and said.reached and said.answer is None:
        raise NoAnswerError
    task.done_at, task.done_by = datetime.now(UTC), caller.subject
    task.answer = said.answer if said.reached else None
    task.words = keyring.seal(said.words, "redress_task.words") if said.words else None
    if task.kind in CALL_BACKS and not said.reached:
        await make_task(session, complaint, task.kind, _in_days(1))
    detail = {"task": task.kind, "answer": task.answer, "reached": said.reached}
    await complaints.note_happening(session, complaint, "redress_asked", by=caller.subject, at=task.done_at, detail=detail)
    await record_access(session, caller, [complaint.id], record_type="complaint", purpose="redress-task", fields=["reference", "state"])
    return task_out(task, complaint.reference, keyring)


def task_out(task: RedressTask, reference: str, keyring: Keyring | None) -> TaskOut:
    """Without a keyring: without the words."""
    words = keyring.open(task.words, "redress_task.words") if keyring is not None and task.words else None
    values: dict[str, Any] = {**task.model_dump(include={"id", "kind", "due", "done_at", "answer"}), "line": task.line_id}
    return TaskOut(reference=reference, words=words, **values)


async def make_task(session: AsyncSession, complaint: Complaint, kind: str, due: datetime, line: RedressLine | None = None) -> None:
    """For the office that holds the complaint now. Its row is locked: the same kind and moment is one task."""
    known = [one for one in await repository.tasks_of(session, complaint.id) if (one.kind, one.due) == (kind, due)]
    if known:
        return
    task = RedressTask(
        id=new_id(),
        complaint_id=complaint.id,
        office=complaint.office,
        kind=kind,
        line_id=line.id if line else None,
        due=due,
        made_at=datetime.now(UTC),
    )
    await repository.add(session, task)
    if kind in CALL_BACKS:
        await schedule(session, due, ASK, task.id)


def _reminders(line: RedressLine) -> dict[date, str]:
    if line.due_on is None:
        return {}
    return {day: kind for kind, day in reminder_days(line.due_on, LISTS.reminders.before_days, LISTS.reminders.after_days)}


def _court_days(case: CourtCase) -> list[date]:
    return [case.next_date - timedelta(days=one) for one in LISTS.court_reminder_days] if case.next_date is not None else []


def _in_days(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(LISTS.reminders.at_hour), DHAKA)


TIMERS: Final = {SUM_DUE: remind_of_sum, COURT_DATE: remind_of_court}
