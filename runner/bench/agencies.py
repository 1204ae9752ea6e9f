"""Classification at the size of the whole sector and beyond: 3,000 agencies, 10 million deployments by year, 100,000 decided complaints.

The data set is written by COPY into a suite of its own; a run is started through the gateway as a decider does; an event is one that the
complaints service commits; the look-up is the open page's API.
"""

import asyncio
import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import asyncpg
import httpx
import psutil

from contracts.complaints import ComplaintDecided
from contracts.days import DHAKA
from runner import suite
from runner.bench.figures import Figure, percentile
from runner.bench.generator import generate
from runner.bench.intake import password
from runner.bench.outbox import commit
from runner.identity import access_token
from runner.place import temporary_place
from runner.suite import Suite

AGENCIES: Final = 3_000
WORKERS: Final = 10_000_000
COMPLAINTS: Final = 100_000
VOICES: Final = 150_000
EVENTS: Final = 20
LOOK_UPS_PER_S: Final = 200.0
SECONDS: Final = 30.0
RULES: Final = "illustrative@2026.2"
RATINGS: Final = "/v1/agencies/ratings"
ADD_AGENCY: Final = (
    "insert into agency (id, version, licence, name_en, status, valid_until, district, search, registered_by, registered_at) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8::text::tsvector, $9, $10)"
)


async def measure(scale: float) -> list[Figure]:
    with temporary_place() as place:
        settings = {"PROBASHI_REQUESTS_PER_SECOND": "1000000", "PROBASHI_REQUEST_BURST": "1000000"}
        async with suite.running(place, settings=settings) as running:
            return await _figures(running, scale)


