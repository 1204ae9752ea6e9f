"""Evidence of years: 5 million facts behind each page, figures built anew without a difference, a million events read from the streams.

Facts are written into the monitor's table by one statement, as owner; pages are read through the gateway, signed in nowhere; an event of
which the lag is measured is one that the complaints service commits; the million events leave from its outbox.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import asyncpg

from contracts.complaints import ComplaintLodged
from contracts.framework.activity_map import load_map
from contracts.places import COUNTRIES, districts
from runner import nats, suite
from runner.bench.figures import Figure, percentile
from runner.bench.generator import generate
from runner.bench.intake import ages_of
from runner.bench.outbox import commit
from runner.figures import rebuilt, taken_in
from runner.place import temporary_place
from runner.suite import Suite

FACTS: Final = 5_000_000
PUBLISHED: Final = 1_000_000
LIVE: Final = 500
LIVE_PER_S: Final = 50.0
PAGES_PER_S: Final = 20.0
SECONDS: Final = 10.0
AT_ONCE: Final = 2_000
PAGES: Final = (
    "/v1/framework/activities",
    "/v1/framework/activities?goal=4",
    "/v1/framework/activities/4.4.2.3",
    "/v1/framework/activities/4.4.2.3/figures?by=district",
    "/v1/framework/activities/4.4.2.3/figures?by=country",
    "/v1/framework/activities/6.3.1.1/figures?by=age_band",
    "/v1/framework/actors",
    "/v1/framework/data/latest/datapackage.json",
    "/framework",
    "/framework/activities/4.4.2.3",
)
SEED: Final = """
    insert into fact (event_id, event_type, record, happened_at, received_at, district, country, sex, age_band)
    select gen_random_uuid(), ($2::text[])[1 + n % cardinality($2::text[])], gen_random_uuid(), at, at + interval '1 minute',
           ($3::text[])[1 + (n * 7) % cardinality($3::text[])], ($4::text[])[1 + (n * 11) % cardinality($4::text[])],
           (array['male', 'female', 'unknown'])[1 + n % 3], (array['18_24', '25_34', '35_44', 'unknown'])[1 + n % 4]
    from (select n, now() - interval '330 days' * (n::float8 / $1) as at from generate_series(1, $1::bigint) as n) as drawn
"""
DIGEST: Final = """
    select count(*), sum(hashtextextended((event_id, event_type, record, happened_at, district, country, sex, age_band)::text, 0)::numeric)
    from fact
"""


async def measure(scale: float) -> list[Figure]:
    with temporary_place() as place:
        settings = {"PROBASHI_REQUESTS_PER_SECOND": "1000000", "PROBASHI_REQUEST_BURST": "1000000"}
        async with suite.running(place, settings=settings) as running:
            owner = await asyncpg.connect(running.database_url("monitor", owner=True))
            try:
                built = await _built(running, owner, max(10_000, round(FACTS * scale)))
                pages = await _pages(running, max(2.0, SECONDS * min(scale * 5, 1.0)))
                lag = await _lag(running, owner, max(50, round(LIVE * min(scale * 5, 1.0))))
                streams = await _streams(running, owner, max(5_000, round(PUBLISHED * scale)))
            finally:
                await owner.close()
    return [*built, pages, lag, *streams]


async def _built(running: Suite, owner: asyncpg.Connection, facts: int) -> list[Figure]:
    kinds = sorted({one.event for one in load_map().entries if one.until is None})
    began = time.perf_counter()
    await owner.execute(SEED, facts, kinds, sorted(districts()), sorted(COUNTRIES)[:30])
    await owner.execute("analyze fact")
    seeded = time.perf_counter() - began
    seconds, done = [], []
    for _ in range(2):
        began = time.perf_counter()
        done.append(await rebuilt(running.database_url("monitor")))
        seconds.append(time.perf_counter() - began)
    detail = {
        "facts": facts,
        "figures": done[-1].after.rows,
        "kinds": len(kinds),
        "seed_s": round(seeded, 1),
        "first_s": round(seconds[0], 1),
    }
    return [
        Figure("rebuild_s", seconds[1], "s", detail),
        Figure("rebuild.different", float(not done[1].same), "", {"what": "1 where the second building anew found another figure"}),
    ]


async def _pages(running: Suite, seconds: float) -> Figure:
    """The slowest page's p95: each is read by itself, at a steady rate."""
    worst: dict[str, float] = {}
    statuses: dict[str, int] = {}
    for path in PAGES:
        await generate(running, connections=2, seconds=1.0, rate=PAGES_PER_S, paths=[path])
        result = await generate(running, connections=8, seconds=seconds, rate=PAGES_PER_S, paths=[path])
        worst[path] = round(percentile(result["latencies_ms"], 0.95), 1)
        for status, number in {**result["statuses"], **result["failures"]}.items():
            statuses[status] = statuses.get(status, 0) + number
    return Figure("page.p95_ms", max(worst.values()), "ms", {"p95_ms": worst, "statuses": statuses, "rate": PAGES_PER_S})


