"""The generator of `probashi bench reintegration`: a process of its own in which desks register people and devices bring in their queues.

Called as `python -m runner.bench.arrivals`; the order comes as JSON on standard input, the result goes as JSON to standard output.
Open loop: each registration begins when it is due, whatever became of the others. Tokens live for five minutes and are renewed.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import uuid4

import aiohttp

from runner.bench.people import People
from runner.identity import access_token

PLACE: Final = "/v1/returnees"
RENEWED_AFTER_S: Final = 180.0
WAIT_AND_TRY_AGAIN: Final = frozenset({429, 503})


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


PLAYERS: Final = {"register": register}


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
