"""The generator of `probashi bench complaints`: a process of its own that plays lifecycles, reads and writes at given rates.

Called as `python -m runner.bench.lifecycles`; the order comes as JSON on standard input, the result goes as JSON to standard output. A
lifecycle is create + assign + resolve + search: an agent lodges, an officer takes it and proposes, another approves, the agent searches.
Open loop: each begins when it is due, whatever became of the others.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import aiohttp

PLACE: Final = "/v1/complaints"
Player = Callable[["Stage", int], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Stage:
    """`tokens` by account; `references` of complaints that are stored. Each answer is noted as (phase, kind, began, ms, status)."""

    http: aiohttp.ClientSession
    base: str
    tokens: dict[str, str]
    references: list[str]
    phase: str = ""
    answers: list[tuple[str, str, float, float, int]] = field(default_factory=list)

    async def call(self, kind: str, account: str, method: str, path: str, body: Any = None, version: int = 0) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[account]}"}
        if body is not None:
            headers |= {"Idempotency-Key": str(uuid4())} | ({"If-Match": f'"{version}"'} if version else {})
        began = time.perf_counter()
        status, answer = 0, None
        try:
            async with self.http.request(method, self.base + path, json=body, headers=headers) as response:
                status, answer = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass
        self.answers.append((self.phase, kind, began, (time.perf_counter() - began) * 1000, status))
        return json.loads(answer) if answer and 200 <= status < 300 else None  # noqa: PLR2004 - HTTP's own


def complaint(number: int) -> dict[str, Any]:
    return {
        "channel": "phone",
        "category": "overcharged",
        "country": "SA",
        "district": "BD-08",
        "reporter": {"relation": "self", "name": "নমুনা বেগম", "phone": f"+88017{random.randrange(10**8):08}"},  # noqa: S311 - no secret
        "victim": {"sex": "female" if number % 3 == 0 else "male", "age_band": "25_34"},
        "respondent": {"kind": "agency", "licence": f"RL-{number % 2500:04}"},
        "narrative": "অনুমোদিত ব্যয়ের চেয়ে বেশি টাকা নিয়েছে, রশিদ দেয়নি।",
    }


async def lifecycle(stage: Stage, number: int) -> None:
    body = complaint(number)
    made = await stage.call("create", "agent", "POST", PLACE, body)
    if made is None:
        return
    acts = f"{PLACE}/{made['reference']}/actions"
    taken = await stage.call("assign", "bmet-one", "POST", f"{acts}/take", {}, 1)
    if taken is None:
        return
    proposal = {"decision": "upheld", "summary": "রশিদ ছাড়া টাকা নেওয়া প্রমাণিত।"}
    proposed = await stage.call("propose", "bmet-one", "POST", f"{acts}/propose", proposal, taken["version"])
    if proposed is None:
        return
    await stage.call("approve", "bmet-two", "POST", f"{acts}/approve", {}, proposed["version"])
    await stage.call("search", "agent", "POST", f"{PLACE}/search", {"phone": body["reporter"]["phone"]})


async def read(stage: Stage, number: int) -> None:
    reference = stage.references[number % len(stage.references)]
    kinds: tuple[tuple[str, str, str, Any], ...] = (
        ("one", "supervisor", f"{PLACE}/{reference}", None),
        ("one", "supervisor", f"{PLACE}/{reference}", None),
        ("deadlines", "supervisor", f"{PLACE}/{reference}/deadlines", None),
        ("history", "supervisor", f"{PLACE}/{reference}/history", None),
        ("list-centre", "agent", f"{PLACE}?limit=50", None),
        ("list-wing", "wing-riyadh", f"{PLACE}?limit=50", None),
        ("list-district", "demo-cumilla", f"{PLACE}?limit=50", None),
        ("list-office", "bmet-one", f"{PLACE}?limit=50", None),
        ("list-partner", "ngo-one", f"{PLACE}?limit=50", None),
        ("queue-late", "supervisor", f"{PLACE}/queues/breached?limit=50", None),
        ("queue-unassigned", "supervisor", f"{PLACE}/queues/unassigned?limit=50", None),
        ("queue-office", "wing-riyadh", f"{PLACE}/queues/due?limit=50", None),
        ("figures", "supervisor", f"{PLACE}/figures", None),
        ("search", "agent", f"{PLACE}/search", {"reference": reference}),
        ("search-phone", "agent", f"{PLACE}/search", {"phone": f"+88017{random.randrange(10**8):08}"}),  # noqa: S311 - no secret
    )
    kind, account, path, body = kinds[number % len(kinds)]
    await stage.call(kind, account, "GET" if body is None else "POST", path, body)


async def write(stage: Stage, number: int) -> None:
    made = await stage.call("create", "agent", "POST", PLACE, complaint(number))
    if made is None:
        return
    place = f"{PLACE}/{made['reference']}"
    await stage.call("contact", "agent", "POST", f"{place}/contacts", {"how": "phone"})
    await stage.call("take", "bmet-one", "POST", f"{place}/actions/take", {}, 2)


PLAYERS: Final[dict[str, Player]] = {"lifecycle": lifecycle, "read": read, "write": write}


async def play(stage: Stage, phase: dict[str, Any]) -> dict[str, Any]:
    stage.phase = phase["name"]
    began = time.perf_counter()
    tasks = []
    for number in range(round(phase["rate"] * phase["seconds"])):
        await asyncio.sleep(max(0.0, began + number / phase["rate"] - time.perf_counter()))
        tasks.append(asyncio.create_task(PLAYERS[phase["play"]](stage, number)))
    last_begun = time.perf_counter()
    await asyncio.gather(*tasks)
    return {"name": phase["name"], "began": began, "last_begun": last_begun, "ended": time.perf_counter()}


async def main() -> None:
    order = json.load(sys.stdin)
    used, began = time.process_time(), time.perf_counter()
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as http:
        stage = Stage(http, order["base"], order["tokens"], order["references"])
        phases = [await play(stage, phase) for phase in order["phases"]]
    share = (time.process_time() - used) / (time.perf_counter() - began)
    json.dump({"answers": stage.answers, "phases": phases, "processor_share": share}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
