"""A call centre under test: an exchange that tells of calls, agents who begin their shift."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from runner.testing import Running, service_fixture

complaints = service_fixture("complaints")
CALLS = "/v1/complaints/calls"
RIYADH = "+966501234567"


class Centre:
    def __init__(self, running: Running) -> None:
        self.running = running
        self.exchange = running.client("service", azp="cti")
        self.began = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=2)
        self.people: dict[str, httpx.AsyncClient] = {}

    def person(self, name: str, role: str = "agent") -> httpx.AsyncClient:
        if name not in self.people:
            self.people[name] = self.running.client(role, sub=name, preferred_username=name, districts=["*"], countries=["*"])
        return self.people[name]

    async def on_shift(self, name: str, role: str = "agent", **said: Any) -> httpx.AsyncClient:
        agent = self.person(name, role)
        answer = await agent.post(f"{CALLS}/shifts", json={"extension": name, **said})
        assert answer.status_code == 201, answer.text
        return agent

    async def tell(self, call: str, event: str, *, seconds: int = 0, number: str | None = RIYADH, **more: Any) -> dict[str, Any]:
        at = self.began + timedelta(seconds=seconds)
        body = {"call": call, "event": event, "at": at.isoformat(), "number": number, **more}
        answer = await self.exchange.post(f"{CALLS}/events", json=body)
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    async def missed(self, number: str | None = RIYADH) -> str:
        call = str(uuid4())
        await self.tell(call, "ringing", number=number)
        return str((await self.tell(call, "abandoned", seconds=30, number=number))["id"])

    async def answered(self, by: str, number: str | None = RIYADH) -> str:
        call = str(uuid4())
        await self.tell(call, "ringing", number=number)
        return str((await self.tell(call, "answered", seconds=9, number=number, agent=by))["id"])

    async def fire(self, kind: str) -> None:
        """As if its time had come. Waits until the service has done what is due."""
        async with self.running.sessions.begin() as session:
            await session.execute(text("update timer set next_try = now() where kind = :kind and done_at is null"), {"kind": kind})
            await session.execute(text("select pg_notify('timer', '')"))
        await self.until(lambda: self._fired(kind))

    async def _fired(self, kind: str) -> bool:
        async with self.running.sessions() as session:
            due = text("select count(*) from timer where kind = :kind and done_at is null and next_try <= now()")
            return bool((await session.scalar(due, {"kind": kind})) == 0)

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(240):
            while not await holds():
                await asyncio.sleep(0.05)

    async def told(self) -> list[dict[str, Any]]:
        rows = await self.running.rows("outbox")
        envelopes = [json.loads(bytes(row.envelope)) for row in rows]
        return [one["data"] for one in envelopes if one["type"].endswith("call.ended.v1")]


@pytest.fixture
def centre(complaints: Running) -> Centre:
    return Centre(complaints)


def complaint(**more: Any) -> dict[str, Any]:
    return {
        "channel": "phone",
        "category": "wages",
        "country": "SA",
        "narrative": "তিন মাস বেতন নেই",
        "reporter": {"relation": "self", "name": "নমুনা বেগম", "phone": RIYADH},
        **more,
    }
