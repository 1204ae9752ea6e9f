"""Each route with each role: who is not named is refused, who is named is not."""

from collections.abc import Callable

import pytest

from kit.auth import ROLES
from runner.testing import Running

NOBODY = "/v1/crisis/alerts/0197b0a0-0000-7000-8000-000000000001"
READERS = {"wing", "agent", "supervisor", "analyst", "auditor", "admin", "service"}
ROUTES = {
    ("POST", "/v1/crisis/alerts"): {"wing", "supervisor", "admin", "service"},
    ("GET", "/v1/crisis/alerts"): READERS,
    ("GET", NOBODY): READERS,
    ("POST", f"{NOBODY}/acknowledgements"): {"wing", "admin"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
class TestRoles:
    async def test_only_those_named_may_call(self, crisis: Running, route: tuple[str, str], role: str) -> None:
        answer = await crisis.client(role, countries=["*"]).request(*route)
        assert (answer.status_code == 403) == (role not in ROUTES[route]), answer.text


class TestStream:
    @pytest.mark.parametrize("role", [role for role in ROLES if role not in READERS])
    async def test_is_closed_to_others(self, crisis: Running, role: str) -> None:
        assert (await crisis.client(role, countries=["*"]).get("/v1/crisis/alerts/stream")).status_code == 403


@pytest.mark.parametrize("route", [*ROUTES, ("GET", "/v1/crisis/alerts/stream")], ids=" ".join)
class TestWithoutToken:
    async def test_is_refused(self, crisis: Running, route: tuple[str, str]) -> None:
        assert (await crisis.client().request(*route)).status_code == 401


class TestScope:
    async def test_a_wing_without_countries_sees_and_brings_in_nothing(self, crisis: Running, cap: Callable[..., bytes]) -> None:
        client = crisis.client("wing")
        posted = await client.post("/v1/crisis/alerts", content=cap(), headers={"Content-Type": "application/cap+xml"})
        assert posted.status_code == 403
        assert (await client.get("/v1/crisis/alerts")).json() == {"items": [], "next": None}
