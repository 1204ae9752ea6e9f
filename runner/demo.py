"""`probashi demo`: the suite's main journeys through the public API, step by step, with identifiers and times; and its demo data."""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from contracts.days import DHAKA
from runner import partner, record
from runner.api import Api, StepFailed
from runner.place import PROJECT, Place, place
from runner.refusals import NotRunning
from runner.terminal import Say, say, timed

DATA: Final = PROJECT / "deploy" / "demo"
REAL_MESSAGES: Final = PROJECT.parent / "shared" / "data" / "cap"
REAL_MESSAGE: Final = "google+cap-library/testdata/australia.cap"
COUNTED_WITHIN_S: Final = 90.0
SETTLED_S: Final = 3.0
ROTA_DAYS: Final = timedelta(days=60)
ROTA: Final = (
    ("wing-riyadh", "LWW-RIYADH", "on_duty", "Nasima Nomuna (fictional)"),
    ("wing-riyadh", "LWW-RIYADH", "second", "Rezaul Nomuna (fictional)"),
    ("wing-riyadh", "LWW-RIYADH", "head", "Selina Nomuna (fictional)"),
    ("wing-beirut", "LWW-BEIRUT", "on_duty", "Imran Nomuna (fictional)"),
    ("wing-beirut", "LWW-BEIRUT", "second", "Tahmina Nomuna (fictional)"),
    ("supervisor", "DHAKA", "on_duty", "Shafiq Nomuna (fictional)"),
    ("supervisor", "DHAKA", "second", "Nargis Nomuna (fictional)"),
)
COMPLAINT_ACTIVITY: Final = "4.4.2.3"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--loop", type=int, default=0, metavar="N", help="log N complaints and check that each is counted exactly once")
    parser.add_argument("--referral", action="store_true", help=f"pass an invented returnee on to the partner organization {partner.CODE}")


def run(arguments: argparse.Namespace) -> int:
    where = place(arguments.state, arguments.port)
    running = record.running(where)
    if running is None:
        raise NotRunning(f"No suite runs on {where.state}. Start it: make run")
    here = Place(where.state, running.base_port)
    asyncio.run(_pass_on(here) if arguments.referral else _walk(here, arguments.loop))
    return 0


async def load(where: Place) -> None:
    """Posts `deploy/demo/*.json` in order of their names. Fixed keys: loading twice changes nothing."""
    async with _api(where) as api:
        for file in sorted(DATA.glob("*.json")):
            batch = _json(file)
            for one in batch["items"]:
                await api.post(batch["path"], batch["account"], one["body"], key=one["key"])
        await api.post_cap((DATA / "warning.xml").read_bytes(), "supervisor", key="demo-data-warning-0001")
        await partner.set_up(api, datetime.now(DHAKA).date())
        await on_duty(api, datetime.now(DHAKA).date())


async def on_duty(api: Api, today: date) -> None:
    """Two wings and Dhaka, so that a warning in the night rings somebody, then the next, then Dhaka. As long as a shift may be."""
    ends_at = datetime.combine(today + ROTA_DAYS, datetime.min.time(), DHAKA)
    for number, (account, mission, seat, name) in enumerate(ROTA, 1):
        shift = {"mission": mission, "seat": seat, "name": name, "phone": f"+88017000001{number:02}", "ends_at": ends_at.isoformat()}
        await api.post("/v1/crisis/rota", account, shift, key=f"demo-data-shift-{number:04}")


async def _walk(where: Place, loop: int) -> None:
    tell = timed(say)
    async with _api(where) as api:
        if loop:
            await complaints_counted_once(api, tell, loop)
            return
        await complaints_counted_once(api, tell, 1)
        await warning_acknowledged(api, tell)
        await returnee_registered(api, tell)


async def _pass_on(where: Place) -> None:
    async with _api(where) as api:
        say(f"referral {await partner.pass_on(api, datetime.now(DHAKA).date())} sent to {partner.CODE}")


def _api(where: Place) -> Api:
    return Api(where, _json(PROJECT / "deploy" / "accounts.json")["demo_password"])


