"""A duty that was handed over: the other mission does there what its own officers could; those read, and no more, until it is back."""

from typing import Final

import httpx
import pytest

from kit.testing.waiting import until
from runner.testing import Running, Start
from services.crisis.handover import rules
from services.crisis.handover.service import MISSIONS
from services.crisis.handover.tests.test_handover import DAY, URL, raised
from services.crisis.tests.test_enquiries import act, asked
from services.crisis.tests.test_incidents import INCIDENTS, opened, problem

ELSEWHERE: Final = (409, "duty-elsewhere")
RELAY: Final = {
    "kind": "employer",
    "name": "Nomuna Cleaning",
    "country": "LB",
    "channel": "sms",
    "address": "+96170000001",
    "language": "en",
}


@pytest.fixture
def beirut(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("wing", sub="wing-beirut", countries=["LB"])


@pytest.fixture
def amman(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("wing", sub="wing-amman", countries=["JO"])


async def handed(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{URL}/LWW-BEIRUT/handovers", json={"reason": "cut_off", "to": "LWW-AMMAN"})
    assert answer.status_code == 201, answer.text


def supervisor(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("supervisor", sub="supervisor", countries=["*"])


async def test_incidents_families_and_evacuation_go_with_the_duty(
    crisis: Running, beirut: httpx.AsyncClient, amman: httpx.AsyncClient
) -> None:
    incident = await opened(beirut)
    one = await asked(crisis, incident)
    at = f"{INCIDENTS}/{incident['id']}"
    assert (await amman.get(at)).status_code == 404
    await handed(beirut)
    assert (await amman.post(f"{at}/log", json={"note": "Amman leads"})).status_code == 201
    assert (await act(amman, one, "answers", {"status": "information_sought", "told": True, "channel": "counter"})).status_code == 201
    assert (await amman.post(f"{at}/evacuation/windows", json={})).status_code == 201
    assert await problem(beirut.post(f"{at}/evacuation/windows/closing", json={})) == ELSEWHERE
    assert [(await beirut.get(path)).status_code for path in (at, f"{at}/log", f"/v1/crisis/enquiries/{one['id']}")] == [200] * 3
    assert await problem(beirut.post(f"{at}/log", json={"note": "Beirut too"})) == ELSEWHERE
    assert await problem(act(beirut, one, "ending", {"outcome": "found"})) == ELSEWHERE
    assert (await beirut.post(f"{URL}/LWW-BEIRUT/taking-back")).status_code == 201
    assert (await beirut.post(f"{at}/log", json={"note": "Back"})).status_code == 201
    assert (await amman.get(at)).status_code == 404


async def test_relays_and_the_release_of_a_warning_go_with_the_duty(
    crisis: Running, beirut: httpx.AsyncClient, amman: httpx.AsyncClient
) -> None:
    alert = await raised({"supervisor": supervisor(crisis)})
    assert await problem(amman.post("/v1/crisis/relays", json=RELAY)) == (403, "not-your-country")
    await handed(beirut)
    assert (await amman.post("/v1/crisis/relays", json=RELAY)).status_code == 201
    assert await problem(beirut.post("/v1/crisis/relays", json=RELAY)) == ELSEWHERE
    told = (await beirut.get(f"{URL}/countries/LB")).json()
    assert (told["may_act"], told["duty_with"]["code"]) == (False, "LWW-AMMAN")
    assert (await amman.get(f"{URL}/countries/LB")).json()["may_act"]
    [relay] = (await beirut.get("/v1/crisis/relays")).json()["items"]
    assert await problem(beirut.post(f"/v1/crisis/relays/{relay['id']}/end")) == ELSEWHERE
    release = f"/v1/crisis/alerts/{alert['id']}/decision/release"
    version = {"If-Match": f'"{(await beirut.get(release.removesuffix("/release"))).json()["version"]}"'}
    assert await problem(beirut.post(release, headers=version)) == ELSEWHERE
    released = await amman.post(release, headers=version)
    assert released.status_code in {200, 201}, released.text


@pytest.mark.parametrize(
    ("open_", "given"),
    [({}, set()), ({"LWW-BEIRUT": "LWW-AMMAN"}, {"LB"}), ({"LWW-AMMAN": "LWW-BEIRUT"}, set()), ({"LWW-RIYADH": "LWW-AMMAN"}, set())],
)
def test_only_what_went_to_another_mission_is_given_away(open_: dict[str, str], given: set[str]) -> None:
    assert rules.given_away(frozenset({"LB"}), MISSIONS, open_, DAY) == given


def test_who_holds_both_has_given_nothing_away() -> None:
    assert rules.given_away(frozenset({"LB", "JO"}), MISSIONS, {"LWW-BEIRUT": "LWW-AMMAN"}, DAY) == frozenset()


async def test_pages_are_told_beforehand_who_acts_there(crisis: Running, beirut: httpx.AsyncClient, amman: httpx.AsyncClient) -> None:
    incident, alert = await opened(beirut), await raised({"supervisor": supervisor(crisis)})
    paths = (f"{INCIDENTS}/{incident['id']}", f"/v1/crisis/alerts/{alert['id']}", f"/v1/crisis/alerts/{alert['id']}/duty")

    async def said(client: httpx.AsyncClient) -> list[tuple[bool, str | None]]:
        found = [(await client.get(path)).json() for path in paths]
        return [(one["may_act"], one["duty_with"]["code"] if one["duty_with"] else None) for one in found]

    assert await said(beirut) == [(True, None)] * 3
    await handed(beirut)
    assert await said(beirut) == [(False, "LWW-AMMAN")] * 3
    assert await said(amman) == [(True, None)] * 3
    assert await said(supervisor(crisis)) == [(True, None)] * 3


async def test_the_register_is_open_to_who_has_the_duty_until_it_is_back(start_service: Start, beirut: httpx.AsyncClient) -> None:
    """A mission that is cut off is of no help with names: who stands in must see whom to look for."""
    registry = await start_service("registry")
    await registry.empty()
    incident = await opened(beirut)
    at_register = registry.client("wing", sub="wing-amman", countries=["JO"])

    async def sees() -> bool:
        return incident["id"] in [one["incident"] for one in (await at_register.get("/v1/nationals/openings")).json()["items"]]

    officer = registry.client("wing", sub="wing-beirut", countries=["LB"])

    async def is_open() -> bool:
        return len((await officer.get("/v1/nationals/openings")).json()["items"]) == 1

    await until(is_open, expected=True, within=240)
    assert not await sees()
    await handed(beirut)
    await until(sees, expected=True, within=240)
    assert (await beirut.post(f"{URL}/LWW-BEIRUT/taking-back")).status_code == 201
    await until(sees, expected=False, within=240)
    assert await is_open()
