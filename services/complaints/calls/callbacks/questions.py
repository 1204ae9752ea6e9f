"""Use cases: what redress wants to ask a person joins the call-back of their number. One list for the agent, one call for the number.

What is restricted, or not safe to be called, stays with the office that holds the complaint; so does what an agent closed without asking.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ForbiddenError, NotFoundError
from kit.timer import DueTimer
from services.complaints.calls import repository as calls
from services.complaints.calls import rules
from services.complaints.calls.callbacks import repository, service
from services.complaints.calls.callbacks.models import Callback
from services.complaints.calls.callbacks.schemas import QuestionOut
from services.complaints.calls.numbers import read_number
from services.complaints.contact.service import rule_of
from services.complaints.models import Complaint
from services.complaints.redress import repository as redress
from services.complaints.redress.models import RedressTask
from services.complaints.redress.schemas import TaskAnswerIn, TaskOut
from services.complaints.redress.tasks import service as tasks


async def join(session: AsyncSession, keyring: Keyring, due: DueTimer) -> None:
    """The day has come to ask how it went: by the call-back that is open for the number, or by one of its own."""
    task = await session.get(RedressTask, due.record)
    if task is None or task.done_at is not None:
        return
    complaint = await redress.locked(session, task.complaint_id)
    if (missed := _number_of(keyring, complaint, await _wants_woman(session, complaint))) is not None:
        task.callback_id = (await service.ask(session, keyring, missed)).id


async def _wants_woman(session: AsyncSession, complaint: Complaint) -> bool:
    wish = await calls.wish_of(session, complaint.reporter_phone_index) if complaint.reporter_phone_index else None
    return bool(wish and wish.wants_woman)


def _number_of(keyring: Keyring, complaint: Complaint, wants_woman: bool) -> service.Missed | None:  # noqa: FBT001  # a fact among facts
    """None where no agent may call: restricted, said not to be safe, or no number."""
    if complaint.restricted or complaint.may_call is False or not complaint.reporter_phone or not complaint.reporter_phone_index:
        return None
    written = keyring.open(complaint.reporter_phone, "complaint.reporter_phone")
    number, rule = read_number(written), rule_of(complaint)
    return service.Missed(
        number=written,
        index=complaint.reporter_phone_index,
        country=number.country if number else None,
        risk=rules.Risk(in_danger=False, open_cases=True),
        may_call=complaint.may_call,
        hours=rule if rule.hours is not None else None,
        wants_woman=wants_woman,
    )


async def shown(session: AsyncSession, caller: Caller, callback: Callback) -> list[QuestionOut]:
    """To whoever has the call-back in hand."""
    if not service.may_see_number(callback, caller):
        return []
    found = await repository.asked_of(session, callback.id)
    seen = [complaint.id for _, complaint in found]
    await record_access(session, caller, seen, record_type="complaint", purpose="call_back", fields=("reference", "state"))
    return [QuestionOut(id=task.id, kind=task.kind, reference=complaint.reference) for task, complaint in found]


async def answer(session: AsyncSession, keyring: Keyring, caller: Caller, callback_id: UUID, task_id: UUID, said: TaskAnswerIn) -> TaskOut:
    """What the person said. Raises `ForbiddenError` for a call-back in nobody's or another's hand, `NotFoundError`."""
    callback = await repository.find(session, callback_id)
    if callback is None:
        raise NotFoundError
    if callback.assignee != caller.subject or callback.closed_at is not None:
        raise ForbiddenError
    rows: Sequence[tuple[RedressTask, Complaint]] = await repository.asked_of(session, callback_id, even_done=True)
    mine = next((complaint.id for task, complaint in rows if task.id == task_id), None)
    if mine is None:
        raise NotFoundError
    complaint = await redress.locked(session, mine)
    task = await session.get_one(RedressTask, task_id, with_for_update=True, populate_existing=True)
    return await tasks.answer_held(session, keyring, caller, task, complaint, said)
