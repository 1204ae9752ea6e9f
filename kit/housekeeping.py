"""Nothing of the plumbing is kept for ever: partitions of the outbox are made ahead and dropped, old rows taken out in small parts.

Dead letters and the access log are not touched: the first wait for a person, the second is evidence.
"""

import asyncio
import logging
from typing import Final

import asyncpg

from kit.bus import KEPT_DAYS

log = logging.getLogger(__name__)

EVERY_S: Final = 3600.0
BATCH: Final = 5_000
# Table, age column, days. The inbox outlives the stream, which could otherwise deliver what it no longer remembers.
KEPT: Final = (("inbox", "received_at", KEPT_DAYS + 5), ("idempotency", "created_at", 30), ("timer", "done_at", 90))


async def keep_house(database_url: str) -> None:
    """Runs until cancelled, beside any number of replicas; at an end at once where the schema has no plumbing (the portal's).

    Raises when PostgreSQL goes away: the caller starts it again.
    """
    while True:
        connection = await asyncpg.connect(database_url, timeout=3, command_timeout=60)
        try:
            if await connection.fetchval("select to_regprocedure('outbox_rotate()') is null"):
                return
            await _rotate(connection)
            for table, column, days in KEPT:
                while await _purge(connection, table, column, days) == BATCH:
                    pass
        finally:
            await connection.close(timeout=1)
        await asyncio.sleep(EVERY_S)


async def _rotate(connection: asyncpg.Connection) -> None:
    """Gives way to a long transaction rather than have every write wait behind it: there are days in hand."""
    try:
        await connection.execute("select outbox_rotate()")
    except asyncpg.LockNotAvailableError:
        log.warning("the outbox was too busy for new partitions; again in an hour")


async def _purge(connection: asyncpg.Connection, table: str, column: str, days: int) -> int:
    # Index scan on <table>_age: the youngest thirty days are never read.
    old = f"select ctid from {table} where {column} < now() - make_interval(days => $1) limit $2 for update skip locked"  # noqa: S608 - our own names
    done: str = await connection.execute(f"delete from {table} where ctid = any(array({old}))", days, BATCH)  # noqa: S608 - as above
    return int(done.rsplit(maxsplit=1)[-1])
