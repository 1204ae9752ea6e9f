"""Use cases: a shift begins, ends with a list of what is handed over, and what nobody accepts goes to the supervisor's seat."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from kit.ids import new_id
from kit.timer import DueTimer, cancel, schedule
from services.complaints import service as complaints
from services.complaints.calls import repository as calls
from services.complaints.calls.access import is_supervisor
from services.complaints.calls.callbacks import repository as callbacks
from services.complaints.calls.callbacks.service import NUMBER as CALLBACK_NUMBER
from services.complaints.calls.callbacks.service import HeldByAnotherError
from services.complaints.calls.drafts import service as drafts
from services.complaints.calls.lists import DESK
from services.complaints.calls.models import PhoneCall
from services.complaints.calls.numbers import masked
from services.complaints.calls.service import NUMBER
from services.complaints.calls.shifts import repository
from services.complaints.calls.shifts.models import Handover, Shift
from services.complaints.calls.shifts.schemas import HandoverRow, OpenItem, ShiftIn
from services.complaints.rules import Status

FORGOTTEN: Final = "shift_forgotten"
TO_SEAT: Final = "handover_due"
_LATER: Final = timedelta(minutes=15)
_TOO_LONG: Final = Text("A shift may not be that long.", "শিফট এত দীর্ঘ হতে পারে না।")


class AlreadyOnShiftError(ConflictError):
    slug = "already-on-shift"
    title = Text("You are on shift already.", "আপনার শিফট আগেই শুরু হয়েছে।")


class ExtensionTakenError(ConflictError):
    slug = "extension-taken"
    title = Text("A colleague is on shift at this extension.", "এই এক্সটেনশনে একজন সহকর্মী দায়িত্বে আছেন।")


class OnTheLineError(ConflictError):
    slug = "on-the-line"
    title = Text(
        "A caller is on the line: finish the call, or let a colleague take it, before your shift ends.",
        "একজন ফোনকারী লাইনে আছেন: শিফট শেষ করার আগে কলটি সম্পন্ন করুন বা সহকর্মীকে দিন।",
    )


class NotYoursToAcceptError(ConflictError):
    slug = "already-accepted"
    title = Text("This was accepted by somebody else, or is done.", "এটি অন্য কেউ গ্রহণ করেছেন, অথবা সম্পন্ন হয়েছে।")


async def begin_shift(session: AsyncSession, caller: Caller, said: ShiftIn) -> Shift:
    """Raises `AlreadyOnShiftError`, `ExtensionTakenError`. A timer ends it should nobody do so."""
    if said.hours > DESK.shift_hours_most:
        raise InvalidError(errors=[{"pointer": "/hours", "detail": _TOO_LONG}])
    if await repository.find_open(session, caller.subject):
        raise AlreadyOnShiftError
    now = datetime.now(UTC)
    shift = Shift(
        id=new_id(),
        agent=caller.subject,
        name=caller.username or caller.subject,
        extension=said.extension,
        serves_women=said.serves_women,
        began_at=now,
        ends_at=now + timedelta(hours=said.hours),
        ended_at=None,
        ended_how=None,
    )
    try:
        async with session.begin_nested():
            session.add(shift)
    except IntegrityError as error:
        raise (ExtensionTakenError if "extension" in str(error.orig) else AlreadyOnShiftError) from error
    await schedule(session, shift.ends_at + timedelta(minutes=DESK.shift_grace_minutes), FORGOTTEN, shift.id)
    return shift


async def in_hand(session: AsyncSession, keyring: Keyring, agent: str) -> list[OpenItem]:
    """What would be handed over now."""
    items = [OpenItem(kind="call", record=one.id, words=_call_words(keyring, one)) for one in await calls.list_held(session, agent)]
    items += [
        OpenItem(kind="callback", record=one.id, words=masked(keyring.open(one.number, CALLBACK_NUMBER)))
        for one in await callbacks.list_held(session, agent)
    ]
    return items + [OpenItem(kind="case", record=one.id, words=one.reference) for one in await calls.open_cases_of(session, agent)]


def _call_words(keyring: Keyring, call: PhoneCall) -> str:
    return masked(keyring.open(call.number, NUMBER)) if call.number else "—"


async def end_shift(session: AsyncSession, caller: Caller) -> tuple[Shift, list[Handover]]:
    """Raises `repository.NotOnShiftError`, `OnTheLineError`."""
    shift = await repository.find_open(session, caller.subject, lock=True)
    if shift is None:
        raise repository.NotOnShiftError
    now = datetime.now(UTC)
    if any(_in_progress(one, now) for one in await calls.list_held(session, caller.subject)):
        raise OnTheLineError
    return shift, await _end(session, shift, now, how="agent")


async def end_forgotten(session: AsyncSession, due: DueTimer) -> None:
    """A shift that its agent did not end. Somebody who is talking to a caller is left to finish."""
    shift = await repository.find(session, due.record, lock=True)
    if shift is None or shift.ended_at is not None:
        return
    now = datetime.now(UTC)
    if any(_in_progress(one, now) for one in await calls.list_held(session, shift.agent)):
        await schedule(session, now + _LATER, FORGOTTEN, shift.id)
        return
    await _end(session, shift, now, how="timer")


def _in_progress(call: PhoneCall, now: datetime) -> bool:
    """A line of which the exchange never said that it ended binds nobody for ever."""
    longest = timedelta(minutes=DESK.restricted_hint_minutes)
    return call.ended_at is None and call.answered_at is not None and now - call.answered_at < longest


async def _end(session: AsyncSession, shift: Shift, now: datetime, *, how: str) -> list[Handover]:
    """All that was in this agent's hand is in nobody's, and offered to those who are on shift."""
    given = [await _offer(session, shift, "call", one.id, now) for one in await _calls_released(session, shift.agent)]
    given += [await _offer(session, shift, "callback", one.id, now) for one in await callbacks.list_held(session, shift.agent, lock=True)]
    await callbacks.release(session, shift.agent)
    for case in await calls.open_cases_of(session, shift.agent, lock=True):
        case.assignee = None
        case.status = Status.LODGED if case.status == Status.ASSIGNED else case.status
        await complaints.note_happening(session, case, "unassigned", by=shift.agent, at=now, detail={"shift": str(shift.id)})
        # A restricted case is not for whoever comes next: it waits at the supervisor's seat.
        given.append(await _offer(session, shift, "case", case.id, now, state="at_seat" if case.restricted else "offered"))
    shift.ended_at, shift.ended_how = now, how
    await cancel(session, FORGOTTEN, shift.id)
    await session.flush()
    if given:
        await schedule(session, now + timedelta(minutes=DESK.accept_minutes), TO_SEAT, shift.id)
    return given


async def _calls_released(session: AsyncSession, agent: str) -> Sequence[PhoneCall]:
    held = await calls.list_held(session, agent, lock=True)
    for call in held:
        call.holder = None
        call.version += 1
    return held


async def _offer(session: AsyncSession, shift: Shift, kind: str, record: UUID, now: datetime, *, state: str = "offered") -> Handover:
    one = Handover(
        id=new_id(),
        shift_id=shift.id,
        kind=kind,
        record=record,
        given_by=shift.agent,
        given_at=now,
        state=state,
        taken_by=None,
        taken_at=None,
    )
    session.add(one)
    await session.flush()
    return one


async def send_to_seat(session: AsyncSession, due: DueTimer) -> None:
    """What the incoming shift did not accept in time."""
    await repository.to_seat(session, due.record)


async def accept(session: AsyncSession, keyring: Keyring, caller: Caller, identity: UUID) -> Handover:
    """Item by item, by somebody on shift; from the seat by the supervisor alone. Idempotent for who accepted it.

    Raises `NotYoursToAcceptError` for what another took, `ForbiddenError` for what waits at the seat.
    """
    await repository.need_open(session, caller.subject)
    one = await repository.find_handover(session, identity)
    if one is None:
        raise NotFoundError
    if one.state == "accepted" and one.taken_by == caller.subject:
        return one
    if one.state not in {"offered", "at_seat"}:
        raise NotYoursToAcceptError
    if one.state == "at_seat" and not is_supervisor(caller):
        raise ForbiddenError
    await _ACCEPT[one.kind](session, keyring, caller, one.record)
    one.state, one.taken_by, one.taken_at = "accepted", caller.subject, datetime.now(UTC)
    await session.flush()
    return one


async def _accept_call(session: AsyncSession, keyring: Keyring, caller: Caller, record: UUID) -> None:
    call = await calls.find(session, record, agent=None, lock=True)
    if call is None or call.disposition is not None or call.holder not in {None, caller.subject}:
        raise NotYoursToAcceptError
    await drafts.keep_copy(session, keyring, call)
    call.holder = caller.subject
    call.version += 1


async def _accept_callback(session: AsyncSession, _: Keyring, caller: Caller, record: UUID) -> None:
    task = await callbacks.find(session, record, lock=True)
    if task is None or task.closed_at is not None or task.assignee not in {None, caller.subject}:
        raise HeldByAnotherError
    task.assignee = caller.subject
    task.version += 1


async def _accept_case(session: AsyncSession, _: Keyring, caller: Caller, record: UUID) -> None:
    case = await calls.find_case(session, record, lock=True)
    if case is None or case.assignee not in {None, caller.subject}:
        raise NotYoursToAcceptError
    if case.restricted and not is_supervisor(caller):
        raise NotFoundError
    case.assignee = caller.subject
    case.status = Status.ASSIGNED if case.status == Status.LODGED else case.status
    await record_access(session, caller, [case.id], record_type="complaint", purpose="handover", fields=("reference",))
    await complaints.note_happening(session, case, "taken", by=caller.subject, at=datetime.now(UTC))


_ACCEPT: Final = {"call": _accept_call, "callback": _accept_callback, "case": _accept_case}


async def rows_of(session: AsyncSession, keyring: Keyring, caller: Caller, items: Sequence[Handover]) -> list[HandoverRow]:
    """A restricted case does not stand in an agent's list at all."""
    names = await repository.names_of(session, [one.shift_id for one in items])
    rows = []
    for one in items:
        words = await _words_of(session, keyring, caller, one)
        if words is not None:
            may = one.state == "offered" or (one.state == "at_seat" and is_supervisor(caller))
            rows.append(
                HandoverRow.model_validate(
                    {**one.model_dump(), "given_by_name": names.get(one.shift_id, "—"), "words": words, "may_accept": may}
                )
            )
    return rows


async def _words_of(session: AsyncSession, keyring: Keyring, caller: Caller, one: Handover) -> str | None:
    if one.kind == "call":
        call = await calls.find(session, one.record, agent=None)
        return _call_words(keyring, call) if call else None
    if one.kind == "callback":
        task = await callbacks.find(session, one.record)
        return masked(keyring.open(task.number, CALLBACK_NUMBER)) if task else None
    case = await calls.find_case(session, one.record)
    return case.reference if case and (is_supervisor(caller) or not case.restricted) else None
