"""Evacuation over HTTP and the real reintegration service: windows, queues, seats that cannot be oversold, arrival, hand-over, the sum."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.testing.waiting import until
from runner.testing import Running, Start, make_owner_engine
from services.crisis.tests.test_incidents import INCIDENTS, agent, opened, problem, wing

Json = dict[str, Any]


async def begun(crisis: Running, **changed: Any) -> Json:
    """An incident whose registration is open."""
    incident = await opened(wing(crisis), **changed)
    answer = await wing(crisis).post(f"{INCIDENTS}/{incident['id']}/evacuation/windows", json={})
    assert answer.status_code == 201, answer.text
    return incident


async def registered(crisis: Running, incident: Json, name: str = "Salma Nomuna", **changed: Any) -> Json:
    body = {"name": name, "sex": "female", "age_band": "25_34", "papers": "ok", **changed}
    answer = await wing(crisis).post(f"{INCIDENTS}/{incident['id']}/evacuation/evacuees", json=body)
    assert answer.status_code == 201, answer.text
    one: Json = answer.json()
    return one


async def planned(crisis: Running, incident: Json, **changed: Any) -> Json:
    body = {
        "mode": "air",
        "from_place": "Beirut",
        "from_country": "LB",
        "to_place": "Dhaka",
        "to_country": "BD",
        "operator": "Chartered flight",
        "departs": (datetime.now(UTC) + timedelta(hours=6)).isoformat(),
        "capacity": 54,
        **changed,
    }
    answer = await wing(crisis).post(f"{INCIDENTS}/{incident['id']}/evacuation/legs", json=body)
    assert answer.status_code == 201, answer.text
    leg: Json = answer.json()
    return leg


async def seat(crisis: Running, leg: Json, *people: Json) -> httpx.Response:
    return await wing(crisis).post(f"/v1/crisis/legs/{leg['id']}/seats", json={"evacuees": [one["id"] for one in people]})


async def act(client: httpx.AsyncClient, leg: Json, name: str, body: Json | None = None) -> httpx.Response:
    at = f"/v1/crisis/legs/{leg['id']}"
    version = (await client.get(at)).headers["etag"]
    return await client.post(f"{at}/{name}", json=body or {}, headers={"If-Match": version})


async def state_of(crisis: Running, one: Json) -> str:
    return str((await wing(crisis).get(f"/v1/crisis/evacuees/{one['id']}")).json()["state"])


class TestWindows:
    async def test_registration_closes_and_opens_again(self, crisis: Running) -> None:
        incident = await begun(crisis)
        at = f"{INCIDENTS}/{incident['id']}/evacuation"
        await registered(crisis, incident)
        assert await problem(wing(crisis).post(f"{at}/windows", json={})) == (409, "registration-open")
        assert (await wing(crisis).post(f"{at}/windows/closing")).json()["open"] is False
        assert await problem(wing(crisis).post(f"{at}/evacuees", json={"name": "Late"})) == (409, "registration-closed")
        assert len((await wing(crisis).post(f"{at}/windows", json={})).json()["items"]) == 2
        await registered(crisis, incident, "Late Nomuna")

    async def test_what_closed_by_its_time_opens_again(self, crisis: Running) -> None:
        incident = await opened(wing(crisis))
        at = f"{INCIDENTS}/{incident['id']}/evacuation/windows"
        over = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
        assert (await wing(crisis).post(at, json={"closes_at": over})).json()["open"] is False
        again = await wing(crisis).post(at, json={})
        assert (again.status_code, again.json()["open"], len(again.json()["items"])) == (201, True, 2), again.text
        assert [one["closed_at"] is None for one in again.json()["items"]] == [True, False]

    async def test_families_register_at_the_call_centre_but_move_nobody(self, crisis: Running) -> None:
        incident = await begun(crisis)
        at = f"{INCIDENTS}/{incident['id']}/evacuation/evacuees"
        taken = await agent(crisis).post(at, json={"name": "Jamal Nomuna", "medical": "Asthma"})
        assert taken.status_code == 201, taken.text
        assert "medical" not in taken.json()["person"]
        assert (await agent(crisis).get(at)).status_code == 403

    async def test_the_same_person_is_registered_once(self, crisis: Running) -> None:
        incident = await begun(crisis)
        paper = {"kind": "passport", "number": "EA 0123456"}
        first = await registered(crisis, incident, document=paper)
        at = f"{INCIDENTS}/{incident['id']}/evacuation/evacuees"
        again = await wing(crisis).post(at, json={"name": "Selma", "document": {"kind": "passport", "number": "ea-০১২৩৪৫৬"}})
        assert (again.status_code, again.json()["evacuee"]) == (409, first["id"])
        bodies = [{"name": "Twin", "document": {"kind": "nid", "number": "1234567890"}}] * 6
        answers = await asyncio.gather(*(wing(crisis).post(at, json=body) for body in bodies))
        assert sorted(one.status_code for one in answers) == [201, 409, 409, 409, 409, 409]
        assert b"0123456" not in await crisis.raw("evacuee")


class TestQueue:
    async def test_who_is_sick_a_woman_or_a_child_goes_first_and_papers_have_queues(self, crisis: Running) -> None:
        incident = await begun(crisis)
        man = await registered(crisis, incident, "Man", sex="male", papers="travel_paper")
        woman = await registered(crisis, incident, "Woman")
        sick = await registered(crisis, incident, "Sick", sex="male", reasons=["sick"])
        child = await registered(crisis, incident, "Child", age_band="under_18", sex="male", escort="Sister Nomuna")
        at = f"{INCIDENTS}/{incident['id']}/evacuation"
        rows = (await wing(crisis).get(f"{at}/evacuees?state=registered")).json()["items"]
        assert [one["id"] for one in rows] == [sick["id"], child["id"], woman["id"], man["id"]]
        page = (await wing(crisis).get(f"{at}/evacuees?limit=3")).json()
        assert [one["id"] for one in (await wing(crisis).get(page["next"])).json()["items"]] == [man["id"]]
        [waiting] = (await wing(crisis).get(f"{at}/evacuees?papers=travel_paper")).json()["items"]
        assert waiting["id"] == man["id"]
        made = await wing(crisis).put(
            f"/v1/crisis/evacuees/{man['id']}/papers",
            json={"papers": "ok", "document": {"kind": "out_pass", "number": "TP-77"}},
            headers={"If-Match": '"1"'},
        )
        assert (made.json()["papers"], made.json()["person"]["document"]["number"]) == ("ok", "TP-77")
        assert (await wing(crisis).get(f"{at}/queues")).json()["papers"] == {"ok": 4}

    async def test_somebody_is_found_in_it_by_what_they_show(self, crisis: Running) -> None:
        incident = await begun(crisis)
        paper = {"kind": "passport", "number": "EA 0123456"}
        one = await registered(crisis, incident, "Rahima Nomuna", document=paper, phone="+96171234567")
        await registered(crisis, incident, "Somebody Else")
        other = await registered(crisis, await begun(crisis), "Rahima Nomuna")
        at = f"{INCIDENTS}/{incident['id']}/evacuation/evacuees/search"
        shown = [
            {"reference": one["reference"].lower()},
            {"phone": "+961 71 234567"},
            {"document": "ea-০১২৩৪৫৬"},
            {"name": "rahima  nomuna"},
        ]
        for asked in shown:
            assert [row["id"] for row in (await wing(crisis).post(at, json=asked)).json()["items"]] == [one["id"]], asked
        assert (await wing(crisis).post(at, json={"reference": other["reference"]})).json()["items"] == []
        for asked in ({}, {"name": "A", "phone": "+96171234567"}, {"reference": "nothing"}):
            assert (await wing(crisis).post(at, json=asked)).status_code == 422
        assert [row.purpose for row in await crisis.rows("access_log")].count("search") == len(shown)

    async def test_a_queue_of_papers_holds_who_still_waits_as_it_is_counted(self, crisis: Running) -> None:
        incident = await begun(crisis)
        one = await registered(crisis, incident, papers="travel_paper")
        await registered(crisis, incident, "Waits", papers="travel_paper")
        await wing(crisis).put(f"/v1/crisis/evacuees/{one['id']}/state", json={"to": "declined"}, headers={"If-Match": '"1"'})
        at = f"{INCIDENTS}/{incident['id']}/evacuation"
        listed = (await wing(crisis).get(f"{at}/evacuees?papers=travel_paper")).json()["items"]
        assert [row["name"] for row in listed] == ["Waits"]
        assert (await wing(crisis).get(f"{at}/queues")).json()["papers"]["travel_paper"] == len(listed)

    async def test_says_what_may_be_written_down_of_each(self, crisis: Running) -> None:
        incident = await begun(crisis)
        one = await registered(crisis, incident)
        known = {choice["code"] for choice in one["may_become"]}
        assert known >= {"contacted", "sheltered", "hospital", "detained", "declined", "unreachable", "deceased"}
        assert not known & {"registered", "arrived", "manifested", "assisted"}

    async def test_steps_are_those_of_the_chain_and_a_death_needs_its_document(self, crisis: Running) -> None:
        incident = await begun(crisis)
        one = await registered(crisis, incident)
        at = f"/v1/crisis/evacuees/{one['id']}/state"
        assert await problem(wing(crisis).put(at, json={"to": "arrived"}, headers={"If-Match": '"1"'})) == (409, "no-such-step")
        assert await problem(wing(crisis).put(at, json={"to": "deceased"}, headers={"If-Match": '"1"'})) == (409, "proof-needed")
        moved = await wing(crisis).put(at, json={"to": "sheltered"}, headers={"If-Match": '"1"'})
        assert moved.json()["state"] == "sheltered"


class TestSeats:
    async def test_seats_are_not_oversold_when_many_ask_at_once(self, crisis: Running) -> None:
        incident = await begun(crisis)
        people = [await registered(crisis, incident, f"Person {number}") for number in range(12)]
        leg = await planned(crisis, incident, capacity=5)
        answers = await asyncio.gather(*(seat(crisis, leg, one) for one in people))
        assert sorted(one.status_code for one in answers) == [201] * 5 + [409] * 7
        assert {one.json()["type"] for one in answers if one.status_code == 409} == {"urn:probashi:problem:leg-full"}
        shown = (await wing(crisis).get(f"/v1/crisis/legs/{leg['id']}")).json()
        assert (shown["leg"]["taken"], shown["leg"]["free"], len(shown["rows"])) == (5, 0, 5)
        async with make_owner_engine(crisis) as owner, owner.begin() as connection:
            with pytest.raises(DBAPIError, match="evacuation_leg_not_oversold"):
                await connection.execute(text("update evacuation_leg set taken = taken + 1"))

    async def test_a_group_is_seated_whole_or_not_at_all(self, crisis: Running) -> None:
        incident = await begun(crisis)
        family = [await registered(crisis, incident, f"Person {number}") for number in range(3)]
        leg = await planned(crisis, incident, capacity=2)
        refused = await seat(crisis, leg, *family)
        assert (refused.status_code, refused.json()["free"]) == (409, 2)
        assert [await state_of(crisis, one) for one in family] == ["registered"] * 3

    async def test_one_person_has_one_live_seat(self, crisis: Running) -> None:
        incident = await begun(crisis)
        one = await registered(crisis, incident)
        legs = [await planned(crisis, incident) for _ in range(4)]
        answers = await asyncio.gather(*(seat(crisis, leg, one) for leg in legs))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
        taken = [leg["taken"] for leg in (await wing(crisis).get(f"{INCIDENTS}/{incident['id']}/evacuation/legs")).json()["items"]]
        assert sorted(taken) == [0, 0, 0, 1]

    async def test_a_child_never_travels_without_a_guardian(self, crisis: Running) -> None:
        incident = await begun(crisis)
        mother = await registered(crisis, incident, "Mother")
        child = await registered(crisis, incident, "Child", age_band="under_18", guardian=mother["id"])
        leg = await planned(crisis, incident)
        alone = await seat(crisis, leg, child)
        assert (alone.status_code, alone.json()["type"]) == (409, "urn:probashi:problem:child-alone")
        assert (await seat(crisis, leg, child, mother)).status_code == 201
        away = wing(crisis).post(f"/v1/crisis/legs/{leg['id']}/seats/{mother['id']}/release")
        assert await problem(away) == (409, "guardian-needed")
        async with make_owner_engine(crisis) as owner, owner.begin() as connection:
            with pytest.raises(DBAPIError, match="evacuation_seat_child_accompanied"):
                await connection.execute(text("update evacuation_seat set guardian_id = null where is_child"))
        departed = await act(wing(crisis), leg, "departure", {"no_shows": [mother["id"]]})
        assert departed.status_code == 201, departed.text
        assert [await state_of(crisis, one) for one in (mother, child)] == ["no_show", "no_show"]

    async def test_a_ship_that_does_not_sail_gives_everybody_back_to_the_queue(self, crisis: Running) -> None:
        incident = await begun(crisis)
        one = await registered(crisis, incident)
        leg = await planned(crisis, incident, mode="sea")
        await seat(crisis, leg, one)
        assert (await act(wing(crisis), leg, "cancellation")).json()["state"] == "cancelled"
        assert await state_of(crisis, one) == "contacted"
        other = await planned(crisis, incident)
        assert (await seat(crisis, other, one)).status_code == 201


class TestHome:
    async def test_two_legs_home_a_hand_over_by_two_people_and_reintegration_is_told(self, crisis: Running, start_service: Start) -> None:
        reintegration = await start_service("reintegration")
        await reintegration.empty()
        incident = await begun(crisis)
        one = await registered(crisis, incident, district="BD-08", reasons=["sick"], phone="01712345678")
        first = await planned(crisis, incident, mode="bus", to_place="Mersin", to_country="TR", transit_hours=72)
        await seat(crisis, first, one)
        left = (await act(wing(crisis), first, "departure")).json()
        assert (left["state"], len(left["manifest_sha256"])) == ("departed", 64)
        reached = (await act(wing(crisis), first, "arrival")).json()
        assert (reached["state"], reached["transit_until"] is not None) == ("arrived", True)
        assert await state_of(crisis, one) == "in_transit"

        second = await planned(crisis, incident, from_place="Mersin", from_country="TR")
        assert (await seat(crisis, second, one)).status_code == 201
        await act(wing(crisis), second, "departure")
        airport = crisis.client("airport", sub="airport-one")
        assert [leg["id"] for leg in (await airport.get("/v1/crisis/legs")).json()["items"]] == [second["id"]]
        assert (await airport.get(f"/v1/crisis/legs/{first['id']}")).status_code == 404
        assert (await act(airport, second, "arrival")).json()["state"] == "arrived"
        assert await state_of(crisis, one) == "arrived"
        manifest = (await airport.get(f"/v1/crisis/legs/{second['id']}")).json()
        assert (manifest["agrees"], manifest["rows"][0]["name"]) == (True, "Salma Nomuna")

        desk = reintegration.client("demo", districts=["BD-08"])

        async def waiting() -> list[str]:
            return [(row["person"] or {}).get("name", "") for row in (await desk.get("/v1/returnees/arrivals")).json()["items"]]

        await until(waiting, ["Salma Nomuna"])
        [row] = (await desk.get("/v1/returnees/arrivals")).json()["items"]
        assert (row["id"], row["country"], [flag["code"] for flag in row["flags"]]) == (one["id"], "LB", ["medical"])

        handed = await act(wing(crisis), second, "handover", {"to_unit": "welfare_desk", "received": 1})
        assert handed.json()["counts"] == {"manifest": 1, "received": 1, "difference": 0}
        same = await act(wing(crisis), second, "handover/countersignature")
        assert (same.status_code, same.json()["type"]) == (409, "urn:probashi:problem:second-person-needed")
        assert (await act(airport, second, "handover/countersignature")).status_code == 201
        assert await state_of(crisis, one) == "handed_over"
        async with crisis.sessions() as session:
            rows = await session.execute(text("select convert_from(envelope, 'utf8')::jsonb from outbox"))
            told = [event for event in rows.scalars() if event["type"] == "bd.probashi.crisis.evacuee.arrived.v1"]
        assert [(event["subject"], event["data"]["message_status"]) for event in told] == [(one["id"], "actual")]

    async def test_a_drill_brings_nobody_home(self, crisis: Running) -> None:
        incident = await begun(crisis, is_drill=True)
        one = await registered(crisis, incident)
        leg = await planned(crisis, incident)
        await seat(crisis, leg, one)
        await act(wing(crisis), leg, "departure")
        await act(wing(crisis), leg, "arrival")
        assert await state_of(crisis, one) == "arrived"
        async with crisis.sessions() as session:
            owed = (await session.execute(text("select count(*) from incident_errand where kind = 'hand-over'"))).scalar_one()
            kinds = (await session.execute(text("select nats_subject from outbox"))).scalars().all()
        assert (owed, "crisis.evacuee.arrived.v1" in kinds) == (0, False)
        assert (await crisis.client("airport").get(f"/v1/crisis/legs/{leg['id']}")).status_code == 404


class TestClosing:
    async def test_it_closes_when_nobody_is_on_the_way_and_forgets_what_was_asked_for_it(self, crisis: Running) -> None:
        incident = await begun(crisis, is_drill=True)
        one = await registered(crisis, incident, "Forgotten Nomuna", document={"kind": "passport", "number": "EA1"})
        leg = await planned(crisis, incident)
        await seat(crisis, leg, one)
        at = f"{INCIDENTS}/{incident['id']}"
        refused = await wing(crisis).post(f"{at}/closing", json={"reason": "Over"}, headers={"If-Match": '"1"'})
        assert (refused.status_code, refused.json()["open"]) == (409, {"on_the_way": 1})
        await act(wing(crisis), leg, "departure")
        await act(wing(crisis), leg, "arrival")
        await act(wing(crisis), leg, "handover", {"to_unit": "welfare_desk", "received": 1})
        await act(wing(crisis, sub="wing-two"), leg, "handover/countersignature")
        found = (await wing(crisis).get(f"{at}/sum")).json()
        assert (found["holds"], {part["code"]: part["people"] for part in found["parts"] if part["people"]}) == (True, {"evacuated": 1})
        closed = await wing(crisis).post(f"{at}/closing", json={"reason": "Over"}, headers={"If-Match": '"1"'})
        assert (closed.status_code, closed.json()["state"], closed.json()["access"]) == (201, "closed", "ending")
        shown = (await wing(crisis).get(f"/v1/crisis/evacuees/{one['id']}")).json()
        assert (shown["person"], shown["name"], shown["state"]) == (None, None, "handed_over")
        assert await problem(wing(crisis).post(f"{at}/log", json={"note": "More"})) == (409, "incident-closed")
        async with crisis.sessions() as session:
            kept = (await session.execute(text("select exposed, difference, holds from incident_reconciliation"))).all()
        assert kept[-1] == (1, 0, True)
        afterwards = (await wing(crisis).get(f"{at}/sum")).json()
        assert (afterwards["at"], afterwards["parts"]) == (closed.json()["closed_at"], found["parts"])

    async def test_each_night_the_sum_is_looked_at(self, crisis: Running) -> None:
        incident = await begun(crisis)
        await registered(crisis, incident)
        async with make_owner_engine(crisis) as owner, owner.begin() as connection:
            await connection.execute(text("update timer set next_try = now() where kind = 'incident-reconcile'"))
            await connection.execute(text("select pg_notify('timer', '')"))

        async def kept() -> list[tuple[int, int]]:
            return [(row.exposed, row.difference) for row in await crisis.rows("incident_reconciliation")]

        await until(kept, [(1, 0)])
        async with crisis.sessions() as session:
            ahead = "select count(*) from timer where kind = 'incident-reconcile' and done_at is null and due > now()"
            assert (await session.execute(text(ahead))).scalar_one() >= 1
