"""The generator of `probashi bench reintegration`: a process of its own in which desks register people and devices bring in their queues.

Called as `python -m runner.bench.arrivals`; the order comes as JSON on standard input, the result goes as JSON to standard output.
Open loop: each registration begins when it is due, whatever became of the others. Tokens live for five minutes and are renewed.
"""

import asyncio
import base64
import json
import random
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import uuid4

import aiohttp

from kit.boxes import seal_box
from kit.reference import make
from runner.bench.people import People
from runner.identity import access_token
from services.reintegration.field.rules import context_of

PLACE: Final = "/v1/returnees"
RENEWED_AFTER_S: Final = 180.0
WAIT_AND_TRY_AGAIN: Final = frozenset({429, 503})
# As in the page's own script.
PART: Final = 20
TRIES: Final = 20
LONGEST_OWN_PAUSE_S: Final = 30.0
LONGEST_PAUSE_S: Final = 90.0


@dataclass(slots=True)
class Stage:
    """`tokens` by account. Each answer is noted as (phase, kind, ms, status); 0 where there was none."""

    http: aiohttp.ClientSession
    base: str
    password: str
    accounts: list[str]
    people: People
    tokens: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[str, str, float, int]] = field(default_factory=list)

    async def renew(self) -> None:
        for account in self.accounts:
            self.tokens[account] = await access_token(self.base, account, self.password)

    async def keep_renewing(self) -> None:
        while True:
            await asyncio.sleep(RENEWED_AFTER_S)
            await self.renew()

    async def post(self, phase: str, kind: str, account: str, path: str, body: Any) -> tuple[int, Any, float]:
        """Status, answer, and seconds to wait where it says so."""
        headers = {"Authorization": f"Bearer {self.tokens[account]}", "Idempotency-Key": str(uuid4())}
        began, status, answer, wait = time.perf_counter(), 0, b"", 1.0
        with suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with self.http.post(self.base + path, json=body, headers=headers) as response:
                status, answer, wait = response.status, await response.read(), float(response.headers.get("Retry-After", "1"))
        self.answers.append((phase, kind, (time.perf_counter() - began) * 1000, status))
        return status, json.loads(answer) if 200 <= status < 300 else None, wait  # noqa: PLR2004 - HTTP's own


async def register(stage: Stage, phase: dict[str, Any]) -> dict[str, Any]:
    """`number` of people within `seconds`, at the desks in turn."""
    began, tasks = time.perf_counter(), []
    for number in range(phase["number"]):
        await asyncio.sleep(max(0.0, began + number * phase["seconds"] / phase["number"] - time.perf_counter()))
        account = stage.accounts[number % len(stage.accounts)]
        tasks.append(asyncio.create_task(stage.post(phase["name"], "register", account, PLACE, stage.people.one())))
    references = {answer["reference"] for _, answer, _ in await asyncio.gather(*tasks) if answer}
    return {"registered": len(references), "seconds": time.perf_counter() - began}


@dataclass(slots=True)
class Device:
    """A tablet with a full queue that has found the line again: as the page's own script (`field-sync.js`) behaves."""

    stage: Stage
    phase: str
    account: str
    identity: str
    entries: list[dict[str, str]]
    stored: set[str] = field(default_factory=set)
    again: int = 0
    doubled: int = 0
    waits: int = 0
    gave_up: bool = False

    async def sync(self) -> None:
        waiting = [self.entries[place : place + PART] for place in range(0, len(self.entries), PART)]
        tries = 0
        while waiting:
            part = waiting.pop(0)
            status, answer, wait = await self._send(part)
            if answer is not None:
                tries = 0
                self._heard(answer)
            elif status in WAIT_AND_TRY_AGAIN and tries < TRIES:
                tries += 1
                self.waits += 1
                asked = max(wait, min(2.0**tries, LONGEST_OWN_PAUSE_S)) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
                await asyncio.sleep(min(asked, LONGEST_PAUSE_S))
                waiting.insert(0, part)
            elif status and status not in WAIT_AND_TRY_AGAIN and len(part) > 1:
                half = -(-len(part) // 2)
                waiting[:0] = [part[:half], part[half:]]
            else:
                self.gave_up = True
                return

    async def replay(self) -> None:
        """The answer was lost on the way: the same once more."""
        _, answer, _ = await self._send(self.entries[:PART])
        if answer is not None:
            self._heard(answer)

    async def _send(self, part: list[dict[str, str]]) -> tuple[int, Any, float]:
        body = {"device_id": self.identity, "device_now": datetime.now(UTC).isoformat(), "entries": part}
        return await self.stage.post(self.phase, "sync", self.account, f"{PLACE}/sync", body)

    def _heard(self, answer: Any) -> None:
        for result in answer["results"]:
            if result["outcome"] == "stored":
                self.again += result["again"]
                self.doubled += result["id"] in self.stored and not result["again"]
                self.stored.add(result["id"])


async def sync(stage: Stage, phase: dict[str, Any]) -> dict[str, Any]:
    """`number` devices with a queue of `each`, all at once; then every tenth sends its first part again."""
    async with stage.http.get(f"{stage.base}{PLACE}/sync/key") as answer:
        key = await answer.json()
    receiver = base64.urlsafe_b64decode(key["public_key"] + "==")
    accounts = [stage.accounts[number % len(stage.accounts)] for number in range(phase["number"])]
    devices = [Device(stage, phase["name"], account, str(uuid4()), []) for account in accounts]
    for device in devices:
        device.entries = [_sealed(stage.people.one(), device.identity, key["key_id"], receiver) for _ in range(phase["each"])]
    began = time.perf_counter()
    await asyncio.gather(*(one.sync() for one in devices))
    seconds = time.perf_counter() - began
    stored = sum(len(one.stored) for one in devices)
    replayed = devices[::10]
    await asyncio.gather(*(one.replay() for one in replayed))
    return {
        "seconds": seconds,
        "stored": stored,
        "again": sum(one.again for one in devices),
        "doubled": sum(one.doubled for one in devices),
        "waits": sum(one.waits for one in devices),
        "gave_up": sum(one.gave_up for one in devices),
    }


def _sealed(person: dict[str, Any], device: str, key_id: str, receiver: bytes) -> dict[str, str]:
    entry = str(uuid4())
    content = {"registration": person, "reference": make("R"), "written_at": datetime.now(UTC).isoformat()}
    box = seal_box(receiver, json.dumps(content, ensure_ascii=False).encode(), context_of(key_id, device, entry))
    return {"id": entry, "key_id": key_id, "sealed": base64.urlsafe_b64encode(box).decode().rstrip("=")}


PLAYERS: Final = {"register": register, "sync": sync}


async def main() -> None:
    order = json.load(sys.stdin)
    used, began = time.process_time(), time.perf_counter()
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as http:
        people = People(order["seed"], date.fromisoformat(order["today"]), order["telephones"])
        stage = Stage(http, order["base"], order["password"], order["accounts"], people)
        await stage.renew()
        renewing = asyncio.create_task(stage.keep_renewing())
        phases = {phase["name"]: await PLAYERS[phase["play"]](stage, phase) for phase in order["phases"]}
        renewing.cancel()
    share = (time.process_time() - used) / (time.perf_counter() - began)
    json.dump({"answers": stage.answers, "phases": phases, "processor_share": share}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
