"""Evidence of years: 5 million facts behind each page, figures built anew without a difference, and how soon a new event counts.

Facts are made inside PostgreSQL, as owner; pages are read through the gateway, signed in nowhere; an event of which the lag is measured is
one that the complaints service commits. The streams have a run of their own (`monitor_streams`), for it empties the table.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Final

import asyncpg

from contracts.framework.activity_map import load_map
from contracts.places import COUNTRIES, districts
from runner import suite
from runner.bench.figures import Figure, beside_load, percentile
from runner.bench.generator import generate
from runner.bench.intake import ages_of
from runner.bench.kept import schema_of
from runner.bench.lodged import counted, lodged
from runner.bench.outbox import commit
from runner.figures import rebuilt
from runner.place import PROJECT, Place, free_base_port
from runner.suite import Suite
from runner.terminal import Say, aside, timed

FACTS: Final = 5_000_000
AT_ONCE: Final = 250_000
LIVE: Final = 500
LIVE_PER_S: Final = 50.0
PAGES_PER_S: Final = 20.0
SECONDS: Final = 10.0
LIMITS: Final = {"PROBASHI_REQUESTS_PER_SECOND": "1000000", "PROBASHI_REQUEST_BURST": "1000000"}
# `{widest}`: the activity of which most groups are kept.
PAGES: Final = (
    "/v1/framework/activities",
    "/v1/framework/activities?goal=4",
    "/v1/framework/activities/{widest}",
    "/v1/framework/activities/{widest}/figures?by=district",
    "/v1/framework/activities/{widest}/figures?by=country",
    "/v1/framework/activities/{widest}/figures?by=age_band",
    "/v1/framework/actors",
    "/v1/framework/data/latest/datapackage.json",
    "/framework",
    "/framework/actors",
    "/framework/committees",
    "/framework/activities/{widest}",
    "/framework/activities/{widest}/figures?by=district",
)
# Some kinds, districts and countries have most of the facts, as in life: groups are then many and most of them small.
SEED: Final = """
    insert into fact (event_id, event_type, record, happened_at, received_at, district, country, sex, age_band)
    select uuidv7(at - now()), ($4::text[])[1 + floor(cardinality($4::text[]) * random() ^ 2)::int], gen_random_uuid(), at,
           at + interval '1 minute', ($5::text[])[1 + floor(cardinality($5::text[]) * random() ^ 2)::int],
           ($6::text[])[1 + floor(cardinality($6::text[]) * random() ^ 2)::int],
           (array['male', 'female', 'unknown'])[1 + floor(3 * random() ^ 2)::int],
           (array['25_34', '18_24', '35_44', 'unknown'])[1 + floor(4 * random() ^ 2)::int]
    from (select now() - interval '330 days' * (1 - n::float8 / $1) as at from generate_series($2::bigint + 1, $3::bigint) as n) as drawn
