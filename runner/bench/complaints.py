"""DIGIT's published scenario on ours: a million complaints stored, spikes of lifecycles through the gateway, reads and writes at that size.

DIGIT reports 6.3 lifecycles a second and 57 % errors in spikes of 15, 25 and 35 a second on 16 cores (its performance/docs, March 2026).
"""

import asyncio
import json
import sys
import time
from collections import Counter, defaultdict
from typing import Any, Final

import asyncpg

from runner import suite
from runner.bench.complaints_seed import seed
from runner.bench.figures import Figure, fsyncs_per_second, percentile
from runner.bench.intake import password
from runner.bench.kept import schema_of
from runner.identity import access_token
from runner.place import PROJECT, Place, free_base_port
from runner.suite import Suite

COMPLAINTS: Final = 1_000_000
SPIKES: Final = (15, 25, 35)
SPIKE_S: Final = 15.0
CALM_S: Final = 10.0
STEADY_S: Final = 30.0
READS_PER_S: Final = 30
WRITES_PER_S: Final = 6
NORMAL_MS: Final = 150.0
ACCOUNTS: Final = ("agent", "supervisor", "bmet-one", "bmet-two", "wing-riyadh", "demo-cumilla", "ngo-one")


async def measure(scale: float) -> list[Figure]:
    """The data set is kept in `.local`, one for each state of the schema: the next run begins at once."""
    kept = Place(PROJECT / ".local" / f"bench-complaints-{scale:g}-{schema_of('complaints')}", free_base_port())
    # A few accounts stand for all desks of the country: what one desk may send is not what is measured.
    limits = ("PROBASHI_REQUESTS_PER_SECOND", "PROBASHI_REQUEST_BURST", "PROBASHI_REQUESTS_PER_CLIENT")
    settings = dict.fromkeys(limits, "1000000")
    async with suite.running(kept, settings=settings) as running:
        began = time.perf_counter()
        stored = await seed(running, max(1000, round(COMPLAINTS * scale)))
        await _counted(running)
        return await _figures(running, scale, stored, time.perf_counter() - began)


async def _counted(running: Suite) -> None:
    """Until the figures of all months are there: they are made a few at a time."""
    connection = await asyncpg.connect(running.database_url("complaints"))
    try:
        while not await connection.fetchval("select exists (select from figure_state where pending = '{}')"):  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.5)
    finally:
        await connection.close()


async def _figures(running: Suite, scale: float, stored: dict[str, Any], seeded_s: float) -> list[Figure]:
    share = min(1.0, max(0.1, scale * 5))
    phases = [
        {"name": "warm", "play": "read", "rate": READS_PER_S, "seconds": 5 * share},
        {"name": "reads", "play": "read", "rate": READS_PER_S, "seconds": STEADY_S * share},
        {"name": "writes", "play": "write", "rate": WRITES_PER_S, "seconds": STEADY_S * share},
    ]
    for rate in SPIKES:
        phases.append({"name": f"spike-{rate}", "play": "lifecycle", "rate": rate, "seconds": SPIKE_S * share})
        phases.append({"name": f"after-{rate}", "play": "read", "rate": READS_PER_S, "seconds": CALM_S})
    result = await _play(running, phases)
    said = {"stored": stored, "seeded_s": round(seeded_s), "generator_processor_share": round(result["processor_share"], 2)}
    return [*_burst(running, result, said), *_steady(result, "reads", "read"), *_steady(result, "writes", "write")]


async def _play(running: Suite, phases: list[dict[str, Any]]) -> dict[str, Any]:
    url = running.place.public_url
    tokens = {account: await access_token(url, account, password()) for account in ACCOUNTS}
    connection = await asyncpg.connect(running.database_url("complaints"))
    references = [row[0] for row in await connection.fetch("select reference from complaint tablesample system (0.1) limit 400")]
    references = references or [row[0] for row in await connection.fetch("select reference from complaint limit 400")]
    await connection.close()
    order = {"base": url, "tokens": tokens, "references": references, "phases": phases}
    generator = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "runner.bench.lifecycles", cwd=PROJECT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await generator.communicate(json.dumps(order).encode())
    if generator.returncode != 0:
        raise RuntimeError("the generator of lifecycles failed")
    result: dict[str, Any] = json.loads(said)
    return result


def _burst(running: Suite, result: dict[str, Any], said: dict[str, Any]) -> list[Figure]:
    answers = [one for one in result["answers"] if one[0].startswith("spike-")]
    bad = Counter(f"{kind} {status}" for _, kind, _, _, status in answers if not 200 <= status < 300)  # noqa: PLR2004 - HTTP's own
    by_rate = {
        name: {"lifecycles": sum(one[1] == "create" for one in mine), **_said(mine)}
        for name in (f"spike-{rate}" for rate in SPIKES)
        if (mine := [one for one in answers if one[0] == name])
    }
    detail = {**said, "spikes": by_rate, "errors": dict(bad), "fsyncs_per_second": round(fsyncs_per_second(running.place.state))}
    recoveries = {name: round(_recovery(result, rate), 2) for rate in SPIKES for name in [f"spike-{rate}"]}
    return [
        Figure("burst.errors", sum(bad.values()), "requests", detail),
        Figure("burst.p95_ms", percentile([one[3] for one in answers], 0.95), "ms", {"by_kind": _by_kind(answers)}),
        Figure("recovery_s", max(recoveries.values()), "s", {"each": recoveries, "normal": f"each answer within {NORMAL_MS:.0f} ms"}),
    ]


def _recovery(result: dict[str, Any], rate: int) -> float:
    """From the last lifecycle that began until all had ended and no look at a record took longer than is normal."""
    spike, calm = (next(one for one in result["phases"] if one["name"] == f"{name}-{rate}") for name in ("spike", "after"))
    slow = [began + ms / 1000 for phase, _, began, ms, _ in result["answers"] if phase == calm["name"] and ms > NORMAL_MS]
    return float(max([spike["ended"], *slow[:-1]]) - spike["last_begun"])


def _steady(result: dict[str, Any], phase: str, name: str) -> list[Figure]:
    answers = [one for one in result["answers"] if one[0] == phase]
    bad = sum(not 200 <= one[4] < 300 for one in answers)  # noqa: PLR2004 - HTTP's own
    times = [one[3] for one in answers]
    detail = {"requests": len(answers), "errors": bad, "by_kind": _by_kind(answers)}
    return [
        Figure(f"{name}.p50_ms", percentile(times, 0.50), "ms", detail),
        Figure(f"{name}.p95_ms", percentile(times, 0.95), "ms"),
        Figure(f"{name}.p99_ms", percentile(times, 0.99), "ms"),
    ]


def _by_kind(answers: list[Any]) -> dict[str, dict[str, float]]:
    kinds = defaultdict(list)
    for one in answers:
        kinds[one[1]].append(one)
    return {kind: _said(mine) for kind, mine in sorted(kinds.items())}


def _said(answers: list[Any]) -> dict[str, float]:
    times = [one[3] for one in answers]
    return {"p50_ms": round(percentile(times, 0.5), 1), "p95_ms": round(percentile(times, 0.95), 1), "most_ms": round(max(times), 1)}
