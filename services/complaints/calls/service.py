"""Use cases: a call is told of by the exchange or typed by hand, taken by an agent, and finished with a word on how it ended."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.complaints import CallEnded
from contracts.text import Bilingual, Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import InvalidError, NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from kit.timer import DueTimer, cancel, schedule
from services.complaints import rules as cases
from services.complaints import service as complaints
from services.complaints.calls import repository, rules
from services.complaints.calls.access import is_supervisor
from services.complaints.calls.callbacks import service as callbacks
from services.complaints.calls.callbacks.models import Callback
from services.complaints.calls.drafts import service as drafts
from services.complaints.calls.knowledge.lists import KNOWLEDGE
from services.complaints.calls.lists import DESK
from services.complaints.calls.models import CallerWish, CallEvent, CallLink, PhoneCall
from services.complaints.calls.numbers import Number, read_number
from services.complaints.calls.schemas import CallEventIn, EventTaken, FinishedOut, FinishIn, HandCallIn
from services.complaints.calls.shifts import repository as shifts
from services.complaints.contact.service import rule_of
from services.complaints.models import Complaint

SETTLE: Final = "call_settle"
SILENT: Final = "call_silent"
NUMBER: Final = "phone_call.number"
NOTE: Final = "phone_call.note"
_NO_NUMBER: Final = Text(
    "This is not a telephone number. Leave it empty if the number is not known.", "এটি সঠিক ফোন নম্বর নয়। নম্বর জানা না থাকলে ঘরটি খালি রাখুন।"
)
_NO_ARTICLE: Final = Text("There is no such article.", "এমন কোনো নিবন্ধ নেই।")
_NO_NUMBER_TO_CALL: Final = Text("A call cannot be promised without a number.", "নম্বর ছাড়া ফোন করার প্রতিশ্রুতি দেওয়া যায় না।")


async def take_event(session: AsyncSession, keyring: Keyring, event: CallEventIn) -> EventTaken:
    """One event of the exchange. The record is computed anew from all that were told of the call, in whatever order they came."""
    await repository.lock_exchange_id(session, event.call)
    now = datetime.now(UTC)
    told = CallEvent(exchange_id=event.call, kind=event.event, at=event.at, received_at=now)
    is_new = await repository.add_event(session, told)
    call = await repository.of_exchange(session, event.call)
    if call is not None and not is_new:
        return EventTaken(id=call.id, state=rules.State(call.state), repeated=True)
    known = {rules.EventKind(one.kind): one.at for one in await repository.list_events(session, event.call)}
    number = read_number(event.number)
    if call is None:
        call = _new(keyring, number, now, source="exchange", direction=event.direction)
        call.exchange_id = event.call
        session.add(call)
    elif call.number is None and number is not None:
        _put_number(call, keyring, number)
    await _follow(session, keyring, call, rules.course(known), extension=event.agent, now=now)
    return EventTaken(id=call.id, state=rules.State(call.state), repeated=False)


def _new(keyring: Keyring, number: Number | None, now: datetime, *, source: str, direction: str) -> PhoneCall:
    call = PhoneCall(
        id=new_id(),
        version=0,
        exchange_id=None,
        source=source,
        direction=direction,
        state=rules.State.RINGING,
        number_country=None,
        opened_at=now,
        waited_s=0,
        talked_s=0,
        extension=None,
        agent=None,
        agent_name=None,
        holder=None,
        wants_woman=False,
        language="bn",
        caller_safe=None,
        country=None,
        disposition=None,
        disposed_by=None,
        callback_id=None,
    )
    if number is not None:
        _put_number(call, keyring, number)
    return call


def _put_number(call: PhoneCall, keyring: Keyring, number: Number) -> None:
    call.number = keyring.seal(number.written, NUMBER)
    call.number_index = complaints.phone_index(keyring, number.written)
    call.number_country = number.country


async def _follow(
    session: AsyncSession, keyring: Keyring, call: PhoneCall, course: rules.Course, *, extension: str | None, now: datetime
) -> None:
    """The record after its events; what hangs on it: the one who took it, the number's call-back, the word to others."""
    call.version += 1
    call.state, call.opened_at, call.answered_at, call.ended_at = course.state, course.opened_at, course.answered_at, course.ended_at
    call.waited_s, call.talked_s = course.waited_s, course.talked_s
    if call.number_index is not None and (wish := await repository.wish_of(session, call.number_index)):
        call.wants_woman = call.wants_woman or wish.wants_woman
        call.language = wish.language or call.language
    if extension:
        await _answered_by(session, call, extension)
    await session.flush()
    if course.answered_at is not None:
        await _was_reached(session, call, course.answered_at)
    elif course.state is rules.State.ABANDONED and call.direction == "in" and call.callback_id is None:
        await _was_missed(session, keyring, call, now)
    if course.ended_at is not None:
        await cancel(session, SILENT, call.id)
        await schedule(session, now + timedelta(seconds=DESK.settle_seconds), SETTLE, call.id)
    elif course.state is rules.State.RINGING:
        await schedule(session, call.opened_at + timedelta(minutes=DESK.silent_minutes), SILENT, call.id)


