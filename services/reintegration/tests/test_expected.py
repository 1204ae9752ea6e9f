"""A wing registers before the flight; the airport or the home district notes that the person came."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from contracts.reintegration import ReturnNoted
from kit.testing.days import day, today
from runner.testing import Running
from services.reintegration.schemas import LISTS
from services.reintegration.tests.test_endpoints import URL, demo, register, returnee, told


def flight() -> str:
    return day(5)


def wing(running: Running, country: str = "LB", sub: str = "wing-1") -> httpx.AsyncClient:
    return running.client("wing", sub=sub, countries=[country])


async def ahead(running: Running, **changes: Any) -> dict[str, Any]:
    return await register(wing(running), **{"country": "LB", "returned_on": flight(), **changes})


async def expected(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(f"{URL}/expected")).json()["items"]
    return items


async def note(client: httpx.AsyncClient, row: dict[str, Any], **said: Any) -> httpx.Response:
    return await client.put(f"{URL}/{row['reference']}/arrival", json=said, headers={"If-Match": f'"{row["version"]}"'})


class TestBeforeTheFlight:
    async def test_the_home_district_the_airport_and_the_wing_await_them(self, reintegration: Running) -> None:
        receipt = await ahead(reintegration)
        for client in (demo(reintegration), reintegration.client("airport", org=["airport"]), wing(reintegration, sub="colleague")):
            (row,) = await expected(client)
            assert (row["reference"], row["expected_on"], row["state"]) == (receipt["reference"], flight(), "expected")

    async def test_nobody_else_does(self, reintegration: Running) -> None:
        receipt = await ahead(reintegration)
        other = wing(reintegration, "SA", sub="riyadh")
        assert await expected(other) == []
        assert (await other.get(f"{URL}/{receipt['reference']}")).status_code == 404
        assert await expected(demo(reintegration, "BD-60")) == []
        assert (await reintegration.client("ngo", org=["one"]).get(f"{URL}/expected")).status_code == 403

    async def test_a_restricted_record_is_for_its_writer_and_the_district(self, reintegration: Running) -> None:
        await ahead(reintegration, flags=["trafficking"])
        assert await expected(reintegration.client("airport", org=["airport"])) == []
        assert await expected(wing(reintegration, sub="colleague")) == []
        assert len(await expected(wing(reintegration))) == len(await expected(demo(reintegration))) == 1

    async def test_only_a_wing_registers_what_lies_ahead(self, reintegration: Running) -> None:
        answer = await demo(reintegration).post(URL, json=returnee(returned_on=flight()))
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/returned_on")

    @pytest.mark.parametrize(("days", "code"), [(LISTS.expected_ahead_days, 201), (LISTS.expected_ahead_days + 1, 422)])
    async def test_a_flight_is_near(self, reintegration: Running, days: int, code: int) -> None:
        day = today() + timedelta(days=days)
        body = returnee(country="LB", returned_on=day.isoformat())
        assert (await wing(reintegration).post(URL, json=body)).status_code == code

    async def test_a_list_goes_on_after_its_last(self, reintegration: Running) -> None:
        for days in (3, 1, 2):
            await ahead(reintegration, returned_on=day(days))
        first = (await demo(reintegration).get(f"{URL}/expected", params={"limit": 2})).json()
        rest = (await demo(reintegration).get(first["next"])).json()
        listed = [row["expected_on"] for row in [*first["items"], *rest["items"]]]
        assert listed == sorted(listed)
        assert (len(listed), rest["next"]) == (3, None)


class TestNoted:
    async def test_the_day_they_came_takes_the_place_of_the_planned_one(self, reintegration: Running) -> None:
        client = demo(reintegration)
        receipt = await ahead(reintegration)
        opened = await client.post(f"{URL}/{receipt['reference']}/cases", json={"needs": ["job"]})
        assert opened.status_code == 201, opened.text
        (row,) = await expected(client)
        answer = await note(client, row, came=True, returned_on=day(0))
        assert (answer.status_code, answer.json()["state"]) == (200, "arrived")
        kept = (await client.get(f"{URL}/{receipt['reference']}")).json()
        assert kept["returned_on"] == day(0)
        plan_due = date.fromisoformat(kept["case"]["plan_due"])
        assert plan_due == today() + timedelta(days=LISTS.plan_due_days) < date.fromisoformat(opened.json()["plan_due"])
        assert await expected(client) == []
        facts = [one["data"] for one in await told(reintegration) if one["type"] == ReturnNoted.type]
        assert [(one["came"], one["returned_on"]) for one in facts] == [(True, day(0))]

    async def test_who_has_not_come_may_come_later(self, reintegration: Running) -> None:
        client = demo(reintegration)
        await ahead(reintegration)
        (row,) = await expected(client)
        missed = (await note(client, row, came=False)).json()
        assert missed["state"] == "not_come"
        assert (await note(client, missed, came=True, returned_on=day(0))).json()["state"] == "arrived"

    async def test_two_desks_do_not_note_it_twice(self, reintegration: Running) -> None:
        client = demo(reintegration)
        await ahead(reintegration)
        (row,) = await expected(client)
        came = (await note(client, row, came=True, returned_on=day(0))).json()
        assert (await note(client, row, came=False)).status_code == 412
        again = await note(client, came, came=True, returned_on=day(0))
        assert (again.status_code, again.json()["type"]) == (409, "urn:probashi:problem:arrival-answered")

    async def test_a_day_is_needed_and_not_in_the_future(self, reintegration: Running) -> None:
        await ahead(reintegration)
        (row,) = await expected(demo(reintegration))
        for said in ({}, {"returned_on": flight()}):
            assert (await note(demo(reintegration), row, came=True, **said)).status_code == 422
