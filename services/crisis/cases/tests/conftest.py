"""Officers of wings at their desks, and cases, over the real service."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from kit.testing.days import day
from runner.testing import Running, service_fixture

crisis = service_fixture("crisis")
URL = "/v1/crisis/cases"
PERSON: dict[str, Any] = {"name": "করিম মিয়া", "passport": "BX 0123456", "phone": "+96170123456"}


@dataclass(frozen=True, slots=True)
class Wing:
    """Clients with the claims of the demo accounts, and what they do all day."""

    running: Running

    def officer(self, name: str = "wing-beirut", country: str = "LB") -> httpx.AsyncClient:
        return self.running.client("wing", sub=name, countries=[country])

    @property
    def beirut(self) -> httpx.AsyncClient:
        return self.officer()

    @property
    def colleague(self) -> httpx.AsyncClient:
        return self.officer("wing-beirut-two")

    @property
    def amman(self) -> httpx.AsyncClient:
        return self.officer("wing-amman", "JO")

    @property
    def riyadh(self) -> httpx.AsyncClient:
        return self.officer("wing-riyadh", "SA")

    @property
    def supervisor(self) -> httpx.AsyncClient:
        return self.running.client("supervisor", sub="supervisor", countries=["*"])

    @property
    def nobody(self) -> httpx.AsyncClient:
        return self.running.client()

    async def open(self, kind: str = "detention", *, by: httpx.AsyncClient | None = None, **more: Any) -> dict[str, Any]:
        body = {"kind": kind, "country": "LB", "person": PERSON, "sex": "male", "age_band": "25_34", **more}
        answer = await (by or self.beirut).post(URL, json=body, headers={"Idempotency-Key": str(uuid4())})
        assert answer.status_code == 201, answer.text
        opened: dict[str, Any] = answer.json()
        return opened

    async def taken(self, kind: str = "detention", **more: Any) -> dict[str, Any]:
        return await self.act(await self.open(kind, **more), "taking")

    async def try_to(self, case: dict[str, Any], what: str, body: Any = None, *, by: httpx.AsyncClient | None = None) -> httpx.Response:
        headers = {"If-Match": f'"{case["version"]}"'}
        return await (by or self.beirut).post(f"{URL}/{case['reference']}/{what}", json=body, headers=headers)

    async def act(self, case: dict[str, Any], what: str, body: Any = None, *, by: httpx.AsyncClient | None = None) -> dict[str, Any]:
        answer = await self.try_to(case, what, body, by=by)
        assert answer.status_code == 200, answer.text
        changed: dict[str, Any] = answer.json()
        return changed

    async def step(self, case: dict[str, Any], step: str) -> dict[str, Any]:
        return await self.act(case, "steps", {"step": step, "done_on": day(0)})

    async def visit(self, case: dict[str, Any], **more: Any) -> dict[str, Any]:
        return await self.act(case, "visits", {"place_kind": "detention", "visited_on": day(0), "found": ["seen"], **more})

    async def listed(self, queue: str, *, by: httpx.AsyncClient | None = None) -> list[str]:
        answer = await (by or self.beirut).get(URL, params={"queue": queue})
        assert answer.status_code == 200, answer.text
        return [one["reference"] for one in answer.json()["items"]]

    async def ask(self, **more: Any) -> dict[str, Any]:
        """A family's request."""
        body = {
            "need": "detained",
            "country": "LB",
            "person": {"name": "করিম মিয়া", "passport": "BX0123456", "place": "রুমিয়ে কারাগার", "sex": "male"},
            "applicant": {"name": "রাবেয়া বেগম", "relation": "স্ত্রী", "phone": "০১৭১১২২৩৩৪৪", "address": "কুমিল্লা"},
            **more,
        }
        answer = await self.nobody.post(f"{URL}/requests", json=body, headers={"Idempotency-Key": str(uuid4())})
        assert answer.status_code == 201, answer.text
        asked: dict[str, Any] = answer.json()
        return asked

    async def follow(self, asked: dict[str, Any], **more: Any) -> httpx.Response:
        return await self.nobody.post(f"{URL}/requests/track", json={"reference": asked["reference"], "secret": asked["secret"], **more})

    async def read(self, reference: str, *, by: httpx.AsyncClient | None = None) -> dict[str, Any]:
        answer = await (by or self.beirut).get(f"{URL}/{reference}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
def wing(crisis: Running) -> Wing:
    return Wing(crisis)
