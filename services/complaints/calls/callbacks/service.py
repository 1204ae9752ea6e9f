"""Use cases: a number is called back. One open task for a number, whatever opened it; it ends when somebody spoke with the caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual, Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, ForbiddenError, NotFoundError
from kit.ids import new_id
from kit.paging import Paging
from kit.timer import DueTimer, cancel, schedule
from kit.versions import check_version
from services.complaints import rules as cases
from services.complaints.calls import repository as calls
from services.complaints.calls import rules
from services.complaints.calls.access import is_supervisor
from services.complaints.calls.callbacks import repository
from services.complaints.calls.callbacks.models import Callback, CallbackAttempt
from services.complaints.calls.callbacks.schemas import AttemptIn, AttemptOut, CallbackOut, CallbackRow, QuestionOut
from services.complaints.calls.lists import DESK
from services.complaints.calls.numbers import masked
from services.complaints.calls.shifts import repository as shifts
from services.complaints.contact.rules import SafeContact, is_allowed_at, next_allowed
from services.complaints.contact.service import rule_of

ESCALATE: Final = "callback_escalate"
NUMBER: Final = "callback.number"
NOTE: Final = "callback.note"


class NotToBeCalledError(ConflictError):
    slug = "not-to-be-called"
    title = Text(
        "The caller said that a call would not be safe. Only the supervisor may decide to call.",
        "ফোনকারী জানিয়েছেন ফোন করা নিরাপদ নয়। ফোন করার সিদ্ধান্ত শুধু তত্ত্বাবধায়ক নিতে পারেন।",
    )


class NotAtThisHourError(ConflictError):
    slug = "not-at-this-hour"
    title = Text(
        "The caller named hours at which a call is safe, and it is not one of them now.",
        "ফোনকারী যে সময়ে ফোন করা নিরাপদ বলেছেন, এখন সেই সময় নয়।",
    )


class WomanAskedForError(ConflictError):
    slug = "woman-asked-for"
    title = Text(
        "The caller asked for a woman, and a colleague who takes such calls is on shift.",
        "ফোনকারী একজন নারীর সঙ্গে কথা বলতে চেয়েছেন, এবং এমন কল নেন এমন সহকর্মী এখন দায়িত্বে আছেন।",
    )


class AlreadyClosedError(ConflictError):
    slug = "callback-closed"
    title = Text("This call-back is done.", "এই কল-ব্যাক সম্পন্ন হয়েছে।")


class HeldByAnotherError(ConflictError):
    slug = "held-by-another"
    title = Text("A colleague has this in hand.", "এটি একজন সহকর্মীর হাতে আছে।")


@dataclass(frozen=True, slots=True)
class Missed:
    """A number as a call brought it, with what is known of it."""

    number: str
    index: bytes
    country: str | None
    risk: rules.Risk
    may_call: bool | None
    wants_woman: bool
    hours: SafeContact | None = None


async def note_missed(session: AsyncSession, keyring: Keyring, missed: Missed, at: datetime, now: datetime) -> Callback:
    """Opens the task of this number, or joins the open one: its window only ever comes nearer."""
    await repository.lock_number(session, missed.index)
    task = await repository.find_open(session, missed.index, lock=True)
    if task is None:
        return await _open(session, keyring, missed, now, reason="missed", missed_at=at)
    task.missed += 1
    task.last_missed_at = max(task.last_missed_at or at, at)
    task.wants_woman = task.wants_woman or missed.wants_woman
    task.may_call = missed.may_call if missed.may_call is not None else task.may_call
    urgency = rules.priority(missed.risk, missed=task.missed, promised=task.reason == "promised")
    if urgency < task.priority:
        earliest, latest = _window(now, missed, urgency)
        task.priority, task.earliest, task.latest = urgency, min(task.earliest, earliest), min(task.latest, latest)
    task.version += 1
    await _watch(session, task)
    await session.flush()
    return task


async def promise(
    session: AsyncSession, keyring: Keyring, missed: Missed, promised: tuple[datetime, datetime], *, agent: str, note: str
) -> Callback:
    """A call that an agent promised, between two times. It is theirs until their shift ends."""
    now = datetime.now(UTC)
    await repository.lock_number(session, missed.index)
    task = await repository.find_open(session, missed.index, lock=True) or await _open(
        session, keyring, missed, now, reason="promised", missed_at=None
    )
    task.reason, task.assignee = "promised", agent
    task.earliest, task.latest = promised
    task.priority = rules.priority(missed.risk, missed=task.missed, promised=True)
    task.note = keyring.seal(note, NOTE) if note else task.note
    task.version += 1
    await _watch(session, task)
    await session.flush()
    return task


async def ask(session: AsyncSession, keyring: Keyring, missed: Missed) -> Callback:
    """Somebody wants to know something of this number: the open task is joined, else one is opened for it."""
    await repository.lock_number(session, missed.index)
    known = await repository.find_open(session, missed.index, lock=True)
    return known or await _open(session, keyring, missed, datetime.now(UTC), reason="asked", missed_at=None)


async def _open(
    session: AsyncSession, keyring: Keyring, missed: Missed, now: datetime, *, reason: str, missed_at: datetime | None
) -> Callback:
    urgency = rules.priority(missed.risk, missed=1, promised=reason == "promised")
    earliest, latest = _window(now, missed, urgency)
    task = Callback(
        id=new_id(),
        version=1,
        number=keyring.seal(missed.number, NUMBER),
        number_index=missed.index,
        number_country=missed.country,
        reason=reason,
        missed=1 if missed_at else 0,
        last_missed_at=missed_at,
        priority=urgency,
        may_call=missed.may_call,
        wants_woman=missed.wants_woman,
        earliest=earliest,
        latest=latest,
        assignee=None,
        complaint_id=None,
        note=None,
        attempts=0,
        last_attempt_at=None,
        escalated_at=None,
        opened_at=now,
        closed_at=None,
        outcome=None,
    )
    session.add(task)
    await session.flush()
    await _watch(session, task)
    return task


def _window(now: datetime, missed: Missed, urgency: int) -> tuple[datetime, datetime]:
    """By day where the caller is; by the hours that they said are safe where they said any, whatever the urgency."""
    if missed.hours is not None:
        earliest = next_allowed(missed.hours, now)
        return earliest, earliest + DESK.within(urgency)
    waking = (DESK.waking_from, DESK.waking_until)
    return rules.window(now, DESK.zone_of(missed.country), waking, DESK.within(urgency), urgent=urgency == 1)


async def _watch(session: AsyncSession, task: Callback) -> None:
    """One timer for a task, at its present end. What was escalated stays so."""
    await cancel(session, ESCALATE, task.id)
    if task.escalated_at is None:
        await schedule(session, task.latest, ESCALATE, task.id)


async def escalate(session: AsyncSession, due: DueTimer) -> None:
    """To the supervisor's seat: nobody reached the number in time."""
    task = await repository.find(session, due.record, lock=True)
    if task is None or task.closed_at is not None or task.latest > due.due:
        return
    task.escalated_at, task.priority = datetime.now(UTC), 1
    task.version += 1


