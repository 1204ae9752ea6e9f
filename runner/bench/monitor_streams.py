"""A million events read from the streams into a table that was lost, and whether it is the one that was kept live.

They leave from the outbox of the complaints service. Beside `monitor`, whose table of 5 million facts this would empty.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Final

import asyncpg

from runner import nats, suite
from runner.bench.figures import Figure, beside_load
from runner.bench.lodged import counted, lodged
from runner.bench.monitor import LIMITS
from runner.bench.outbox import commit
from runner.figures import rebuilt, taken_in
from runner.place import temporary_place
from runner.suite import Suite
from runner.terminal import Say, aside, timed

PUBLISHED: Final = 1_000_000
AT_ONCE: Final = 2_000
# How many may wait in the outbox: the relay looks for its next ones among them.
AHEAD: Final = 20_000
DIGEST: Final = """
    select count(*), sum(hashtextextended((event_id, event_type, record, happened_at, district, country, sex, age_band)::text, 0)::numeric)
    from fact
"""


async def measure(scale: float) -> list[Figure]:
    note = timed(aside)
    with temporary_place() as place:
        async with suite.running(place, settings=LIMITS) as running:
            owner = await asyncpg.connect(running.database_url("monitor", owner=True))
            try:
                return [beside_load(one) async for one in _streams(running, owner, max(5_000, round(PUBLISHED * scale)), note)]
            finally:
                await owner.close()


async def _streams(running: Suite, owner: asyncpg.Connection, events: int, note: Say) -> AsyncIterator[Figure]:
    """What the consumer kept of them as they came, and what is there after the table was emptied and read from the streams again."""
    began = time.perf_counter()
    await _published(running, owner, events, note)
    published = time.perf_counter() - began
    await counted(owner, events)
    live = time.perf_counter() - began
    note(f"{events:,} events counted as they came")
    before = await owner.fetchrow(DIGEST)
    await owner.execute("truncate fact, evidence_figure, evidence_month")
    began = time.perf_counter()
    read, missing = await taken_in(running.database_url("monitor"), nats.url(running.place, running.secrets, "monitor"))
    seconds = time.perf_counter() - began
    note(f"read from the streams in {seconds:.1f} s")
    same = tuple(await owner.fetchrow(DIGEST)) == tuple(before) and (await rebuilt(running.database_url("monitor"))).same
    detail = {"events": events, "read": read, "missing": missing, "published_s": round(published, 1), "counted_live_s": round(live, 1)}
    yield Figure("streams.rebuild_s", seconds, "s", detail)
    yield Figure("streams.different", float(not same), "", {"what": "1 where the table or a figure is another than the one kept live"})


async def _published(running: Suite, owner: asyncpg.Connection, events: int, note: Say) -> None:
    """By the relay of the complaints service, from its outbox."""
    connection = await asyncpg.connect(running.database_url("complaints"))
    try:
        for start in range(0, events, AT_ONCE):
            await commit(connection, (lodged() for _ in range(min(AT_ONCE, events - start))), sequence=1)
            await _sent(connection, AHEAD)
            if start % (AT_ONCE * 25) == 0:
                kept = await owner.fetchval("select count(*) from fact")
                note(f"told: {start:,} of {events:,} events, counted: {kept:,}")
        await _sent(connection, 0)
    finally:
        await connection.close()


async def _sent(connection: asyncpg.Connection, waiting: int) -> None:
    """Until no more than so many wait."""
    while await connection.fetchval("select count(*) from outbox where sent_at is null") > waiting:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.2)