async def _answered_by(session: AsyncSession, call: PhoneCall, extension: str) -> None:
    """Whoever is on shift at that extension has the call in hand. Nobody: it waits to be taken."""
    call.extension = extension
    if call.answered_at is None or call.agent is not None or call.disposition is not None:
        return
    if (shift := await shifts.of_extension(session, extension)) is not None:
        call.agent = call.holder = shift.agent
        call.agent_name = shift.name


async def _was_reached(session: AsyncSession, call: PhoneCall, at: datetime) -> None:
    if call.callback_id is not None:
        await callbacks.withdraw_missed(session, call.callback_id, at)
        call.callback_id = None
    if call.number_index is not None:
        await callbacks.number_reached(session, call.number_index, at)


async def _was_missed(session: AsyncSession, keyring: Keyring, call: PhoneCall, now: datetime) -> None:
    """A withheld number is counted by the call itself and nothing more: there is nobody to call."""
    missed = await number_facts(session, keyring, call)
    if missed is not None:
        task = await callbacks.note_missed(session, keyring, missed, call.ended_at or now, now)
        call.callback_id = task.id


async def number_facts(session: AsyncSession, keyring: Keyring, call: PhoneCall) -> callbacks.Missed | None:
    """What rules need to know of a number: danger, open cases, whether a call is safe. Nobody reads it; None where it was withheld."""
    if call.number is None or call.number_index is None:
        return None
    known = await repository.all_of_number(session, call.number_index)
    still_open = [one for one in known if cases.category_of(cases.Status(one.status)) is not cases.Category.RESOLVED]
    in_danger = any(one.severity >= _IN_DANGER or one.restricted or one.caller_safe is False for one in still_open)
    wish = await repository.wish_of(session, call.number_index)
    return callbacks.Missed(
        number=keyring.open(call.number, NUMBER),
        index=call.number_index,
        country=call.number_country,
        risk=rules.Risk(
            in_danger=in_danger or await repository.was_in_danger(session, call.number_index),
            open_cases=bool(still_open),
        ),
        may_call=safe_to_call(still_open),
        hours=next((one for one in map(rule_of, still_open) if one.hours is not None), None),
        wants_woman=call.wants_woman or bool(wish and wish.wants_woman),
    )


_IN_DANGER: Final = 4


def safe_to_call(known: Sequence[Complaint]) -> bool | None:
    """One *no* outweighs every *yes*; None where nobody asked."""
    said = [one.may_call for one in known if one.may_call is not None]
    return all(said) if said else None


async def add_by_hand(session: AsyncSession, keyring: Keyring, caller: Caller, typed: HandCallIn) -> PhoneCall:
    """A call while the exchange is down. Raises `InvalidError` for what is no number; none at all is a withheld one."""
    shift = await shifts.need_open(session, caller.subject)
    number, now = read_number(typed.number), datetime.now(UTC)
    if typed.number.strip() and number is None:
        raise InvalidError(errors=[{"pointer": "/number", "detail": _NO_NUMBER}])
    call = _new(keyring, number, now, source="hand", direction=typed.direction)
    call.version, call.state, call.answered_at = 1, rules.State.ANSWERED, now
    call.agent = call.holder = caller.subject
    call.agent_name = shift.name
    session.add(call)
    await session.flush()
    await _was_reached(session, call, now)
    return call