async def number_reached(session: AsyncSession, index: bytes, at: datetime) -> None:
    """Somebody spoke with this number: no call was missed that still needs an answer. A promise stays: it was for another time."""
    await repository.lock_number(session, index)
    task = await repository.find_open(session, index, lock=True)
    is_done = task is not None and task.reason == "missed" and not await repository.asked_of(session, task.id)
    if task is not None and is_done and (task.last_missed_at is None or task.last_missed_at <= at):
        await _close(session, task, rules.Outcome.REACHED, max(at, task.opened_at))


async def withdraw_missed(session: AsyncSession, identity: UUID, at: datetime) -> None:
    """A call that was counted as missed had been answered: its word came late."""
    task = await repository.find(session, identity, lock=True)
    if task is None or task.closed_at is not None:
        return
    task.missed = max(0, task.missed - 1)
    task.version += 1
    if task.missed == 0 and task.reason == "missed" and not await repository.asked_of(session, task.id):
        await _close(session, task, rules.Outcome.REACHED, max(at, task.opened_at))


async def take(session: AsyncSession, caller: Caller, identity: UUID) -> Callback:
    """Into the caller's hand, who must be on shift. Idempotent."""
    shift = await shifts.need_open(session, caller.subject)
    task = await _mine_to_do(session, identity)
    if task.assignee not in {None, caller.subject} and not is_supervisor(caller):
        raise HeldByAnotherError
    if task.may_call is False and not is_supervisor(caller):
        raise NotToBeCalledError
    asked = [rule_of(complaint) for _, complaint in await repository.asked_of(session, task.id)]
    if not _is_hour_for([*asked, *await contact_rules_of(session, task.number_index)]) and not is_supervisor(caller):
        raise NotAtThisHourError
    somebody = await shifts.somebody_serves_women(session)
    if not rules.may_take(wants_woman=task.wants_woman, serves_women=shift.serves_women, somebody_serves=somebody):
        raise WomanAskedForError
    if task.assignee != caller.subject:
        task.assignee = caller.subject
        task.version += 1
    await session.flush()
    return task


async def contact_rules_of(session: AsyncSession, index: bytes) -> list[SafeContact]:
    """Of all open cases of the number, also of those that no agent may see: for the rule alone."""
    known = await calls.all_of_number(session, index)
    return [rule_of(one) for one in known if cases.category_of(cases.Status(one.status)) is not cases.Category.RESOLVED]


