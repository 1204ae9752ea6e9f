"""Work that waits for time: a row in `timer`, claimed by any replica when it is due; its effect and its completion commit together."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import (
    Column,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    delete,
    extract,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.database import Sessions
from kit.ids import new_id
from kit.pauses import growing_pause
from kit.plumbing import plumbing
from kit.pulse import wait_for

log = logging.getLogger(__name__)

CHANNEL: Final = "timer"
IDLE_S: Final = 30.0
LOCKED_S: Final = 1.0
LONGEST_PAUSE: Final = timedelta(hours=1)

timer = Table(
    "timer",
    plumbing,
    Column("id", Uuid, primary_key=True),
    Column("due", DateTime(timezone=True), nullable=False),
    Column("kind", Text, nullable=False),
    Column("record", Uuid, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("next_try", DateTime(timezone=True), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text),
    Column("done_at", DateTime(timezone=True)),
    UniqueConstraint("kind", "record", "due"),
)
Index("timer_open", timer.c.next_try, postgresql_where=timer.c.done_at.is_(None))
ADD: Final = insert(timer).on_conflict_do_nothing(index_elements=["kind", "record", "due"])
TAKE_BACK: Final = delete(timer).where(
    timer.c.kind == bindparam("of_kind", type_=Text), timer.c.record == bindparam("of_record", type_=Uuid), timer.c.done_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class DueTimer:
    """`attempts` counts the failures before this try."""

    id: UUID
    due: datetime
    kind: str
    record: UUID
    payload: Mapping[str, Any]
    attempts: int


TimerHandler = Callable[[AsyncSession, DueTimer], Awaitable[None]]


async def schedule(session: AsyncSession, due: datetime, kind: str, record: UUID, payload: Mapping[str, Any] | None = None) -> None:
    """Idempotent for the same kind, record and due, also after it fired. Nothing personal in `payload`: it outlives the record."""
    row = {"id": new_id(), "due": due, "kind": kind, "record": record, "payload": dict(payload or {}), "next_try": due}
    await session.execute(ADD, row)
    # Commits that notify wait for one another. A runner looks every IDLE_S anyway: only what is due before that needs to wake it.
    if due - datetime.now(UTC) < timedelta(seconds=2 * IDLE_S):
        await session.execute(select(func.pg_notify(CHANNEL, "")))


async def cancel(session: AsyncSession, kind: str, record: UUID) -> None:
    """Takes back what has not fired. Waits for one that is firing now, and then leaves it."""
    await session.execute(TAKE_BACK, {"of_kind": kind, "of_record": record})


async def run_timers(database_url: str, sessions: Sessions, handlers: Mapping[str, TimerHandler]) -> None:
    """Runs until cancelled. Raises when PostgreSQL goes away: the caller starts it again. Kinds without a handler here are left alone.

    A handler that fails is tried again after 1, 2, 4 … seconds, at most an hour, for ever: a deadline is never dropped.
    """
    woken = asyncio.Event()
    connection = await asyncpg.connect(database_url, timeout=3, command_timeout=10)
    try:
        connection.add_termination_listener(lambda _: woken.set())
        await connection.add_listener(CHANNEL, lambda *_: woken.set())
        while not connection.is_closed():
            woken.clear()
            while await _run_next(sessions, handlers):
                pass
            await wait_for(woken, await _seconds_to_next(sessions, tuple(handlers)))
        raise ConnectionError("the connection that listens for timers was closed")
    finally:
        await connection.close(timeout=1)


async def _run_next(sessions: Sessions, handlers: Mapping[str, TimerHandler]) -> bool:
    """Whether there was one to run, well or not."""
    claimed: DueTimer | None = None
    try:
        async with sessions.begin() as session:
            claimed = await _claim(session, tuple(handlers))
            if claimed is None:
                return False
            await handlers[claimed.kind](session, claimed)
            await session.execute(update(timer).where(timer.c.id == claimed.id).values(done_at=func.now(), error=None))
    except Exception as error:
        if claimed is None:
            raise
        await _put_off(sessions, claimed, error)
    return True


async def _claim(session: AsyncSession, kinds: tuple[str, ...]) -> DueTimer | None:
    # Index Scan on timer_open: what has fired is not in it, so that the table may grow.
    statement = (
        select(timer.c.id, timer.c.due, timer.c.kind, timer.c.record, timer.c.payload, timer.c.attempts)
        .where(timer.c.done_at.is_(None), timer.c.next_try <= func.now(), timer.c.kind.in_(kinds))
        .order_by(timer.c.next_try)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else DueTimer(*row)


async def _put_off(sessions: Sessions, claimed: DueTimer, error: Exception) -> None:
    """In a transaction of its own: that of the handler is gone, also where only its commit failed."""
    pause = growing_pause(claimed.attempts, LONGEST_PAUSE)
    # The message of an error may quote a person's data: its kind is enough.
    log.error("timer %s of kind %s failed: %s; again in %d s", claimed.id, claimed.kind, type(error).__name__, pause.total_seconds())
    async with sessions.begin() as session:
        await session.execute(
            update(timer)
            .where(timer.c.id == claimed.id, timer.c.done_at.is_(None))
            .values(attempts=timer.c.attempts + 1, error=type(error).__name__, next_try=func.now() + pause)
        )


async def _seconds_to_next(sessions: Sessions, kinds: tuple[str, ...]) -> float:
    """By the clock of the database, which also judges what is due."""
    remaining = extract("epoch", func.min(timer.c.next_try) - func.now())
    async with sessions.begin() as session:
        seconds = await session.scalar(select(remaining).where(timer.c.done_at.is_(None), timer.c.kind.in_(kinds)))
    if seconds is None:
        return IDLE_S
    # Due but not claimed: another replica holds it. Should that one die, it is ours a moment later.
    return min(float(seconds), IDLE_S) if seconds > 0 else LOCKED_S