async def _lag(running: Suite, owner: asyncpg.Connection, events: int) -> Figure:
    """From the event's own time to the commit of the monitor that counted it."""
    connection = await asyncpg.connect(running.database_url("complaints"))
    began = await connection.fetchval("select now()")
    before = await owner.fetchval("select count(*) from fact")
    try:
        for _ in range(events):
            await commit(connection, [_lodged()], sequence=1)
            await asyncio.sleep(1 / LIVE_PER_S)
    finally:
        await connection.close()
    await _counted(owner, before + events)
    ages = await ages_of(running, "monitor", "fact", began)
    detail = {"events": len(ages), "p50_ms": round(percentile(ages, 0.5), 1), "p99_ms": round(percentile(ages, 0.99), 1)}
    return Figure("lag.max_ms", max(ages), "ms", detail)


async def _streams(running: Suite, owner: asyncpg.Connection, events: int) -> list[Figure]:
    """What the consumer kept of them as they came, and what is there after the table was emptied and read from the streams again."""
    urls = running.database_url("monitor"), nats.url(running.place, running.secrets, "monitor")
    await _emptied(owner)
    _, there = await taken_in(*urls)  # what was said before is in the stream too
    began = time.perf_counter()
    await _published(running, events)
    published = time.perf_counter() - began
    await _counted(owner, there + events)
    counted = time.perf_counter() - began
    before = await owner.fetchrow(DIGEST)
    await _emptied(owner)
    began = time.perf_counter()
    read, missing = await taken_in(*urls)
    seconds = time.perf_counter() - began
    same = tuple(await owner.fetchrow(DIGEST)) == tuple(before) and (await rebuilt(running.database_url("monitor"))).same
    detail = {"events": events, "read": read, "missing": missing, "published_s": round(published, 1), "counted_live_s": round(counted, 1)}
    return [
        Figure("streams.rebuild_s", seconds, "s", detail),
        Figure("streams.different", float(not same), "", {"what": "1 where the table or a figure is another than the one kept live"}),
    ]


async def _emptied(owner: asyncpg.Connection) -> None:
    await owner.execute("truncate fact, evidence_figure, evidence_month")


async def _published(running: Suite, events: int) -> None:
    """By the relay of the complaints service, from its outbox."""
    connection = await asyncpg.connect(running.database_url("complaints"))
    try:
        for start in range(0, events, AT_ONCE):
            await commit(connection, (_lodged() for _ in range(min(AT_ONCE, events - start))), sequence=1)
        while await connection.fetchval("select exists (select from outbox where sent_at is null)"):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)
    finally:
        await connection.close()


async def _counted(owner: asyncpg.Connection, facts: int) -> None:
    while await owner.fetchval("select count(*) from fact") < facts:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.5)


_DISTRICTS: Final[Sequence[str]] = sorted(districts())


def _lodged() -> ComplaintLodged:
    return ComplaintLodged(
        channel="phone",
        category="wages",
        country="SA",
        district=_DISTRICTS[time.perf_counter_ns() % len(_DISTRICTS)],
        victim_sex="male",
        victim_age_band="25_34",
        respondent_kind="agency",
        respondent_licence="RL-0001",
        lodged_at=datetime.now(UTC),
    )