async def _figures(running: Suite, scale: float) -> list[Figure]:
    agencies = max(20, round(AGENCIES * scale))
    seeded = await _seed(running, agencies, scale)
    token = await access_token(running.place.public_url, "decider", password())
    async with httpx.AsyncClient(base_url=running.place.public_url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as decider:
        run = await _run(running, decider, seeded)
        events = await _events(running, decider, max(3, round(EVENTS * min(scale * 5, 1.0))))
    look_up = await _look_up(running, agencies, max(3.0, SECONDS * min(scale * 5, 1.0)))
    return [*run, events, look_up]


async def _seed(running: Suite, agencies: int, scale: float) -> dict[str, Any]:
    """As the owner, by COPY; then statistics, as autovacuum would gather them overnight."""
    began = time.perf_counter()
    chance = random.Random(2026)  # noqa: S311 - the same data set each time
    connection = await asyncpg.connect(running.database_url("agencies", owner=True))
    counts: dict[str, int] = {}
    try:
        for table, columns, rows in _tables(chance, agencies, scale):
            kept = list(rows)
            if table == "agency":  # whose search words COPY's binary form cannot carry
                await connection.executemany(ADD_AGENCY, kept)
            else:
                await connection.copy_records_to_table(table, records=kept, columns=columns)
            counts[table] = counts.get(table, 0) + len(kept)
        await connection.execute("analyze")
    finally:
        await connection.close()
    return {"rows": counts, "seed_s": round(time.perf_counter() - began, 1)}


Table = tuple[str, list[str], Iterator[tuple[Any, ...]]]


def _tables(chance: random.Random, agencies: int, scale: float) -> Iterator[Table]:
    today, now = datetime.now(DHAKA).date(), datetime.now(UTC) - timedelta(hours=1)
    licences = [f"RL-{number:04}" for number in range(1, agencies + 1)]
    known = ["id", "version", "licence", "name_en", "status", "valid_until", "district", "search", "registered_by", "registered_at"]
    yield "agency", known, _agencies(chance, licences, today, now)
    sent = ["id", "licence", "year", "country", "district", "sex", "skill", "workers", "version", "source", "recorded_at", "recorded_by"]
    yield "deployment", sent, _deployments(chance, licences, today.year, round(WORKERS * scale), now)
    told = ["id", "kind", "licence", "happened_on", "record", "sequence", "category", "country", "sex", "outcome", "amount", "ceiling"]
    told += ["days", "source", "recorded_at", "recorded_by"]
    yield "agency_fact", told, _complaints(chance, licences, today, round(COMPLAINTS * scale), now)
    yield "agency_fact", told, _voices(chance, licences, today, round(VOICES * scale), now)


def _agencies(chance: random.Random, licences: list[str], today: date, now: datetime) -> Iterator[tuple[Any, ...]]:
    for number, licence in enumerate(licences):
        ends = today + timedelta(days=chance.randint(-60, 1000))
        status = chance.choices(["valid", "suspended", "cancelled"], [90, 7, 3])[0]
        name = f"Bench agency {number} (fictional)"
        at = now - timedelta(seconds=number)
        yield uuid4(), 1, licence, name, status, ends, "BD-13", f"'bench' 'agency' '{number}'", "bench", at


def _deployments(chance: random.Random, licences: list[str], year: int, workers: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Few agencies send most of the workers, as in life (Pareto); each line is a year, a country, a sex and a skill."""
    weights = [chance.paretovariate(1.1) for _ in licences]
    whole = sum(weights)
    for licence, weight in zip(licences, weights, strict=True):
        lines = [
            (one, country, sex) for one in range(year - 3, year + 1) for country in ("SA", "AE", "MY", "OM") for sex in ("male", "female")
        ]
        each = workers * weight / whole / len(lines)
        for one, country, sex in lines:
            count = int(each * chance.uniform(0.2, 1.8))
            yield uuid4(), licence, one, country, "BD-08", sex, "skilled", count, 1, "bench", now, "bench"


def _fact(kind: str, licence: str, day: date, now: datetime, **more: Any) -> tuple[Any, ...]:
    names = ("record", "sequence", "category", "country", "sex", "outcome", "amount", "ceiling", "days")
    return uuid4(), kind, licence, day, *(more.get(name) for name in names), "bench", now, "bench"


def _complaints(chance: random.Random, licences: list[str], today: date, complaints: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    for _ in range(complaints):
        licence, record = chance.choice(licences), uuid4()
        day = today - timedelta(days=chance.randint(1, 900))
        outcome = chance.choices(["upheld", "partly", "rejected", "withdrawn"], [45, 15, 30, 10])[0]
        category = chance.choice(["wages", "overcharged", "contract", "passport_held", "abuse"])
        more = {"record": record, "category": category, "country": "SA", "sex": "male"}
        yield _fact("complaint_decided", licence, day, now, **more, sequence=2, outcome=outcome)
        if outcome == "upheld" and chance.random() < 0.5:  # noqa: PLR2004 - every other one has an order
            yield _fact("redress_ordered", licence, day, now, record=record, sequence=3, amount=5_000_000, outcome=None)
        if chance.random() < 0.5:  # noqa: PLR2004 - every other one was answered
            yield _fact("complaint_answered", licence, day, now, record=record, sequence=1, days=chance.randint(1, 40))


def _voices(chance: random.Random, licences: list[str], today: date, voices: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    for number in range(voices):
        licence, day = chance.choice(licences), today - timedelta(days=chance.randint(1, 900))
        if number % 2:
            yield _fact("fee_charged", licence, day, now, amount=chance.choice([0, 8_000_000, 30_000_000]), ceiling=16_500_000)
        else:
            yield _fact("contract", licence, day, now, outcome=chance.choices(["given", "missing"], [3, 1])[0])


async def _run(running: Suite, decider: httpx.AsyncClient, seeded: dict[str, Any]) -> list[Figure]:
    """The first run also warms the service: measured is the best of three, and the peak over all of them."""
    process = psutil.Process(running.supervisor.pid("agencies"))
    before = process.memory_full_info().pss / 1e6
    peak, stop = [before], asyncio.Event()
    watching = asyncio.create_task(_watch(process, peak, stop))
    seconds, body = [], {}
    for _ in range(3):
        began = time.perf_counter()
        answer = await decider.post(f"{RATINGS}/runs", json={"rule_set": RULES}, headers={"Idempotency-Key": str(uuid4())})
        seconds.append(time.perf_counter() - began)
        answer.raise_for_status()
        body = answer.json()
        gone = await decider.post(f"{RATINGS}/runs/{body['id']}/withdrawal", headers={"If-Match": "*"})
        gone.raise_for_status()
    stop.set()
    await watching
    detail = {**seeded, "by_class": body["by_class"], "seconds": [round(one, 2) for one in seconds]}
    memory = {"what": "PSS of the agencies process", "before_mb": round(before, 1)}
    return [Figure("run_s", min(seconds), "s", detail), Figure("run_peak_mb", max(peak), "MB", memory)]


async def _watch(process: psutil.Process, peak: list[float], stop: asyncio.Event) -> None:
    while not stop.is_set():
        peak.append((await asyncio.to_thread(process.memory_full_info)).pss / 1e6)
        await asyncio.sleep(0.05)


async def _events(running: Suite, decider: httpx.AsyncClient, number: int) -> Figure:
    """From the commit of an event in the complaints database to the answer that shows what it changed."""
    await _classified(running)
    page = (await decider.get("/v1/agencies?limit=200")).json()["items"]
    licensed = [one for one in page if one["licensed"]]  # of another no criterion is computed
    ages = [await _one_event(running, decider, item["licence"]) for item in licensed[:number]]
    detail = {"events": len(ages), "p50_s": round(percentile(ages, 0.5), 3), "what": "commit in complaints to the file that shows it"}
    return Figure("event_to_shown_s", max(ages), "s", detail)


async def _classified(running: Suite) -> None:
    """The provisional classes of the seeded agencies, as the timer of midnight computes them."""
    connection = await asyncpg.connect(running.database_url("agencies", owner=True))
    try:
        await connection.execute(
            "insert into timer (id, due, kind, record, payload, next_try) "
            "values (gen_random_uuid(), now(), 'classify-again', gen_random_uuid(), '{}', now())"
        )
        await connection.execute("select pg_notify('timer', '')")
        missing = "select exists (select from agency a where not exists (select from classification c where c.agency_id = a.id))"
        while await connection.fetchval(missing):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    finally:
        await connection.close()


async def _one_event(running: Suite, decider: httpx.AsyncClient, licence: str) -> float:
    before = await _upheld(decider, licence)
    connection = await asyncpg.connect(running.database_url("complaints"))
    try:
        await commit(connection, [_decision(licence)], sequence=2)
    finally:
        await connection.close()
    began = time.perf_counter()
    while await _upheld(decider, licence) == before:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.005)
    return time.perf_counter() - began


async def _upheld(decider: httpx.AsyncClient, licence: str) -> int:
    answer = await decider.get(f"{RATINGS}/files/{licence}")
    answer.raise_for_status()
    counted: int = next(one["counted"] for one in answer.json()["now"]["criteria"] if one["code"] == "upheld_complaints")
    return counted


def _decision(licence: str) -> ComplaintDecided:
    now = datetime.now(UTC)
    return ComplaintDecided(
        category="wages",
        country="SA",
        district=None,
        victim_sex="male",
        victim_age_band="25_34",
        respondent_kind="agency",
        respondent_licence=licence,
        decision="upheld",
        previous=None,
        overturns=False,
        lodged_at=now,
        decided_at=now,
    )


async def _look_up(running: Suite, agencies: int, seconds: float) -> Figure:
    """Whoever is about to pay: one licence each, by number and by name in turn, through the gateway and signed in nowhere."""
    chance = random.Random(7)  # noqa: S311 - the same look-ups each time
    numbers = [chance.randint(1, agencies) for _ in range(1000)]
    paths = [f"/v1/agencies/RL-{one:04}" if one % 4 else f"/v1/agencies?query=agency+{one}&limit=5" for one in numbers]
    result = await generate(running, connections=16, seconds=seconds, rate=LOOK_UPS_PER_S, paths=paths)
    latencies = result["latencies_ms"]
    detail = {
        "rate": round(len(latencies) / result["seconds"], 1),
        "statuses": result["statuses"],
        "failures": result["failures"],
        "p50_ms": round(percentile(latencies, 0.5), 1),
        "p95_ms": round(percentile(latencies, 0.95), 1),
        "generator_processor_share": round(result["processor_share"], 2),
    }
    return Figure("lookup.p99_ms", percentile(latencies, 0.99), "ms", detail)