async def find_call(session: AsyncSession, caller: Caller, identity: UUID, *, lock: bool = False) -> PhoneCall:
    """Raises `NotFoundError` also for a call that is not this caller's to open."""
    agent = None if is_supervisor(caller) else caller.subject
    call = await repository.find(session, identity, agent=agent, lock=lock)
    if call is None:
        raise NotFoundError
    return call


async def list_calls(session: AsyncSession, caller: Caller, paging: Paging) -> Sequence[PhoneCall]:
    return await repository.page_of(session, paging, agent=None if is_supervisor(caller) else caller.subject)


async def take_call(session: AsyncSession, keyring: Keyring, caller: Caller, identity: UUID) -> PhoneCall:
    """Into the caller's hand, who must be on shift, with what was typed so far. From another's hand: the supervisor only.

    Idempotent. Raises `callbacks.HeldByAnotherError`, `callbacks.WomanAskedForError`, `drafts.FinishedError`.
    """
    shift = await shifts.need_open(session, caller.subject)
    call = await find_call(session, caller, identity, lock=True)
    if call.holder == caller.subject:
        return call
    if call.disposition is not None:
        raise drafts.FinishedError
    if call.holder is not None and not is_supervisor(caller):
        raise callbacks.HeldByAnotherError
    somebody = await shifts.somebody_serves_women(session)
    if not rules.may_take(wants_woman=call.wants_woman, serves_women=shift.serves_women, somebody_serves=somebody):
        raise callbacks.WomanAskedForError
    await drafts.keep_copy(session, keyring, call)
    call.holder = caller.subject
    call.version += 1
    if call.agent is None:
        call.agent, call.agent_name = caller.subject, shift.name
    await shifts.settle(session, "call", call.id)
    await session.flush()
    return call


async def finish_call(
    session: AsyncSession, keyring: Keyring, caller: Caller, visible: cases.Visibility, identity: UUID, said: FinishIn
) -> FinishedOut:
    """How the call ended, what came of it and what was promised, in one transaction with the complaint that it led to."""
    call = await find_call(session, caller, identity, lock=True)
    _judge(call, caller, said)
    now = datetime.now(UTC)
    reference, next_step = await _what_came_of_it(session, keyring, caller, visible, call, said)
    call.version += 1
    call.disposition, call.disposed_at, call.disposed_by, call.holder = said.disposition, now, caller.subject, None
    call.caller_safe = said.caller_safe if said.caller_safe is not None else call.caller_safe
    call.wants_woman, call.language, call.country = said.wants_woman, said.language, said.country or call.country
    call.answered_at = call.answered_at or call.opened_at
    if said.note and reference is None:
        call.note = keyring.seal(said.note, NOTE)
    await repository.add_articles(session, call.id, said.articles, now)
    if call.number_index is not None:
        await repository.keep_wish(session, _wish(call, caller, now))
    task = await _promised(session, keyring, caller, call, said)
    await drafts.forget(session, call)
    await shifts.settle(session, "call", call.id)
    if call.source == "hand":
        call.state, call.ended_at = rules.State.ENDED, now
        call.talked_s = max(0, int((now - call.answered_at).total_seconds()))
    elif call.ended_at is None:
        await schedule(session, now + timedelta(minutes=DESK.silent_minutes), SETTLE, call.id)
    await session.flush()
    await _tell_if_over(session, call, now)
    return FinishedOut(
        id=call.id,
        disposition=said.disposition,
        disposition_label=Bilingual.of(rules.DISPOSITION_WORDS[said.disposition]),
        reference=reference,
        next_step=next_step,
        callback=task.id if task else None,
    )


def _judge(call: PhoneCall, caller: Caller, said: FinishIn) -> None:
    if call.disposition is not None:
        raise drafts.FinishedError
    if call.holder != caller.subject:
        raise drafts.TakenOverError
    ending = rules.Ending(said.disposition, said.complaint is not None, bool(said.reference))
    if missing := rules.missing_for(ending):
        raise InvalidError(errors=[{"pointer": f"/{missing[0]}", "detail": missing[1]}])
    if not all(map(KNOWLEDGE.has, said.articles)):
        raise InvalidError(errors=[{"pointer": "/articles", "detail": _NO_ARTICLE}])
    if said.promise and call.number is None:
        raise InvalidError(errors=[{"pointer": "/promise", "detail": _NO_NUMBER_TO_CALL}])


