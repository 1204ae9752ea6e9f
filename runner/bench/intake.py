"""Complaints through the gateway, with token, validation, outbox and delivery of each event to agencies and monitor."""

import asyncio
import json
from typing import Any, Final

import asyncpg
import psutil

from runner import suite
from runner.bench.figures import Figure, fsyncs_per_second, memory_of_tree, percentile, processor_times
from runner.bench.generator import generate
from runner.demo import DATA
from runner.identity import access_token
from runner.place import PROJECT, temporary_place
from runner.suite import Suite

CLIENTS: Final = 32
SECONDS: Final = 20.0
IDLE_S: Final = 60.0
# How long after its emission the transaction of the consumer committed: PostgreSQL's own record of it.
EVENT_AGE: Final = """
    select extract(epoch from pg_xact_commit_timestamp(i.xmin) - e.happened_at)::float8 * 1000
    from inbox i join {table} e on e.event_id = i.event_id where e.happened_at > $1
"""


async def measure(scale: float) -> list[Figure]:
    with temporary_place() as place:
        settings = {"PROBASHI_REQUESTS_PER_SECOND": "1000000", "PROBASHI_REQUEST_BURST": "1000000"}
        async with suite.running(place, settings=settings) as running:
            return await _figures(running, scale)


async def _figures(running: Suite, scale: float) -> list[Figure]:
    idle = await _idle(scale)
    tokens = [await access_token(running.place.public_url, "agent", password())]
    warm = await _load(running, tokens, max(1.0, 5 * scale))
    used = processor_times(psutil.Process())
    full = await _load(running, tokens, max(2.0, SECONDS * scale))
    shares = shares_of(running, used, processor_times(psutil.Process()), full["seconds"])
    rate = len(full["latencies_ms"]) / full["seconds"]
    await _drained(running)
    half = await _events(running, tokens, rate / 2, max(2.0, SECONDS * scale))
    detail = {
        "clients": CLIENTS,
        "seconds": round(full["seconds"], 1),
        "statuses": full["statuses"],
        "failures": full["failures"],
        "generator_processor_share": round(full["processor_share"], 2),
        "processor_shares": shares,
        "fsyncs_per_second": round(fsyncs_per_second(running.place.state)),
        "warm_up_requests": len(warm["latencies_ms"]),
    }
    return [
        Figure("intake.rps", rate, "requests/s", detail),
        Figure("intake.p95_ms", percentile(full["latencies_ms"], 0.95), "ms"),
        Figure("intake.p99_ms", percentile(full["latencies_ms"], 0.99), "ms"),
        half,
        idle,
    ]


async def _idle(scale: float) -> Figure:
    after = IDLE_S * min(scale, 1.0)
    await asyncio.sleep(after)
    return Figure("idle_mb", memory_of_tree(psutil.Process()), "MB", {"what": "PSS of the whole tree", "seconds_after_ready": after})


async def _load(running: Suite, tokens: list[str], seconds: float, rate: float = 0.0) -> dict[str, Any]:
    return await generate(running, path="/v1/complaints", tokens=tokens, bodies=_bodies(), connections=CLIENTS, seconds=seconds, rate=rate)


def _bodies() -> list[str]:
    items = json.loads((DATA / "20-complaints.json").read_text("utf-8"))["items"]
    return [json.dumps(one["body"], ensure_ascii=False) for one in items]


def password() -> str:
    return str(json.loads((PROJECT / "deploy" / "accounts.json").read_text("utf-8"))["demo_password"])


def shares_of(running: Suite, before: dict[int, float], after: dict[int, float], seconds: float) -> dict[str, float]:
    """Of one processor, by process; the children of PostgreSQL are summed up under its name."""
    named = {running.supervisor.pid(name): name for name in ("nats", "identity", "gateway", *running.services)}
    shares: dict[str, float] = {}
    for pid, used in after.items():
        name = named.get(pid, "runner" if pid == psutil.Process().pid else "postgres")
        shares[name] = shares.get(name, 0.0) + (used - before.get(pid, 0.0)) / seconds
    return {name: round(share, 2) for name, share in sorted(shares.items(), key=lambda one: -one[1])}


async def _drained(running: Suite) -> None:
    connection = await asyncpg.connect(running.database_url("complaints"))
    try:
        while await connection.fetchval("select exists (select from outbox where sent_at is null)"):  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.2)
    finally:
        await connection.close()
    await asyncio.sleep(2)


async def _events(running: Suite, tokens: list[str], rate: float, seconds: float) -> Figure:
    connection = await asyncpg.connect(running.database_url("complaints"))
    began = await connection.fetchval("select now()")
    await connection.close()
    sent = await _load(running, tokens, seconds, rate)
    await _drained(running)
    ages = {name: await ages_of(running, name, table, began) for name, table in (("agencies", "evidence"), ("monitor", "fact"))}
    together = [age for values in ages.values() for age in values]
    detail = {
        "rate": round(rate),
        "requests": len(sent["latencies_ms"]),
        "request_p95_ms": round(percentile(sent["latencies_ms"], 0.95), 1),
        **{f"{name}_p50_ms": round(percentile(values, 0.5), 1) for name, values in ages.items()},
        **{f"{name}_p99_ms": round(percentile(values, 0.99), 1) for name, values in ages.items()},
        **{f"{name}_events": len(values) for name, values in ages.items()},
    }
    return Figure("event.p99_ms", percentile(together, 0.99), "ms", detail)


async def ages_of(running: Suite, service: str, table: str, since: Any) -> list[float]:
    """Milliseconds, of each event that happened after `since`."""
    connection = await asyncpg.connect(running.database_url(service))
    try:
        return [row[0] for row in await connection.fetch(EVENT_AGE.format(table=table), since)]
    finally:
        await connection.close()
