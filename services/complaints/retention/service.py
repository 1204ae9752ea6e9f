"""The durable timer that erases what is past its period, and files that no record names. A hold of the complaint stops it.

Each night, a class at a time: what ended since the last mark, oldest first, so many at once; what is held or of a kind that is kept longer
waits by name and is looked at again. Effect and mark commit together: a night that broke off goes on where it stopped.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.crypto import Keyring
from kit.files import Files, sweep_orphans
from kit.timer import DueTimer, TimerHandler, schedule
from services.complaints import service as complaints
from services.complaints.models import Complaint
from services.complaints.retention import repository
from services.complaints.retention.lists import PERIODS
from services.complaints.retention.rules import CALLBACKS, CALLS, CLASSES, is_over, span

NIGHT: Final = "retention.night"
NIGHT_RECORD: Final = UUID("00000000-0000-4000-8000-0000000000e1")
MORE: Final = "retention.more"
FILE: Final = "retention.file"
AT_ONCE: Final = 200


async def sweep(session: AsyncSession, keyring: Keyring, name: str, now: datetime) -> bool:
    """One round of one class. Whether there is more of it to do."""
    if name in {CALLS, CALLBACKS}:
        return await _sweep_phone(session, keyring, name, now)
    mark = await repository.mark_of(session, name)
    for record in await repository.waiting(session, name):
        complaint = await session.get(Complaint, record, with_for_update=True)
        if complaint is not None and await _erase_if_over(session, keyring, name, complaint, now):
            await repository.wait_no_more(session, name, record)
    until = now - span(PERIODS.shortest(name))
    found = await repository.complaints_ended(session, mark.done_until, until, AT_ONCE)
    for one in found:
        complaint = await session.get_one(Complaint, one.id, with_for_update=True, populate_existing=True)
        if not await _erase_if_over(session, keyring, name, complaint, now):
            await repository.wait(session, name, complaint.id)
    mark.done_until = found[-1].resolved_at or until if len(found) == AT_ONCE else max(until, mark.done_until)
    return len(found) == AT_ONCE


async def _erase_if_over(session: AsyncSession, keyring: Keyring, name: str, complaint: Complaint, now: datetime) -> bool:
    """False where it is still kept. One that was opened again ends anew, and is found anew."""
    if complaint.resolved_at is None:
        return True
    if not is_over(complaint.resolved_at, PERIODS.of(name, complaint.kind), now, on_hold=complaint.on_hold):
        return False
    for words in CLASSES[name]:
        if not words.by_owner:
            await repository.erase(session, keyring, words, complaint.id)
    if name == "case_files":
        await repository.erase_histories(session, complaint.id, keyring.seal("", "protection_assessment.reason"))
    if name == "files":
        for file_id in await repository.take_files(session, complaint.id, now):
            await schedule(session, now, FILE, file_id)
    detail = {"class": name, "data": PERIODS.version}
    await complaints.note_happening(session, complaint, "words_erased", by=complaints.SYSTEM, at=now, detail=detail)
    return True


async def _sweep_phone(session: AsyncSession, keyring: Keyring, name: str, now: datetime) -> bool:
    """Calls and call-backs: by their own time, and while the complaint that they belong to is neither open nor on hold."""
    is_call = name == CALLS
    is_held = repository.is_call_held if is_call else repository.is_callback_held
    mark = await repository.mark_of(session, name)
    for record in await repository.waiting(session, name):
        if not await is_held(session, record):
            await _erase_phone(session, keyring, name, record)
            await repository.wait_no_more(session, name, record)
    until = now - span(PERIODS.shortest(name))
    found = await _ended(session, name, mark.done_until, until)
    for record, _ in found:
        if await is_held(session, record):
            await repository.wait(session, name, record)
        else:
            await _erase_phone(session, keyring, name, record)
    mark.done_until = found[-1][1] if len(found) == AT_ONCE else max(until, mark.done_until)
    return len(found) == AT_ONCE


async def _ended(session: AsyncSession, name: str, since: datetime, until: datetime) -> list[tuple[UUID, datetime]]:
    if name == CALLS:
        return [(one.id, one.opened_at) for one in await repository.calls_ended(session, since, until, AT_ONCE)]
    return [(one.id, one.closed_at or until) for one in await repository.callbacks_closed(session, since, until, AT_ONCE)]


async def _erase_phone(session: AsyncSession, keyring: Keyring, name: str, record: UUID) -> None:
    if name == CALLBACKS:
        await repository.erase_attempts(session, record)
    for words in CLASSES[name]:
        if not words.by_owner:
            await repository.erase(session, keyring, words, record)


def timers(files: Files, keyring: Keyring) -> Mapping[str, TimerHandler]:
    async def on_night(session: AsyncSession, due: DueTimer) -> None:
        """Sets the next night's, and one timer for each class: one that fails keeps none of the others waiting."""
        now = datetime.now(UTC)
        await schedule(session, _next_night(due.due, now), NIGHT, NIGHT_RECORD)
        for number, name in enumerate(CLASSES):
            await schedule(session, now, MORE, UUID(int=NIGHT_RECORD.int + number + 1), {"class": name})
        await sweep_orphans(files, now - timedelta(days=PERIODS.orphan_days), partial(repository.named, session))

    async def on_more(session: AsyncSession, due: DueTimer) -> None:
        now = datetime.now(UTC)
        if await sweep(session, keyring, str(due.payload["class"]), now):
            await schedule(session, now, MORE, due.record, due.payload)

    async def on_file(_: AsyncSession, due: DueTimer) -> None:
        await files.delete(due.record)

    return {NIGHT: on_night, MORE: on_more, FILE: on_file}


def _next_night(planned: datetime, now: datetime) -> datetime:
    """At the same hour as before, never in the past: nights that nobody was there for are not caught up with one by one."""
    missed = max(0, (now - planned) // timedelta(days=1))
    return planned + timedelta(days=missed + 1)