async def _what_came_of_it(
    session: AsyncSession, keyring: Keyring, caller: Caller, visible: cases.Visibility, call: PhoneCall, said: FinishIn
) -> tuple[str | None, Bilingual | None]:
    """Reference and next step of the complaint that was lodged or followed up."""
    if said.disposition is rules.Disposition.NEW_COMPLAINT and said.complaint is not None:
        receipt = await complaints.lodge_complaint(session, keyring, caller, said.complaint, call_id=call.id)
        session.add(CallLink(call_id=call.id, complaint_id=receipt.id, how="lodged"))
        return receipt.reference, receipt.next_step
    if said.disposition is rules.Disposition.FOLLOW_UP and said.reference is not None:
        complaint = await complaints.get_complaint(session, caller, visible, said.reference, purpose="call", lock=True)
        note = complaints.seal_note(keyring, said.note)
        detail = {"call": str(call.id)}
        await complaints.note_happening(session, complaint, "call", by=caller.subject, at=datetime.now(UTC), detail=detail, note=note)
        session.add(CallLink(call_id=call.id, complaint_id=complaint.id, how="follow_up"))
        return complaint.reference, None
    return None, None


def _wish(call: PhoneCall, caller: Caller, now: datetime) -> CallerWish:
    assert call.number_index is not None  # noqa: S101 - asked for by whoever calls this
    return CallerWish(
        number_index=call.number_index, wants_woman=call.wants_woman, language=call.language, set_at=now, set_by=caller.subject
    )


async def _promised(session: AsyncSession, keyring: Keyring, caller: Caller, call: PhoneCall, said: FinishIn) -> Callback | None:
    if said.promise is None:
        return None
    facts = await number_facts(session, keyring, call)
    if facts is None:
        return None
    await session.flush()
    between = (said.promise.not_before, said.promise.not_after)
    return await callbacks.promise(session, keyring, facts, between, agent=caller.subject, note=said.promise.note)


def note_safety(call: PhoneCall, said: Sequence[str]) -> None:
    """While the agent still writes: the supervisor's board shows a caller in danger at once. The call's row is locked."""
    safe = {"yes": True, "no": False}.get(said[0]) if said else None
    if safe is not None and safe != call.caller_safe:
        call.caller_safe = safe
        call.version += 1


async def settle(session: AsyncSession, due: DueTimer) -> None:
    """No word on this call can be late any more: others are told of it once, now or when its agent has finished."""
    call = await repository.find(session, due.record, agent=None, lock=True)
    if call is None:
        return
    if call.ended_at is None and call.disposed_at is not None and call.answered_at is not None:
        # The exchange never said that it ended: its agent did.
        call.state, call.ended_at = rules.State.ENDED, max(call.disposed_at, call.answered_at)
        call.talked_s = int((call.ended_at - call.answered_at).total_seconds())
        call.version += 1
    await _tell_if_over(session, call, datetime.now(UTC), settled=True)


async def give_up_ringing(session: AsyncSession, keyring: Keyring, due: DueTimer) -> None:
    """The exchange never said how it ended: nobody answered."""
    call = await repository.find(session, due.record, agent=None, lock=True)
    if call is not None and call.exchange_id is not None and call.state == rules.State.RINGING:
        now = datetime.now(UTC)
        await repository.add_event(
            session, CallEvent(exchange_id=call.exchange_id, kind=rules.EventKind.ABANDONED, at=now, received_at=now)
        )
        course = rules.course({rules.EventKind.RINGING: call.opened_at, rules.EventKind.ABANDONED: now})
        await _follow(session, keyring, call, course, extension=None, now=now)


async def _tell_if_over(session: AsyncSession, call: PhoneCall, now: datetime, *, settled: bool = False) -> None:
    """Once for a call. An answered one is over when it has ended and its agent has said how; a missed one when no word is late any more."""
    answered = call.answered_at is not None
    if call.told_at is not None or call.ended_at is None or (call.disposition is None if answered else not settled):
        return
    call.told_at = now
    event = CallEnded(
        answered=answered,
        disposition=call.disposition,
        country=call.country or call.number_country,
        waited_s=call.waited_s,
        talked_s=call.talked_s,
        ended_at=call.ended_at,
    )
    restricted = await repository.leads_to_restricted(session, call.id)
    await emit(session, event, subject=call.id, sequence=call.version, restricted=restricted)
