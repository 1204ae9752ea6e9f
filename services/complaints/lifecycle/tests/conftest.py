"""The people of the procedure, and what they do, over HTTP."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from runner.testing import Running, service_fixture

complaints = service_fixture("complaints")

COMPLAINT: dict[str, Any] = {
    "channel": "phone",
    "category": "overcharged",
    "country": "SA",
    "district": "BD-08",
    "reporter": {"name": "রহিমা বেগম", "phone": "01712345678", "relation": "family"},
    "victim": {"name": "করিম মিয়া", "phone": "+966501234567", "sex": "male"},
    "respondent": {"kind": "agency", "name": "Shapla Overseas (fictional)", "licence": "RL-0001"},
    "narrative": "অনুমোদিত খরচের তিন গুণ নিয়েছে।",
}
WHO: dict[str, tuple[str, dict[str, Any]]] = {
    "bmet-one": ("officer", {"org": ["bmet-complaints"]}),
    "bmet-two": ("officer", {"org": ["bmet-complaints"]}),
    "bmet-three": ("officer", {"org": ["bmet-complaints"]}),
    "appeals-one": ("officer", {"org": ["ministry-appeals"]}),
    "appeals-two": ("officer", {"org": ["ministry-appeals"]}),
    "control": ("officer", {"org": ["control-room"]}),
    "agent": ("agent", {}),
    "agent-two": ("agent", {}),
    "supervisor": ("supervisor", {}),
    "wing-riyadh": ("wing", {"countries": ["SA"]}),
    "wing-beirut": ("wing", {"countries": ["LB"]}),
    "demo-cumilla": ("demo", {"districts": ["BD-08"]}),
    "agency-one": ("agency", {"licence": ["RL-0001"], "org": ["agency-one"]}),
    "agency-two": ("agency", {"licence": ["RL-0002"], "org": ["agency-two"]}),
    "ngo-one": ("ngo", {"org": ["ngo-one"]}),
    "auditor": ("auditor", {}),
    "admin": ("admin", {}),
    "decider": ("decider", {}),
}


@dataclass
class People:
    """Everybody acts on the newest version unless a test says otherwise."""

    running: Running
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    def __getitem__(self, who: str) -> httpx.AsyncClient:
        if who not in self.clients:
            role, claims = WHO[who]
            self.clients[who] = self.running.client(role, sub=who, **claims)
        return self.clients[who]

    async def lodge(self, who: str = "agent", **changes: Any) -> str:
        answer = await self[who].post("/v1/complaints", json={**COMPLAINT, **changes})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["reference"])

    async def tries(
        self, who: str, reference: str, action: str, *, version: str = "*", key: str | None = None, **body: Any
    ) -> httpx.Response:
        headers = {"If-Match": version} | ({"Idempotency-Key": key} if key else {})
        return await self[who].post(f"/v1/complaints/{reference}/actions/{action}", json=body, headers=headers)

    async def does(self, who: str, reference: str, action: str, **body: Any) -> dict[str, Any]:
        answer = await self.tries(who, reference, action, **body)
        assert answer.status_code == 201, (who, action, answer.text)
        done: dict[str, Any] = answer.json()
        return done

    async def reads(self, who: str, path: str) -> Any:
        answer = await self[who].get(f"/v1/complaints{path}")
        assert answer.status_code == 200, (who, path, answer.text)
        return answer.json()

    async def decided(self, decision: str = "upheld", **changes: Any) -> str:
        """A complaint that bmet-one investigated and decided, and bmet-two approved."""
        reference = await self.lodge(**changes)
        await self.does("bmet-one", reference, "take")
        await self.does("bmet-one", reference, "start-investigation")
        await self.does("bmet-one", reference, "complete-investigation", finding="রশিদ পাওয়া গেছে।")
        await self.does("bmet-one", reference, "propose", decision=decision, summary="রশিদ ও সাক্ষ্য।")
        await self.does("bmet-two", reference, "approve")
        return reference


@pytest.fixture
def people(complaints: Running) -> People:
    return People(complaints)
