"""Half a million returnees stored: whom a new one may be, registration, a day of arrivals in ten minutes, two hundred queues at once.

3,500 arrivals a day was the peak of the return from Libya in 2011; here they come within ten minutes, through the gateway.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any, Final

from contracts.days import DHAKA
from kit.crypto import Keyring
from kit.database import make_engine, make_sessions
from kit.ids import new_id
from runner import suite
from runner.bench.figures import Figure, fsyncs_per_second, percentile
from runner.bench.intake import password
from runner.bench.kept import schema_of
from runner.bench.people import People
from runner.bench.reintegration_seed import compared, seed
from runner.keys import keyring
from runner.place import PROJECT, Place, free_base_port
from runner.suite import Suite
from services.reintegration.matching.service import propose_matches
from services.reintegration.repository import add_returnee
from services.reintegration.schemas import LISTS

RETURNEES: Final = 500_000
MATCHES: Final = 400
REGISTER_S: Final = 30.0
REGISTER_PER_S: Final = 10.0
ARRIVALS: Final = 3_500
ARRIVALS_S: Final = 600.0
QUEUES: Final = 200
QUEUE: Final = 50
# One account for each desk, as in life; the gateway limits what one account has under way.
DESKS: Final = ("demo-cumilla", "demo-sylhet", "wewb-one", "airport", "udc-one", "ngo-one", "ngo-two", "supervisor")


async def measure(scale: float) -> list[Figure]:
    """The data set is kept in `.local`, one for each state of the schema: the next run begins at once. The gateway keeps its limits."""
    kept = Place(PROJECT / ".local" / f"bench-reintegration-{scale:g}-{schema_of('reintegration')}", free_base_port())
    async with suite.running(kept) as running:
        began = time.perf_counter()
        returnees = max(2000, round(RETURNEES * scale))
        stored = await seed(running, returnees)
        said = {"stored": stored, "seeded_s": round(time.perf_counter() - began)}
        return await _figures(running, scale, returnees, said)


async def _figures(running: Suite, scale: float, returnees: int, said: dict[str, Any]) -> list[Figure]:
    share = min(1.0, max(0.02, scale))
    match = await _match(running, returnees, max(60, round(MATCHES * min(1.0, scale * 5))))
    phases = [
        {"name": "warm", "play": "register", "number": 20, "seconds": 4},
        {
            "name": "register",
            "play": "register",
            "number": round(REGISTER_PER_S * REGISTER_S * max(0.2, share)),
            "seconds": REGISTER_S * max(0.2, share),
        },
        {"name": "wave", "play": "register", "number": round(ARRIVALS * share), "seconds": ARRIVALS_S * share},
        {"name": "sync", "play": "sync", "number": max(5, round(QUEUES * share)), "each": QUEUE},
    ]
    result = await _play(running, returnees, phases)
    said |= {
        "generator_processor_share": round(result["processor_share"], 2),
        "fsyncs_per_second": round(fsyncs_per_second(running.place.state)),
    }
    return [
        Figure(
            "match.p95_ms", percentile(match, 0.95), "ms", {**_spread(match), "what": "keys, candidates, grades and proposals, rolled back"}
        ),
        _registered(result, said),
        _wave(result),
        _sync(result, phases[-1]),
    ]


async def _match(running: Suite, returnees: int, number: int) -> list[float]:
    """Milliseconds in which the service says whom a new record may be, inside one transaction that is then taken back."""
    keys = Keyring.load(keyring(running.place, "reintegration"), service="reintegration")
    now = datetime.now(UTC)
    people = People(7, now.astimezone(DHAKA).date(), telephones=returnees * 4 // 5)
    returning = People(2026, now.astimezone(DHAKA).date(), telephones=returnees * 4 // 5)  # the first of those that are stored
    engine = make_engine(running.database_url("reintegration"), pool=1)
    took = []
    try:
        for place in range(number + 20):
            person = returning.one() if place % 10 == 0 else people.one()
            async with make_sessions(engine)() as session:
                identity = new_id()
                await add_returnee(session, "R", _bare(identity, keys, person, now), [])
                began = time.perf_counter()
                await propose_matches(session, keys, identity, compared(person), now)
                took.append((time.perf_counter() - began) * 1000)
    finally:
        await engine.dispose()
    return took[20:]  # the first warm it up


def _bare(identity: Any, keys: Keyring, person: dict[str, Any], now: datetime) -> dict[str, Any]:
    plain = {name: person[name] for name in ("sex", "age_band", "district", "country", "return_reason")}
    more = {"flags": [], "owed": [], "restricted": False, "neutral_slip": False, "lists_version": LISTS.version, "registered_by": "bench"}
    day = now.astimezone(DHAKA).date()
    return (
        {"id": identity, "version": 1, "name": keys.seal(person["name"], "returnee.name"), "returned_on": day, "registered_at": now}
        | plain
        | more
    )


async def _play(running: Suite, returnees: int, phases: list[dict[str, Any]]) -> dict[str, Any]:
    order = {
        "base": running.place.public_url,
        "password": password(),
        "accounts": DESKS,
        "seed": int(time.time()),
        "today": datetime.now(DHAKA).date().isoformat(),
        "telephones": returnees * 4 // 5,
        "phases": phases,
    }
    generator = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "runner.bench.arrivals", cwd=PROJECT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await generator.communicate(json.dumps(order).encode())
    if generator.returncode != 0:
        raise RuntimeError("the generator of arrivals failed")
    result: dict[str, Any] = json.loads(said)
    return result


def _registered(result: dict[str, Any], said: dict[str, Any]) -> Figure:
    times, statuses = _answers(result, "register")
    return Figure("register.p95_ms", percentile(times, 0.95), "ms", {**said, **_spread(times), "statuses": statuses})


def _wave(result: dict[str, Any]) -> Figure:
    times, statuses = _answers(result, "wave")
    wave = result["phases"]["wave"]
    detail = {**_spread(times), "statuses": statuses, "registered": wave["registered"], "seconds": round(wave["seconds"])}
    return Figure("wave.errors", len(times) - wave["registered"], "requests", detail)


def _sync(result: dict[str, Any], phase: dict[str, Any]) -> Figure:
    """What was not stored, or not once, or refused. To be told to wait and try again is no error: a device does."""
    times, statuses = _answers(result, "sync")
    synced = result["phases"]["sync"]
    refused = sum(count for status, count in statuses.items() if status not in {"200", "429", "503"})
    lost = phase["number"] * phase["each"] - synced["stored"]
    detail = {**synced, **_spread(times), "statuses": statuses, "refused": refused, "lost": lost}
    return Figure("sync.errors", refused + lost + synced["doubled"], "entries", {**detail, "seconds": round(synced["seconds"], 1)})


def _answers(result: dict[str, Any], phase: str) -> tuple[list[float], dict[str, int]]:
    mine = [one for one in result["answers"] if one[0] == phase]
    return [one[2] for one in mine], {str(status): count for status, count in Counter(one[3] for one in mine).items()}


def _spread(times: list[float]) -> dict[str, Any]:
    shown = {"p50_ms": percentile(times, 0.5), "p99_ms": percentile(times, 0.99), "most_ms": max(times)}
    return {"number": len(times), **{name: round(value, 1) for name, value in shown.items()}}
