"""From a message to the people it concerns, over whoever the import left in the register.

The company that carries texts is a process of its own. Times that end in a table are those of its commits. A warning begins with the
request that releases it: an officer's thinking is no part of any figure.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import asyncpg

from runner.api import Api
from runner.bench.figures import Figure, percentile
from runner.bench.intake import password
from runner.suite import Suite

ALERTS: Final = "/v1/crisis/alerts"
BRINGS, RELEASES, WATCHES = "supervisor", "admin", "wing-riyadh"
MESSAGES: Final = 200
WITHIN_S: Final = 900.0
LOOKS_EVERY_S: Final = 0.05
MESSAGE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier><sender>bench@probashi.test</sender>
<sent>{sent}</sent><status>Actual</status><msgType>{kind}</msgType><scope>Public</scope>{references}
<info><language>en</language><category>Safety</category><event>Air strikes</event><urgency>Immediate</urgency>
<severity>{severity}</severity><certainty>Observed</certainty><headline>Stay inside</headline>
<area><areaDesc>{country}</areaDesc><geocode><valueName>ISO3166-1</valueName><value>{country}</value></geocode></area></info></alert>"""
DECIDED: Final = """
    select extract(epoch from pg_xact_commit_timestamp(d.xmin) - r.received_at)::float8
    from alert_decision d join message_receipt r using (alert_id) where d.alert_id = any($1::uuid[])
"""
EXPOSED: Final = """
    select extract(epoch from pg_xact_commit_timestamp(xmin) - computed_at)::float8 as seconds, took_ms, counts
    from exposure where alert = $1
"""
HANDED: Final = """
    select count(*) as people, count(handed_at) as handed, coalesce(sum(parts), 0) as parts from recipient
    where alert_id = $1 and rung = (select min(rung) from recipient where alert_id = $1 and channel = 'sms') and purpose = $2
"""
WHEN_HANDED: Final = "select handed_at from recipient where alert_id = $1 and purpose = $2 and handed_at is not null order by handed_at"
OPEN: Final = "select count(*) from outreach_job where done_at is null and alert_id = $1"


@dataclass(frozen=True, slots=True)
class Warned:
    alert: UUID
    identifier: str
    sent: str
    at: datetime

    @property
    def reference(self) -> str:
        return f"<references>bench@probashi.test,{self.identifier},{self.sent}</references>"


class Night:
    def __init__(self, running: Suite, api: Api, crisis: asyncpg.Pool, registry: asyncpg.Pool) -> None:
        self.running, self.api, self.crisis, self.registry = running, api, crisis, registry

    async def bring(self, country: str, severity: str, kind: str = "Alert", references: str = "") -> Warned:
        identifier, began = str(uuid4()), datetime.now(UTC)
        sent = began.isoformat(timespec="seconds")
        said = {"identifier": identifier, "sent": sent, "kind": kind, "severity": severity, "references": references, "country": country}
        alert = await self.api.post_cap(MESSAGE.format(**said).encode(), BRINGS, key=identifier, country=country)
        return Warned(UUID(alert["id"]), identifier, sent, began)

    async def release(self, warned: Warned) -> datetime:
        began = datetime.now(UTC)
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": "*"}
        await self.api.call("POST", f"{ALERTS}/{warned.alert}/decision/release", RELEASES, headers=headers)
        return began

    async def handed(self, warned: Warned, purpose: str = "warn") -> list[datetime]:
        return [row[0] for row in await self.crisis.fetch(WHEN_HANDED, warned.alert, purpose)]

    async def people(self, warned: Warned, purpose: str = "warn") -> asyncpg.Record:
        return await self.crisis.fetchrow(HANDED, warned.alert, purpose)

    async def all_handed(self, warned: Warned, purpose: str = "warn") -> bool:
        if await self.crisis.fetchval(OPEN, warned.alert):
            return False
        found = await self.people(warned, purpose)
        return bool(found["people"]) and found["people"] == found["handed"]

    async def some_handed(self, warned: Warned, share: float = 0.0) -> bool:
        found = await self.people(warned)
        return bool(found["handed"]) and found["handed"] >= share * found["people"]


@asynccontextmanager
async def night_of(running: Suite) -> AsyncIterator[Night]:
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(Api(running.place, password()))
        pools = [asyncpg.create_pool(running.database_url(one, owner=True), min_size=1, max_size=3) for one in ("crisis", "registry")]
        yield Night(running, api, *[await stack.enter_async_context(one) for one in pools])


async def warning(night: Night, accepted: Path, scale: float) -> list[Figure]:
    figures = [await _decide(night, max(20, round(MESSAGES * scale)))]
    first = await night.bring("SA", "Extreme")
    figures += await _reach(night, first)
    figures.append(await _all_clear(night, first))
    return [*figures, await _killed(night, accepted)]


async def _decide(night: Night, messages: int) -> Figure:
    """One after another, through the gateway, of a country where nobody is registered."""
    came = [(await night.bring("JP", "Minor")).alert for _ in range(messages)]
    seconds = [row[0] for row in await night.crisis.fetch(DECIDED, came)]
    detail = {"aim": 2.0, "messages": len(seconds), "p50_s": round(percentile(seconds, 0.5), 4)}
    return Figure("decide.p95_s", percentile(seconds, 0.95), "s", detail)


