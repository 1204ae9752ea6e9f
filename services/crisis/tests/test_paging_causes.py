"""What else wakes an officer: an official message that nobody could read, an urgent task with a name on it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from kit.testing.carrier import Carrier
from kit.timer import DueTimer
from runner.testing import Running
from services.crisis.paging import service
from services.crisis.tests.test_incidents import INCIDENTS, opened, problem
from services.crisis.tests.test_paging import ALARMS, DHAKA, FIRST, SECOND, alarm, crew, paged, pass_time, seated
from services.crisis.tests.test_sources import QUARANTINE, pushed

RIYADH: Final = "+966500000001"
Cap = Callable[..., bytes]


@pytest.fixture
def dhaka(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("supervisor", sub="dhaka", countries=["*"])


@pytest.fixture
def beirut(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("wing", sub="wing-beirut", countries=["LB"])


async def decide(officer: httpx.AsyncClient, row: dict[str, Any], act: str = "closing") -> None:
    body = {"reason": "A page of an outage"} if act == "closing" else {"countries": ["SA"]}
    answer = await officer.post(f"{QUARANTINE}/{row['id']}/{act}", json=body, headers={"If-Match": f'"{row["version"]}"'})
    assert answer.status_code == 201, answer.text


class TestAMessageInQuarantine:
    async def test_pages_the_mission_once_until_somebody_decided_on_all(
        self, crisis: Running, dhaka: httpx.AsyncClient, carrier: Carrier
    ) -> None:
        await seated(dhaka, "LWW-RIYADH", "on_duty", RIYADH)
        for broken in (b"<alert", b"<alert>\x80", b"<alert"):
            assert (await pushed(crisis, broken)).status_code == 400
        await paged(carrier, RIYADH)
        assert "a warning of Saudi Arabia cannot be read" in next(iter(carrier.texts))
        riyadh = crisis.client("wing", sub="wing-riyadh", countries=["SA"])
        found = await alarm(riyadh)
        assert (found["cause"], found["mission"]["code"], found["closed_at"]) == ("quarantine", "LWW-RIYADH", None)
        first, second = (await riyadh.get(QUARANTINE)).json()["items"]
        await decide(riyadh, first)
        assert (await alarm(riyadh))["closed_at"] is None, "another waits still"
        await decide(riyadh, second)
        assert (await alarm(riyadh))["closed_because"] == "over"

    async def test_rings_anew_for_what_comes_after_somebody_has_it(
        self, crisis: Running, dhaka: httpx.AsyncClient, carrier: Carrier
    ) -> None:
        await seated(dhaka, "LWW-RIYADH", "on_duty", RIYADH)
        await pushed(crisis, b"<alert")
        await paged(carrier, RIYADH)
        riyadh = crisis.client("wing", sub="wing-riyadh", countries=["SA"])
        assert (await riyadh.post(f"{ALARMS}/{(await alarm(riyadh))['id']}/acknowledgements")).json()["closed_because"] == "acknowledged"
        await pushed(crisis, b"<alert")
        await pushed(crisis, b"<alert>other")
        await paged(carrier, RIYADH, RIYADH)

    async def test_that_is_read_after_all_wakes_nobody_more(self, crisis: Running, dhaka: httpx.AsyncClient, cap: Cap) -> None:
        raw = cap(sender="warnings@ncm.gov.sa", country="ZZ", area_name="Somewhere")
        assert (await pushed(crisis, raw)).status_code == 422
        [row] = (await dhaka.get(QUARANTINE)).json()["items"]
        await decide(dhaka, row, "reading")
        found = [one for one in (await dhaka.get(ALARMS)).json()["items"] if one["cause"] == "quarantine"]
        assert [one["closed_because"] for one in found] == ["over"]

    async def test_is_over_also_where_the_alarm_missed_it(self, crisis: Running, dhaka: httpx.AsyncClient) -> None:
        await pushed(crisis, b"<alert")
        async with crisis.sessions.begin() as session:
            await session.execute(text("update raw_message set state = 'closed', closed_by = 'x', closed_at = now()"))
            due = DueTimer(uuid4(), datetime.now(UTC), service.PAGE_STEP, UUID((await alarm(dhaka))["id"]), {}, 0)
            await service.take_step(session, due)
        assert (await alarm(dhaka))["closed_because"] == "over"

    async def test_of_a_drill_wakes_nobody(self, crisis: Running, cap: Cap) -> None:
        raw = cap(sender="warnings@ncm.gov.sa", country="ZZ", area_name="Somewhere", status="Exercise")
        assert (await pushed(crisis, raw)).status_code == 422
        assert await crisis.count("raw_message where state = 'quarantined'") == 1
        assert await crisis.count("paging") == 0


async def planned(client: httpx.AsyncClient, incident: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"sector": "shelter", "words": "Rent the school in Saida", "is_urgent": True} | more
    answer = await client.post(f"{INCIDENTS}/{incident['id']}/tasks", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


class TestAnUrgentTask:
    async def test_rings_at_whom_it_was_given_to_and_then_at_the_missions_seats(
        self, crisis: Running, beirut: httpx.AsyncClient, dhaka: httpx.AsyncClient, carrier: Carrier
    ) -> None:
        await crew(dhaka)
        third = await seated(dhaka, "LWW-BEIRUT", "head", "+96170000009")
        incident = await opened(beirut)
        task = await planned(beirut, incident, owner_shift=third["id"])
        assert (task["paging"], task["owner_shift"], task["is_urgent"]) == ("rings", third["id"], True)
        await paged(carrier, "+96170000009")
        assert "an urgent task is yours" in next(iter(carrier.texts))
        await pass_time(crisis)
        await paged(carrier, "+96170000009", SECOND)
        noted = await beirut.post(f"{ALARMS}/{(await alarm(beirut))['id']}/acknowledgements")
        assert (noted.json()["cause"], noted.json()["closed_because"]) == ("task", "acknowledged")
        assert noted.json()["acknowledgements"][0]["by"], "the page names who has it"
        sectors = (await beirut.get(f"{INCIDENTS}/{incident['id']}/tasks")).json()["sectors"]
        assert [one["paging"] for sector in sectors for one in sector["tasks"] if one["is_urgent"]] == ["acknowledged"]

    async def test_given_to_another_rings_there_and_done_rings_nowhere(
        self, beirut: httpx.AsyncClient, dhaka: httpx.AsyncClient, carrier: Carrier
    ) -> None:
        await crew(dhaka)
        incident = await opened(beirut)
        task = await planned(beirut, incident)
        await paged(carrier, FIRST)  # it was given to nobody: who is on duty has it
        second = next(one for one in (await beirut.get("/v1/crisis/rota")).json()["items"] if one["phone"] == SECOND)
        at = f"{INCIDENTS}/{incident['id']}/tasks/{task['id']}"
        assert (await beirut.put(at, json={"owner_shift": second["id"]}, headers={"If-Match": '"1"'})).json()["paging"] == "rings"
        await paged(carrier, FIRST, SECOND)
        assert (await beirut.put(at, json={"due": "2027-01-01T00:00:00Z"}, headers={"If-Match": '"2"'})).status_code == 200
        done = await beirut.put(at, json={"state": "done"}, headers={"If-Match": '"3"'})
        assert done.json()["paging"] == "over"
        assert [one["closed_because"] for one in (await beirut.get(ALARMS)).json()["items"]] == ["over", "over"]
        await paged(carrier, FIRST, SECOND)

    async def test_of_a_checklist_may_be_given_too(self, beirut: httpx.AsyncClient, dhaka: httpx.AsyncClient, carrier: Carrier) -> None:
        await seated(dhaka, "DHAKA", "on_duty", DHAKA)
        incident = await opened(beirut)
        first = (await beirut.get(f"{INCIDENTS}/{incident['id']}/tasks")).json()["sectors"][0]["tasks"][0]
        [room] = (await dhaka.get("/v1/crisis/rota")).json()["items"]
        at = f"{INCIDENTS}/{incident['id']}/tasks/{first['id']}"
        given = await beirut.put(at, json={"owner_shift": room["id"], "is_urgent": True}, headers={"If-Match": '"1"'})
        assert (given.status_code, given.json()["paging"]) == (200, "rings")
        await paged(carrier, DHAKA)

    async def test_is_not_given_to_somebody_of_elsewhere_or_whose_shift_is_over(
        self, crisis: Running, beirut: httpx.AsyncClient, dhaka: httpx.AsyncClient
    ) -> None:
        amman = await seated(dhaka, "LWW-AMMAN", "on_duty", FIRST)
        over = await seated(dhaka, "LWW-BEIRUT", "on_duty", FIRST)
        assert (await dhaka.post(f"/v1/crisis/rota/{over['id']}/ending", headers={"If-Match": '"1"'})).status_code == 201
        at = f"{INCIDENTS}/{(await opened(beirut))['id']}/tasks"
        for shift in (amman["id"], over["id"], str(uuid4())):
            body = {"sector": "shelter", "words": "x", "is_urgent": True, "owner_shift": shift}
            assert await problem(beirut.post(at, json=body)) == (409, "not-on-the-rota")
        assert await crisis.count("paging") == 0

    async def test_whose_owner_went_off_duty_rings_at_who_is_there_now(
        self, crisis: Running, beirut: httpx.AsyncClient, dhaka: httpx.AsyncClient, carrier: Carrier
    ) -> None:
        soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        later = await seated(dhaka, "LWW-BEIRUT", "head", "+96170000009", starts_at=datetime.now(UTC).isoformat(), ends_at=soon)
        task = await planned(beirut, await opened(beirut, is_drill=True), owner_shift=later["id"])
        assert task["paging"] is None, "a drill wakes nobody"
        assert (await dhaka.post(f"/v1/crisis/rota/{later['id']}/ending", headers={"If-Match": '"1"'})).status_code == 201
        await crew(dhaka)
        async with crisis.sessions.begin() as session:
            (row,) = await crisis.rows("incident_task where is_urgent")
            await service.of_task(session, row.assignment, "LB", datetime.now(UTC))
        await paged(carrier, FIRST)