def _is_hour_for(said: Sequence[SafeContact]) -> bool:
    return all(is_allowed_at(one, datetime.now(UTC)) for one in said)


async def note_attempt(
    session: AsyncSession, keyring: Keyring, caller: Caller, identity: UUID, attempt: AttemptIn, expected: int
) -> Callback:
    """What came of a try. Raises `ForbiddenError` for one that is in nobody's or another's hand."""
    task = await _mine_to_do(session, identity)
    if task.assignee != caller.subject:
        raise ForbiddenError
    check_version(expected, task.version)
    if attempt.outcome is rules.Outcome.GIVEN_UP and not is_supervisor(caller):
        raise ForbiddenError
    now = datetime.now(UTC)
    session.add(
        CallbackAttempt(
            id=new_id(),
            callback_id=task.id,
            at=now,
            by=caller.subject,
            outcome=attempt.outcome,
            note=keyring.seal(attempt.note, "callback_attempt.note") if attempt.note else None,
        )
    )
    task.attempts += 1
    task.last_attempt_at = now
    task.version += 1
    if attempt.outcome is rules.Outcome.NOT_SAFE:
        task.may_call = False
    if attempt.outcome in rules.CLOSING:
        await _close(session, task, attempt.outcome, now)
    await session.flush()
    return task


async def _mine_to_do(session: AsyncSession, identity: UUID) -> Callback:
    task = await repository.find(session, identity, lock=True)
    if task is None:
        raise NotFoundError
    if task.closed_at is not None:
        raise AlreadyClosedError
    return task


async def _close(session: AsyncSession, task: Callback, outcome: rules.Outcome, at: datetime) -> None:
    task.closed_at, task.outcome, task.assignee = at, outcome, None
    task.version += 1
    await cancel(session, ESCALATE, task.id)
    await shifts.settle(session, "callback", task.id)
    await session.flush()


async def list_callbacks(session: AsyncSession, paging: Paging, *, is_open: bool) -> Sequence[Callback]:
    return await repository.page_of(session, paging, is_open=is_open)


def row_of(task: Callback, keyring: Keyring, caller: Caller, now: datetime) -> CallbackRow:
    held = {
        "number_masked": masked(keyring.open(task.number, NUMBER)),
        "overdue": task.closed_at is None and task.latest < now,
        "escalated": task.escalated_at is not None,
        "mine": task.assignee == caller.subject,
        "assigned": task.assignee is not None,
    }
    return CallbackRow.model_validate({**task.model_dump(exclude={"number", "note"}), **held})


@dataclass(frozen=True, slots=True)
class Known:
    """What the rest of the house knows of a number, as far as this caller may see it."""

    contact_notes: list[str]
    language: str | None
    reference: str | None


async def read_callback(session: AsyncSession, caller: Caller, identity: UUID) -> Callback:
    """The whole number is shown to whoever has the task in hand, and to the supervisor; written down as a look-up."""
    task = await repository.find(session, identity)
    if task is None:
        raise NotFoundError
    fields = ("number", "safe_contact", "note") if may_see_number(task, caller) else ("state",)
    await record_access(session, caller, [task.id], record_type="callback", purpose="call_back", fields=fields)
    return task


def may_see_number(task: Callback, caller: Caller) -> bool:
    return is_supervisor(caller) or task.assignee == caller.subject


async def view_of(
    session: AsyncSession, keyring: Keyring, caller: Caller, task: Callback, known: Known, asked: Sequence[QuestionOut] = ()
) -> CallbackOut:
    now = datetime.now(UTC)
    shown = may_see_number(task, caller)
    tried = await repository.list_attempts(session, task.id)
    return CallbackOut(
        **row_of(task, keyring, caller, now).model_dump(),
        number=keyring.open(task.number, NUMBER) if shown else None,
        local_time=now.astimezone(DESK.zone_of(task.number_country)),
        contact_notes=known.contact_notes if shown else [],
        language=known.language,
        note=keyring.open(task.note, NOTE) if task.note and shown else None,
        reference=known.reference if shown else None,
        questions=list(asked),
        tried=[_attempt(one, keyring if shown else None) for one in tried],
    )


def _attempt(one: CallbackAttempt, keyring: Keyring | None) -> AttemptOut:
    outcome = rules.Outcome(one.outcome)
    return AttemptOut(
        at=one.at,
        by=one.by,
        outcome=outcome,
        outcome_label=Bilingual.of(rules.OUTCOME_WORDS[outcome]),
        note=keyring.open(one.note, "callback_attempt.note") if one.note and keyring else None,
    )
