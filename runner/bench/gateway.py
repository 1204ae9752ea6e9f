"""What the gateway adds to a partner's call, how many it passes, and how fast events reach a partner beside one that never answers.

The partner reads a page of its feed: token checked twice, rate, rights and fields judged at the moment. Directly at the service and
through the gateway by turns, in one run; the difference is what the gateway adds.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import asyncpg
import httpx
import psutil

from contracts.days import DHAKA
from contracts.reintegration import ReferralSent
from kit.testing.waiting import until
from runner import suite
from runner.api import Api
from runner.bench.figures import Figure, percentile, processor_times
from runner.bench.generator import generate
from runner.bench.intake import password, shares_of
from runner.bench.outbox import commit
from runner.identity import Provider
from runner.place import PROJECT, temporary_place
from runner.suite import Suite

ORG: Final = "ngo-one"
CLIENT: Final = f"partner-{ORG}--cases"
CONNECTIONS: Final = 32
SECONDS: Final = 20.0
TURNS: Final = 3
PAGE: Final = 10
EVENTS: Final = 10_000
SERVICES: Final = ("partners", "reintegration")
ROOT: Final = "/v1/partners"


async def measure(scale: float) -> list[Figure]:
    settings = {"PROBASHI_REQUESTS_PER_SECOND": "1000000", "PROBASHI_REQUEST_BURST": "1000000"}
    with temporary_place() as place:
        async with suite.running(place, only=SERVICES, settings=settings) as running, Api(place, password()) as api:
            await _partner(api)
            events = max(200, round(EVENTS * scale))
            async with _receiver() as receiver:
                sending = await _webhooks(running, receiver, events)
            return [*await _calls(running, scale), sending, await _passed(running, scale)]


async def _partner(api: Api) -> None:
    """An organisation with all that it needs, as people set it up."""

    async def post(path: str, account: str, body: dict[str, Any], **headers: str) -> Any:
        named = {"Idempotency-Key": str(uuid4()), **headers}
        return (await api.call("POST", f"{ROOT}{path}", account, json=body, headers=named)).json()

    names = {"name_en": "Setu (fictional)", "name_bn": "সেতু (কাল্পনিক)", "contact": "systems@ngo-one.example"}
    await post("/organisations", ORG, {"code": ORG, "kind": "ngo", **names})
    await post(f"/organisations/{ORG}/decision", "admin", {"approved": True}, **{"If-Match": "*"})
    today = datetime.now(DHAKA).date()
    terms = {"purposes": ["referral"], "fields": ["help", "district", "sent_at", "accept_by"], "reference": "MoU (fictional)"}
    days = {"valid_from": str(today), "valid_until": str(today + timedelta(days=30))}
    agreement = await post(f"/organisations/{ORG}/agreements", "admin", {**terms, **days})
    await post(f"/agreements/{agreement['id']}/decision", "decider", {"approved": True}, **{"If-Match": "*"})
    await post(f"/organisations/{ORG}/clients", ORG, {"name": "cases", "scopes": ["events_read", "endpoints_manage"]})
    # Its quota is counted with each request, and never the answer.
    at, most = f"{ROOT}/organisations/{ORG}/clients/cases/quota", {"per_minute": 1_000_000, "per_day": 1_000_000_000}
    await api.call("PUT", at, "admin", json=most, headers={"If-Match": "*"})


async def _token(running: Suite) -> str:
    async with httpx.AsyncClient(timeout=15) as http:
        provider = Provider(http, running.place.public_url)
        return (await provider.grant("client_credentials", CLIENT, {}, secret=running.secrets.get("client", CLIENT))).access


@dataclass(frozen=True, slots=True)
class Receiver:
    good: int
    silent: int
    process: asyncio.subprocess.Process

    async def count(self) -> int:
        stdin, stdout = _pipes(self.process)
        stdin.write(b"count\n")
        return int(await stdout.readline())

    async def end(self) -> dict[str, Any]:
        _pipes(self.process)[0].close()
        said, _ = await self.process.communicate()
        found: dict[str, Any] = json.loads(said)
        return found


def _pipes(process: asyncio.subprocess.Process) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the receiver was started without pipes")
    return process.stdin, process.stdout


@asynccontextmanager
async def _receiver() -> AsyncIterator[Receiver]:
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "runner.bench.receiver")
    process = await asyncio.create_subprocess_exec(*command, cwd=PROJECT, stdin=pipe, stdout=pipe)
    try:
        good, silent = (int(port) for port in (await _pipes(process)[1].readline()).split())
        yield Receiver(good, silent, process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _webhooks(running: Suite, receiver: Receiver, events: int) -> Figure:
    """All wait at the start: what is measured is sending, and neither how they came nor how fast they were told."""
    async with httpx.AsyncClient(base_url=running.place.public_url, timeout=30) as http:
        http.headers["Authorization"] = f"Bearer {await _token(running)}"
        endpoints = [await _endpoint(http, port) for port in (receiver.good, receiver.silent)]
        for one in endpoints:
            await _state(http, one, "paused")
        await _tell(running, events)
        used, began = processor_times(psutil.Process()), datetime.now(UTC)
        for one in endpoints:
            await _state(http, one, "active")

        async def all_came() -> bool:
            await asyncio.sleep(0.2)
            return await receiver.count() >= events

        await until(all_came, True)
        seconds = (datetime.now(UTC) - began).total_seconds()
        shares = shares_of(running, used, processor_times(psutil.Process()), seconds)
    found = await receiver.end()
    times = sorted(found["came"].values())
    detail = {
        "events": events,
        "beside": "an endpoint of the same organisation that never answers",
        "from_active_to_last_s": round(seconds, 2),
        "processor_shares": shares,
        "receiver_processor_share": round(found["processor_s"] / seconds, 2),
    }
    return Figure("webhooks_per_s", (len(times) - 1) / (times[-1] - times[0]), "events/s", detail)


async def _endpoint(http: httpx.AsyncClient, port: int) -> str:
    answer = await http.post(f"{ROOT}/endpoints", json={"url": f"http://127.0.0.1:{port}/"})
    answer.raise_for_status()
    return str(answer.json()["id"])


async def _state(http: httpx.AsyncClient, endpoint: str, state: str) -> None:
    (await http.put(f"{ROOT}/endpoints/{endpoint}", json={"state": state}, headers={"If-Match": "*"})).raise_for_status()


async def _tell(running: Suite, events: int) -> None:
    now = datetime.now(UTC)
    facts = {"help": "training", "to": "ngo", "district": "BD-08", "sent_at": now, "accept_by": now + timedelta(days=5), "recipient": ORG}
    connection = await asyncpg.connect(running.database_url("reintegration"))
    try:
        await commit(connection, [ReferralSent.model_validate(facts) for _ in range(events)], sequence=1)
    finally:
        await connection.close()
    partners = await asyncpg.connect(running.database_url("partners"))

    async def all_told() -> bool:
        await asyncio.sleep(0.2)
        return bool(await partners.fetchval("select count(*) >= $1 from partner_feed_event", events))

    try:
        await until(all_told, True)
    finally:
        await partners.close()


async def _calls(running: Suite, scale: float) -> list[Figure]:
    """By turns, so that what else the machine does meets both."""
    seconds = max(2.0, SECONDS * scale)
    token = await _token(running)
    ports = {"gateway": running.place.port("gateway"), "direct": running.place.port("partners")}

    async def load(where: str, rate: float = 0.0) -> dict[str, Any]:
        paths = [f"{ROOT}/events?after={after}&limit={PAGE}" for after in range(0, 100, PAGE)]
        port, many = ports[where], CONNECTIONS
        done = await generate(running, port=port, tokens=[token], paths=paths, connections=many, seconds=seconds, rate=rate)
        if refused := {status: count for status, count in done["statuses"].items() if status != "200"}:
            raise RuntimeError(f"{where} refused what it should answer: {refused}")
        return done

    await load("gateway")
    full = {where: await load(where) for where in ports}
    rps = {where: len(one["latencies_ms"]) / one["seconds"] for where, one in full.items()}
    half: dict[str, list[float]] = {where: [] for where in ports}
    statuses: dict[str, int] = {}
    for _ in range(TURNS):
        for where in ports:
            one = await load(where, min(rps.values()) / 2)
            half[where] += one["latencies_ms"]
            statuses |= one["statuses"]
    shown = {
        f"{where}_{name}_ms": round(percentile(half[where], share), 2) for where in ports for name, share in (("p50", 0.5), ("p99", 0.99))
    }
    added = {share: percentile(half["gateway"], share) - percentile(half["direct"], share) for share in (0.5, 0.99)}
    detail = {"rate": round(min(rps.values()) / 2), "requests": len(half["gateway"]), "statuses": statuses, **shown}
    whole = {"connections": CONNECTIONS, "direct_rps": round(rps["direct"]), "statuses": full["gateway"]["statuses"], "page": PAGE}
    return [
        Figure("added.p50_ms", added[0.5], "ms", detail),
        Figure("added.p99_ms", added[0.99], "ms"),
        Figure("rps", rps["gateway"], "requests/s", {**whole, "failures": full["gateway"]["failures"]}),
    ]


async def _passed(running: Suite, scale: float) -> Figure:
    """What the gateway itself can pass: a program's reads of a service that only answers, with token, quota and log as always."""
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "runner.bench.answerer")
    service = await asyncio.create_subprocess_exec(*command, cwd=PROJECT, stdin=pipe, stdout=pipe)
    try:
        port = int(await _pipes(service)[1].readline())
        urls = {"partners": running.place.url("partners"), "agencies": f"http://127.0.0.1:{port}"}
        await running.restart("gateway", {"PROBASHI_SERVICE_URLS": json.dumps(urls)})
        where = {"gateway": running.place.port("gateway"), "direct": port}
        order = {
            "tokens": [await _token(running)],
            "paths": ["/v1/agencies"],
            "connections": CONNECTIONS,
            "seconds": max(2.0, SECONDS * scale),
        }
        await generate(running, port=where["gateway"], **order)
        used = processor_times(psutil.Process())
        done = {name: await generate(running, port=one, **order) for name, one in where.items()}
        shares = shares_of(running, used, processor_times(psutil.Process()), done["gateway"]["seconds"])
    finally:
        service.kill()
        await service.wait()
    rps = {name: len(one["latencies_ms"]) / one["seconds"] for name, one in done.items()}
    detail = {
        "what": "a service that only answers",
        "direct_rps": round(rps["direct"]),
        "processor_us": round(shares["gateway"] / rps["gateway"] * 1e6),
        "statuses": done["gateway"]["statuses"],
        "failures": done["gateway"]["failures"],
    }
    return Figure("gateway_rps", rps["gateway"], "requests/s", detail)
