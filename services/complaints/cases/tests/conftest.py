"""Officers at their desks, and cases of each kind, over a real service."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from kit.testing.days import day
from runner.testing import Running, service_fixture

complaints = service_fixture("complaints")

PERSON: Final[dict[str, Any]] = {"name": "করিম মিয়া", "phone": "+966501234567", "sex": "male", "age_band": "25_34"}
CATEGORY: Final = {"distress": "detained", "death": "death", "missing": "missing", "protection": "family_left", "complaint": "wages"}


@dataclass(frozen=True, slots=True)
class Officers:
    """Clients with the claims of the demo accounts."""

    running: Running

    @property
    def agent(self) -> httpx.AsyncClient:
        return self.running.client("agent", sub="agent", districts=["*"], countries=["*"])

    @property
    def wing(self) -> httpx.AsyncClient:
        return self.running.client("wing", sub="wing-riyadh", countries=["SA"])

    @property
    def wing_elsewhere(self) -> httpx.AsyncClient:
        return self.running.client("wing", sub="wing-beirut", countries=["LB"])

    @property
    def demo(self) -> httpx.AsyncClient:
        return self.running.client("demo", sub="demo-cumilla", districts=["BD-08"])

    @property
    def demo_elsewhere(self) -> httpx.AsyncClient:
        return self.running.client("demo", sub="demo-sylhet", districts=["BD-60"])

    @property
    def supervisor(self) -> httpx.AsyncClient:
        return self.running.client("supervisor", sub="supervisor", districts=["*"], countries=["*"])

    @property
    def airport(self) -> httpx.AsyncClient:
        return self.running.client("airport", sub="airport", districts=["*"], countries=["*"])

    @property
    def board(self) -> httpx.AsyncClient:
        return self.running.client("wewb", sub="wewb-one", districts=["*"], countries=["*"])


class Case:
    """One case, and what is posted to it. `version` follows the answers."""

    def __init__(self, running: Running, reference: str) -> None:
        self.running = running
        self.reference = reference

    @property
    def path(self) -> str:
        return f"/v1/complaints/{self.reference}/case"

    async def post(
        self, client: httpx.AsyncClient, part: str, body: dict[str, Any], *, status: int = 201, **headers: str
    ) -> dict[str, Any]:
        sent = {"If-Match": "*", "Idempotency-Key": str(uuid4()), **headers}
        answer = await client.post(f"{self.path}{part}", json=body, headers=sent)
        assert answer.status_code == status, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def read(self, client: httpx.AsyncClient) -> dict[str, Any]:
        answer = await client.get(self.path)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def assign(self, subject: str) -> None:
        async with self.running.sessions.begin() as session:
            await session.execute(
                text("update complaint set assignee = :who, status = 'assigned' where reference = :reference"),
                {"who": subject, "reference": self.reference},
            )

    async def act(self, client: httpx.AsyncClient, action: str, *, status: int = 201, **body: Any) -> dict[str, Any]:
        address = f"/v1/complaints/{self.reference}/actions/{action}"
        answer = await client.post(address, json=body, headers={"If-Match": "*"})
        assert answer.status_code == status, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def missing_for(self, client: httpx.AsyncClient, outcome: str) -> list[str]:
        outcomes = (await self.read(client))["outcomes"]
        return [one["en"] for one in next(one for one in outcomes if one["code"] == outcome)["missing"]]


@pytest.fixture
def officers(complaints: Running) -> Officers:
    return Officers(complaints)


@pytest.fixture
def lodged(complaints: Running, officers: Officers) -> Any:
    async def lodge(kind: str, by: httpx.AsyncClient | None = None, **changes: Any) -> Case:
        body = {
            "channel": "phone",
            "category": CATEGORY[kind],
            "country": "SA",
            "district": "BD-08",
            "reporter": {"name": "রহিমা বেগম", "phone": "01712345678", "relation": "family"},
            "victim": PERSON,
            "narrative": "তিন দিন ধরে খবর নেই।",
            **changes,
        }
        answer = await (by or officers.agent).post("/v1/complaints", json=body)
        assert answer.status_code == 201, answer.text
        return Case(complaints, answer.json()["reference"])

    return lodge


@pytest.fixture
def today() -> str:
    return day(0)
