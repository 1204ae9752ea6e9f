"""An emergency opens the register, and ends; what was asked for it alone is forgotten."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx

from runner.testing import Running

PERSON: Final[dict[str, Any]] = {"name": "Jamal", "country": "LB", "no_contact": True}


async def person(registry: Running, **more: Any) -> str:
    answer = await registry.client().post("/v1/nationals", json=PERSON | more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def opened(registry: Running, **more: Any) -> httpx.Response:
    until = datetime.now(UTC) + timedelta(days=7)
    asked = {"incident": str(uuid4()), "is_drill": False, "countries": ["LB"], "reason": "War", "until": until.isoformat(), **more}
    return await registry.client("service", azp="svc-crisis").post("/v1/nationals/openings", json=asked)


async def close(registry: Running, incident: str) -> httpx.Response:
    return await registry.client("service", azp="svc-crisis").post(f"/v1/nationals/openings/{incident}/closing")


class TestOpening:
    async def test_wings_of_its_countries_list_who_is_there_while_it_is_open(self, registry: Running) -> None:
        here, _ = await person(registry), await person(registry, country="SA")
        pregnant = await person(registry, flags=["pregnant"])
        incident = (await opened(registry)).json()["incident"]
        wing = registry.client("wing", countries=["LB", "SA"])
        assert [one["incident"] for one in (await wing.get("/v1/nationals/openings")).json()["items"]] == [incident]
        listed = (await wing.get(f"/v1/nationals/openings/{incident}/people")).json()["items"]
        assert {one["id"] for one in listed} == {here, pregnant}
        chosen = (await wing.get(f"/v1/nationals/openings/{incident}/people", params={"flag": "pregnant"})).json()["items"]
        assert [one["id"] for one in chosen] == [pregnant]
        assert {one.purpose for one in await registry.rows("access_log")} == {"emergency"}
        await close(registry, incident)
        answer = await wing.get(f"/v1/nationals/openings/{incident}/people")
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:probashi:problem:no-emergency")

    async def test_it_is_not_open_for_another_wing_and_not_after_its_last_day(self, registry: Running) -> None:
        incident = (await opened(registry)).json()["incident"]
        assert (await registry.client("wing", countries=["SA"]).get(f"/v1/nationals/openings/{incident}/people")).status_code == 409
        soon = datetime.now(UTC) + timedelta(seconds=0.4)
        short = (await opened(registry, until=soon.isoformat())).json()["incident"]
        await asyncio.sleep(0.5)
        assert (await registry.client("supervisor").get(f"/v1/nationals/openings/{short}/people")).status_code == 409

    async def test_a_drill_opens_only_who_agreed_to_drills(self, registry: Running) -> None:
        await person(registry)
        member = await person(registry, drill_member=True)
        incident = (await opened(registry, is_drill=True)).json()["incident"]
        listed = await registry.client("supervisor").get(f"/v1/nationals/openings/{incident}/people")
        assert [one["id"] for one in listed.json()["items"]] == [member]

    async def test_it_is_prolonged_but_never_for_long_and_never_after_its_close(self, registry: Running) -> None:
        incident = (await opened(registry)).json()["incident"]
        later = (datetime.now(UTC) + timedelta(days=20)).isoformat()
        again = await opened(registry, incident=incident, until=later, countries=["LB", "SY"])
        assert (again.status_code, again.json()["countries"]) == (201, ["LB", "SY"])
        too_long = await opened(registry, until=(datetime.now(UTC) + timedelta(days=90)).isoformat())
        assert too_long.json()["type"] == "urn:probashi:problem:opening-too-long"
        await close(registry, incident)
        assert (await opened(registry, incident=incident)).json()["type"] == "urn:probashi:problem:incident-closed"
        assert (await close(registry, str(uuid4()))).status_code == 404

    async def test_the_exposed_are_shown_by_name_to_their_own_wing(self, registry: Running) -> None:
        here, _ = await person(registry), await person(registry, country="SY")
        asked = {"alert": str(uuid4()), "version": 1, "is_drill": False, "countries": ["LB", "SY"], "areas": [], "near_km": 0}
        exposure = (await registry.client("service", azp="svc-crisis").post("/v1/nationals/exposures", json=asked)).json()
        incident = (await opened(registry, countries=["LB", "SY"])).json()["incident"]
        address = f"/v1/nationals/openings/{incident}/exposures/{exposure['id']}"
        shown = (await registry.client("wing", countries=["LB"]).get(address)).json()["items"]
        assert [(one["id"], one["name"], one["class"], one["reason"]) for one in shown] == [
            (here, "Jamal", "inside", "whole_country:declared")
        ]
        assert shown[0]["reason_label"]["en"] == "the whole country is warned: Where they say they are"
        drill = (await opened(registry, is_drill=True)).json()["incident"]
        assert (await registry.client("supervisor").get(address.replace(incident, drill))).status_code == 404

    async def test_names_are_given_for_ids_of_ones_own_countries_in_the_order_asked_and_noted(self, registry: Running) -> None:
        first, second, away = await person(registry, name="Karima"), await person(registry), await person(registry, country="SA")
        incident = (await opened(registry, countries=["LB", "SA"])).json()["incident"]
        wing, address = registry.client("wing", countries=["LB"]), f"/v1/nationals/openings/{incident}/names"
        answer = await wing.post(address, json={"people": [second, str(uuid4()), away, first, second]})
        assert [(one["id"], one["name"]) for one in answer.json()["items"]] == [(second, "Jamal"), (first, "Karima")]
        assert {(str(one.record), one.purpose) for one in await registry.rows("access_log")} == {
            (second, "emergency"),
            (first, "emergency"),
        }
        drill = (await opened(registry, is_drill=True)).json()["incident"]
        assert (await wing.post(address.replace(incident, drill), json={"people": [first]})).json()["items"] == []
        await close(registry, incident)
        assert (await wing.post(address, json={"people": [first]})).status_code == 409


class TestThePurpose:
    async def test_names_an_emergency_only_while_there_is_one(self, registry: Running) -> None:
        here = await person(registry)
        wing, agent = registry.client("wing", countries=["LB"]), registry.client("agent")

        async def reads() -> list[int]:
            return [(await one.get(f"/v1/nationals/{here}", params={"purpose": "emergency"})).status_code for one in (wing, agent)]

        sought = {"purpose": "emergency", "phone": "+966500000001"}
        assert await reads() == [409, 409]
        assert (await wing.post("/v1/nationals/search", json=sought)).status_code == 409
        assert await registry.rows("access_log") == []
        incident = (await opened(registry)).json()["incident"]
        assert await reads() == [200, 200]
        assert (await wing.post("/v1/nationals/search", json=sought)).status_code == 200
        await close(registry, incident)
        assert await reads() == [409, 409]
        assert (await wing.get(f"/v1/nationals/{here}", params={"purpose": "case_work"})).status_code == 200


class TestStandingIn:
    async def test_the_wing_that_has_the_duty_sees_and_corrects_as_the_other_would_until_it_goes_back(self, registry: Running) -> None:
        here, away = await person(registry), await person(registry, country="SA")
        amman = registry.client("wing", countries=["JO"])
        assert (await amman.get(f"/v1/nationals/{here}", params={"purpose": "emergency"})).status_code == 404
        incident = (await opened(registry, standing_in=["JO", "IQ"])).json()["incident"]
        at = f"/v1/nationals/openings/{incident}"
        assert [one["id"] for one in (await amman.get(f"{at}/people")).json()["items"]] == [here]
        assert [one["id"] for one in (await amman.post(f"{at}/names", json={"people": [here, away]})).json()["items"]] == [here]
        assert (await amman.get(f"/v1/nationals/{here}", params={"purpose": "emergency"})).json()["name"] == "Jamal"
        moved = {"kind": "transit", "country": "SY"}
        assert (await amman.post(f"/v1/nationals/{here}/places", json=moved)).status_code == 201
        assert (await amman.get(f"/v1/nationals/{away}", params={"purpose": "emergency"})).status_code == 404
        ngo = registry.client("ngo", countries=["JO"], org=["ngo-1"])
        assert (await ngo.get(f"/v1/nationals/{here}", params={"purpose": "emergency"})).status_code == 404
        await opened(registry, incident=incident, standing_in=[])
        assert (await amman.get(f"{at}/people")).status_code == 409
        assert (await amman.get(f"/v1/nationals/{here}", params={"purpose": "emergency"})).status_code == 404

    async def test_it_ends_with_the_incident(self, registry: Running) -> None:
        here = await person(registry)
        incident = (await opened(registry, standing_in=["JO"])).json()["incident"]
        await close(registry, incident)
        amman = registry.client("wing", countries=["JO"])
        assert (await amman.get(f"/v1/nationals/{here}", params={"purpose": "emergency"})).status_code == 404

    async def test_a_drill_shows_nobody_elses_record(self, registry: Running) -> None:
        here = await person(registry)
        await opened(registry, is_drill=True, standing_in=["JO"])
        amman = registry.client("wing", countries=["JO"])
        assert (await amman.get(f"/v1/nationals/{here}", params={"purpose": "emergency"})).status_code == 404


class TestForgetting:
    async def test_places_and_papers_of_the_incident_are_gone_when_it_closes(self, registry: Running) -> None:
        incident = (await opened(registry)).json()["incident"]
        before = {"kind": "checkin", "country": "LB", "lon": 35.1, "lat": 33.2}
        paper = {"kind": "travel_permit", "number": "T-1", "incident": incident}
        who = await person(registry, places=[before], documents=[paper, {"kind": "passport", "number": "A01234567"}])
        desk = registry.client("wing", countries=["LB"])
        answer = await desk.post(f"/v1/nationals/{who}/places", json=before | {"lon": 35.9, "incident": incident})
        assert [(one["lon"], one["is_current"]) for one in answer.json()["places"]] == [(35.9, True), (35.1, False)]
        await close(registry, incident)
        async with asyncio.timeout(240):
            while len(await registry.rows("national_place")) > 1:
                await asyncio.sleep(0.05)
        person_now = (await desk.get(f"/v1/nationals/{who}", params={"purpose": "case_work"})).json()
        assert [(one["lon"], one["is_current"]) for one in person_now["places"]] == [(35.1, True)]
        assert [one["kind"] for one in person_now["documents"]] == ["passport"]