async def _reach(night: Night, warned: Warned) -> list[Figure]:
    """The page is asked for as the wing's page asks, all the time while the warning goes out."""
    page = asyncio.create_task(_on_the_page(night, warned))
    released = await night.release(warned)
    await until(lambda: night.all_handed(warned))
    times, people = await night.handed(warned), await night.people(warned)
    exposed = await night.registry.fetchrow(EXPOSED, warned.alert)
    most = (times[-1] - released).total_seconds()
    share = times[max(0, round(people["people"] * 0.99) - 1)]
    detail = {"aim": 180.0, "people": people["people"], "parts": people["parts"], "all_s": round(most, 1), "rate": "unlimited"}
    detail |= {"per_s": round(people["people"] / most), "at_100000_s": round(100_000 * most / people["people"])}
    seen = {"aim": 1.0, "counts": json.loads(exposed["counts"]), "computed_ms": exposed["took_ms"], "what": "until it is committed"}
    return [
        Figure("exposure_s", exposed["seconds"], "s", seen),
        Figure("first_handover_s", (times[0] - released).total_seconds(), "s", {"aim": 5.0, "from": "the release of a warning of level 4"}),
        Figure("handover_99_s", (share - released).total_seconds(), "s", detail),
        Figure("duty_page_s", await page, "s", {"aim": 10.0, "what": "message sent → the alert and its people on the wing's API"}),
    ]


async def _on_the_page(night: Night, warned: Warned) -> float:
    async def shown() -> bool:
        items = (await night.api.get(f"{ALERTS}?live=true&limit=20", WATCHES))["items"]
        if not any(one["id"] == str(warned.alert) for one in items):
            return False
        return bool(await night.crisis.fetchval("select count(*) from alert_exposure where alert_id = $1", warned.alert))

    await until(shown)
    await night.api.get(f"{ALERTS}/{warned.alert}/exposure", WATCHES)
    return (datetime.now(UTC) - warned.at).total_seconds()


async def _all_clear(night: Night, warned: Warned) -> Figure:
    began = datetime.now(UTC)
    await night.bring("SA", "Extreme", "Cancel", warned.reference)
    await until(lambda: _cleared(night, warned))
    rows = await night.crisis.fetch(CLEARED, warned.alert)
    times = sorted(row[0] for row in rows)
    detail = {"aim": 10.0, "what": "the first is told", "people": len(times), "all_s": round((times[-1] - began).total_seconds(), 1)}
    return Figure("all_clear_s", (times[0] - began).total_seconds(), "s", detail)


CLEARED: Final = "select handed_at from recipient where root = $1 and purpose = 'all_clear' and handed_at is not null"
CLEARING: Final = """
    select count(*) filter (where purpose = 'all_clear') as jobs, count(*) filter (where purpose = 'all_clear' and done_at is null) as busy
    from outreach_job where root = $1
"""
UNCLEARED: Final = "select count(*) from recipient where root = $1 and purpose = 'all_clear' and state in ('queued', 'sent')"


async def _cleared(night: Night, warned: Warned) -> bool:
    jobs = await night.crisis.fetchrow(CLEARING, warned.alert)
    return bool(jobs["jobs"]) and not jobs["busy"] and not await night.crisis.fetchval(UNCLEARED, warned.alert)


async def _killed(night: Night, accepted: Path) -> Figure:
    """While two warnings go out, of a lesser and of the highest level, the service is killed, twice."""
    lesser, highest = await night.bring("AE", "Moderate"), await night.bring("LB", "Extreme")
    for one in (lesser, highest):
        await night.release(one)
    for share in (0.3, 0.6):
        await until(partial(night.some_handed, lesser, share))
        night.running.kill("crisis")
        await night.running.supervisor.ready()
    for one in (lesser, highest):
        await until(partial(night.all_handed, one))
    return await _duplicates(night, accepted, [lesser.alert, highest.alert])


async def _duplicates(night: Night, accepted: Path, alerts: list[UUID]) -> Figure:
    """Texts that the company accepted for one telephone beyond the first, of one version of a warning: here nobody shares a telephone."""
    asked = await night.crisis.fetch("select id, alert_id, version, purpose from recipient where channel = 'sms'")
    known = {str(row["id"]): tuple(row)[1:] for row in asked}
    lines = (await asyncio.to_thread(accepted.read_text, "utf-8")).splitlines()
    mine = Counter((*known[reference], phone) for reference, phone in (line.split(" ", 1) for line in lines) if reference in known)
    told = {key: number for key, number in mine.items() if key[0] in alerts}
    detail = {"aim": 0, "kills": 2, "killed": "crisis", "accepted": sum(told.values()), "telephones": len(told)}
    return Figure("duplicates", sum(number - 1 for number in told.values()), "texts", detail)


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    end = time.monotonic() + WITHIN_S
    while not await is_so():
        if time.monotonic() > end:
            raise RuntimeError("a step of the night did not come to its end in time")
        await asyncio.sleep(LOOKS_EVERY_S)
