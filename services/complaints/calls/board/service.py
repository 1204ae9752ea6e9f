"""Use cases: what rings, what is in hand and what is due, for one agent; the same for the supervisor over all of them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.crypto import Keyring
from services.complaints.access import what_is_visible
from services.complaints.calls import repository as calls
from services.complaints.calls import rules, views
from services.complaints.calls.board import repository
from services.complaints.calls.board.schemas import BoardOut, DeskOut
from services.complaints.calls.callbacks import repository as callbacks
from services.complaints.calls.callbacks.models import Callback
from services.complaints.calls.callbacks.schemas import CallbackRow
from services.complaints.calls.callbacks.service import row_of as callback_row
from services.complaints.calls.models import PhoneCall
from services.complaints.calls.reviews import service as reviews
from services.complaints.calls.schemas import CallRow
from services.complaints.calls.shifts import repository as shifts
from services.complaints.calls.shifts import service as handing
from services.complaints.calls.shifts.models import Shift
from services.complaints.calls.shifts.schemas import ShiftOut
from services.complaints.repository import list_in_danger
from services.complaints.service import log_list
from services.complaints.views import row_of as complaint_row


def shift_out(shift: Shift) -> ShiftOut:
    return ShiftOut.model_validate(shift.model_dump())


async def desk_of(session: AsyncSession, keyring: Keyring, caller: Caller) -> DeskOut:
    """Off shift nothing is shown but what is this person's own."""
    now = datetime.now(UTC)
    shift = await shifts.find_open(session, caller.subject)
    somebody = await shifts.somebody_serves_women(session)

    def mine_to_take(wants_woman: bool) -> bool:  # noqa: FBT001 - the one fact it asks of
        serves = shift is not None and shift.serves_women
        return shift is not None and rules.may_take(wants_woman=wants_woman, serves_women=serves, somebody_serves=somebody)

    def rows(found: Sequence[PhoneCall]) -> list[CallRow]:
        return [views.row_of(one, keyring, caller, may_take=mine_to_take(one.wants_woman)) for one in found]

    on_shift = shift is not None
    due = [one for one in await callbacks.list_open(session) if on_shift and _concerns(one, caller, mine_to_take)]
    waiting = await shifts.list_waiting(session) if on_shift else []
    unseen = await repository.list_calls(session, await reviews.unseen_of(session, caller.subject))
    return DeskOut(
        at=now,
        shift=shift_out(shift) if shift else None,
        waiting=[one for one in rows(await calls.list_ringing(session)) if one.may_take],
        in_hand=rows(await calls.list_held(session, caller.subject)),
        unclaimed=[one for one in rows(await calls.list_unclaimed(session)) if one.may_take],
        callbacks=[callback_row(one, keyring, caller, now) for one in due[:50]],
        handovers=[one for one in await handing.rows_of(session, keyring, caller, waiting) if one.may_accept],
        reviews=[views.row_of(one, keyring, caller, reviewed=[one.id]) for one in unseen],
        items=await handing.in_hand(session, keyring, caller.subject) if on_shift else [],
    )


def _concerns(task: Callback, caller: Caller, mine_to_take: Callable[[bool], bool]) -> bool:
    return task.assignee == caller.subject or (task.assignee is None and mine_to_take(task.wants_woman))


async def board(session: AsyncSession, keyring: Keyring, caller: Caller) -> BoardOut:
    now = datetime.now(UTC)

    def rows(found: Sequence[PhoneCall]) -> list[CallRow]:
        return [views.row_of(one, keyring, caller, may_take=True) for one in found]

    def tasks(found: Sequence[Callback]) -> list[CallbackRow]:
        return [callback_row(one, keyring, caller, now) for one in found]

    on_shift = await shifts.list_open(session)
    told = await list_in_danger(session, what_is_visible(caller))
    await log_list(session, caller, told)
    return BoardOut(
        at=now,
        waiting=rows(await calls.list_ringing(session)),
        talking=rows(await calls.list_talking(session)),
        in_danger=rows(await repository.list_in_danger(session)),
        told_in_danger=[complaint_row(one) for one in told],
        unclaimed=rows(await calls.list_unclaimed(session)),
        shifts=[shift_out(one) for one in on_shift],
        overtime=[shift_out(one) for one in await shifts.oldest_open_until(session, now)],
        callbacks=tasks(await callbacks.list_open(session)),
        overdue=await callbacks.count_overdue(session, now),
        handovers=await handing.rows_of(session, keyring, caller, await shifts.list_waiting(session)),
        withheld_missed=await repository.count_withheld_missed(session, now - timedelta(days=1)),
    )