async def _settled(api: Api) -> tuple[int, int]:
    """What is counted once nothing is on its way any more: what was lodged a moment ago may not have reached the framework yet."""
    seen = await _counted(api)
    for _ in range(20):
        await asyncio.sleep(0.5)
        before, seen = seen, await _counted(api)
        if seen == before and seen[1] >= seen[0]:
            break
    return seen


async def complaints_counted_once(api: Api, tell: Say, number: int) -> None:
    """An agent logs complaints in Bangla; each becomes one piece of evidence for agencies and one for the framework."""
    before = await _settled(api)
    tell(f"counted so far: {before[0]} in agencies, {before[1]} for activity {COMPLAINT_ACTIVITY}")
    body = _json(DATA / "20-complaints.json")["items"][0]["body"]
    for _ in range(number):
        receipt = await api.post("/v1/complaints", "agent", body, key=str(uuid4()))
        tell(f"complaint {receipt['reference']} ({receipt['id']}) logged by agent: {receipt['status_label']['bn']}")
    expected = (before[0] + number, before[1] + number)
    await _until(lambda: _counted(api), expected, "complaints counted in agencies and for the framework")
    await asyncio.sleep(SETTLED_S if number > 1 else 0)
    if (after := await _counted(api)) != expected:
        raise StepFailed(f"counted {after}, expected {expected}: something was counted twice")
    tell(f"counted now: {expected[0]} in agencies, {expected[1]} for activity {COMPLAINT_ACTIVITY}: each exactly once")


async def _counted(api: Api) -> tuple[int, int]:
    summary = await api.get("/v1/agencies/evidence/summary", "analyst")
    activities = await api.get("/v1/framework/activities?goal=4")
    return summary["complaints"], next(one["evidence"] for one in activities["items"] if one["id"] == COMPLAINT_ACTIVITY)


async def warning_acknowledged(api: Api, tell: Say) -> None:
    """A real message where one lies beside the project, and always one of our own: taken, matched to a wing, acknowledged by it."""
    real = REAL_MESSAGES / REAL_MESSAGE
    if real.exists():
        await _warn(api, tell, real.read_bytes(), wing="wing-canberra", country="AU")
    else:
        tell("no real warning messages beside the project: only our own is sent")
    own = (DATA / "warning.xml").read_text("utf-8")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    await _warn(
        api, tell, own.replace("probashi-demo-warning-1", f"probashi-demo-{uuid4()}").replace("2026-11-01T00:00:00+00:00", now).encode()
    )


async def _warn(api: Api, tell: Say, message: bytes, *, wing: str = "wing-beirut", country: str | None = None) -> None:
    alert = await api.post_cap(message, "supervisor", key=str(uuid4()), country=country)
    words = alert["headline"]["bn"] or alert["headline"]["en"] or alert["event"]
    tell(f"warning {alert['id']} for {', '.join(alert['countries'])} → {alert['mission']['name']['en']}: {words}")
    acknowledged = await api.post(f"/v1/crisis/alerts/{alert['id']}/acknowledgements", wing, key=str(uuid4()))
    tell(f"warning {alert['id']} acknowledged by {wing} at {acknowledged['acknowledged_at']}")


async def returnee_registered(api: Api, tell: Say) -> None:
    """A DEMO officer registers a returnee and opens a case."""
    body = _json(DATA / "30-returnees.json")["items"][0]["body"]
    returnee = await api.post("/v1/returnees", "demo-cumilla", body, key=str(uuid4()))
    tell(f"returnee {returnee['reference']} ({returnee['id']}) registered by demo-cumilla")
    need = (await api.get("/v1/returnees/needs"))["items"][0]
    case = await api.post(f"/v1/returnees/{returnee['reference']}/cases", "demo-cumilla", {"needs": [need["code"]]}, key=str(uuid4()))
    tell(f"case {case['reference']} opened: {need['bn']}")


async def _until(read: Callable[[], Awaitable[object]], expected: object, what: str, *, within_s: float = COUNTED_WITHIN_S) -> None:
    end = time.monotonic() + within_s
    while (seen := await read()) != expected:
        if time.monotonic() > end:
            raise StepFailed(f"{what}: expected {expected}, last saw {seen} after {within_s:.0f} s")
        await asyncio.sleep(0.1)


def _json(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))