"""


async def measure(scale: float) -> list[Figure]:
    """The data set is kept in `.local`, one for each state of the schema: the next run begins at once, one that was broken off goes on."""
    kept = Place(PROJECT / ".local" / f"bench-monitor-{scale:g}-{schema_of('monitor')}", free_base_port())
    note, figures = timed(aside), []
    async with suite.running(kept, settings=LIMITS) as running:
        owner = await asyncpg.connect(running.database_url("monitor", owner=True))
        try:
            async for figure in _measured(running, owner, scale, note):
                figures.append(beside_load(figure))
                note(f"{figure.name} {figure.value:,.1f} {figure.unit}")
        finally:
            await owner.close()
    return figures


async def _measured(running: Suite, owner: asyncpg.Connection, scale: float, note: Say) -> AsyncIterator[Figure]:
    """One after the other: what was measured is told before the next begins."""
    share = min(scale * 5, 1.0)
    stored = await _seeded(owner, max(10_000, round(FACTS * scale)), note)
    for figure in await _built(running, owner, stored, note):
        yield figure
    yield await _pages(running, owner, max(2.0, SECONDS * share), note)
    yield await _lag(running, owner, max(50, round(LIVE * share)))


async def _seeded(owner: asyncpg.Connection, facts: int, note: Say) -> dict[str, Any]:
    """Block by block, each for itself: what is there already stays."""
    kinds = sorted({one.event for one in load_map().entries if one.until is None})
    began, there = time.perf_counter(), await owner.fetchval("select count(*) from fact")
    for first in range(there, facts, AT_ONCE):
        await owner.execute("select setseed($1)", first / FACTS % 1)
        last = min(first + AT_ONCE, facts)
        await owner.execute(SEED, facts, first, last, kinds, sorted(districts()), sorted(COUNTRIES)[:30])
        note(f"{last:,} of {facts:,} facts")
    await owner.execute("vacuum analyze fact")
    size = await owner.fetchval("select pg_database_size(current_database())")
    return {"facts": facts, "kinds": len(kinds), "seed_s": round(time.perf_counter() - began, 1), "database_mb": round(size / 1e6)}


async def _built(running: Suite, owner: asyncpg.Connection, stored: dict[str, Any], note: Say) -> list[Figure]:
    seconds, done = [], []
    for _ in range(2):
        began = time.perf_counter()
        done.append(await rebuilt(running.database_url("monitor")))
        seconds.append(time.perf_counter() - began)
        note(f"built anew in {seconds[-1]:.1f} s: {done[-1].after.rows:,} figures")
    # What a table that lives is spared by autovacuum: pages are not to depend on when it comes by.
    await owner.execute("vacuum analyze evidence_figure, evidence_month")
    detail = {**stored, "figures": done[-1].after.rows, "first_s": round(seconds[0], 1)}
    return [
        Figure("rebuild_s", seconds[1], "s", detail),
        Figure("rebuild.different", float(not done[1].same), "", {"what": "1 where the second building anew found another figure"}),
    ]


async def _pages(running: Suite, owner: asyncpg.Connection, seconds: float, note: Say) -> Figure:
    """The slowest page's p95: each is read by itself, at a steady rate, after it was read once (`first_ms`)."""
    widest = await owner.fetchval("select activity from evidence_figure group by 1 order by count(*) desc limit 1")
    p95: dict[str, float] = {}
    first: dict[str, float] = {}
    statuses: dict[str, int] = {}
    for path in (page.format(widest=widest) for page in PAGES):
        once = await generate(running, connections=1, seconds=0.001, rate=0.0, paths=[path])
        first[path] = round(once["latencies_ms"][0], 1)
        await generate(running, connections=2, seconds=1.0, rate=PAGES_PER_S, paths=[path])
        result = await generate(running, connections=8, seconds=seconds, rate=PAGES_PER_S, paths=[path])
        p95[path] = round(percentile(result["latencies_ms"], 0.95), 1)
        note(f"{path}: p95 {p95[path]} ms, the first {first[path]} ms")
        for status, number in {**result["statuses"], **result["failures"]}.items():
            statuses[status] = statuses.get(status, 0) + number
    detail = {"p95_ms": p95, "first_ms": first, "statuses": statuses, "rate": PAGES_PER_S, "widest": widest}
    return Figure("page.p95_ms", max(p95.values()), "ms", detail)


async def _lag(running: Suite, owner: asyncpg.Connection, events: int) -> Figure:
    """From the event's own time to the commit of the monitor that counted it."""
    connection = await asyncpg.connect(running.database_url("complaints"))
    began = await connection.fetchval("select now()")
    before = await owner.fetchval("select count(*) from fact")
    try:
        for _ in range(events):
            await commit(connection, [lodged()], sequence=1)
            await asyncio.sleep(1 / LIVE_PER_S)
    finally:
        await connection.close()
    await counted(owner, before + events)
    ages = await ages_of(running, "monitor", "fact", began)
    detail = {"events": len(ages), "p50_ms": round(percentile(ages, 0.5), 1), "p99_ms": round(percentile(ages, 0.99), 1)}
    return Figure("lag.max_ms", max(ages), "ms", detail)
