"""Incidents over HTTP: opened, led, logged, reported on; drills kept apart; agencies asked; nothing that an agent may not see."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.testing.waiting import until
from runner.testing import Running, Start, make_owner_engine

INCIDENTS = "/v1/crisis/incidents"
Cap = Callable[..., bytes]
Post = Callable[..., Awaitable[dict[str, Any]]]


def wing(crisis: Running, country: str = "LB", sub: str = "wing-one") -> httpx.AsyncClient:
    return crisis.client("wing", sub=sub, countries=[country])


def agent(crisis: Running, sub: str = "agent-one") -> httpx.AsyncClient:
    return crisis.client("agent", sub=sub, countries=["*"], districts=["*"])


async def opened(client: httpx.AsyncClient, **changed: Any) -> dict[str, Any]:
    body = {"country": "LB", "hazard": "conflict", "commander": "First Secretary (Labour)", "reason": "Strikes in the south", **changed}
    answer = await client.post(INCIDENTS, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def problem(answer: Awaitable[httpx.Response]) -> tuple[int, str]:
    got = await answer
    return got.status_code, got.json()["type"].removeprefix("urn:probashi:problem:")


class TestOpening:
    async def test_a_warning_opens_it_with_the_ten_sectors_as_a_checklist(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(wing(crisis), cap())
        incident = await opened(wing(crisis), alerts=[alert["id"]])
        assert (incident["opened_from"], incident["state"], incident["access"]) == ("alert", "active", "owed")
        assert incident["alerts"] == [alert["id"]]
        sectors = (await wing(crisis).get(f"{INCIDENTS}/{incident['id']}/tasks")).json()["sectors"]
        assert len(sectors) == 10
        assert all(one["tasks"] for one in sectors)
        due = [task["due"] is not None for one in sectors for task in one["tasks"] if task["phase"] == "during"]
        assert all(due)

    async def test_a_drill_takes_only_drills_and_the_database_holds_it(self, crisis: Running, cap: Cap, post: Post) -> None:
        real, drill = await post(wing(crisis), cap()), await post(wing(crisis), cap(status="Exercise"))
        body = {"country": "LB", "hazard": "conflict", "commander": "One", "reason": "Drill", "is_drill": True, "alerts": [real["id"]]}
        assert await problem(wing(crisis).post(INCIDENTS, json=body)) == (409, "drill-mixed")
        incident = await opened(wing(crisis), is_drill=True, alerts=[drill["id"]])
        async with make_owner_engine(crisis) as owner, owner.begin() as connection:
            mixed = text("insert into incident_alert (incident_id, is_drill, alert_id, linked_at) values (:i, true, :a, now())")
            with pytest.raises(DBAPIError, match="incident_alert_alert_id_is_drill_fkey"):
                await connection.execute(mixed, {"i": incident["id"], "a": real["id"]})

    async def test_a_wing_leads_its_own_country_and_sees_no_other(self, crisis: Running) -> None:
        body = {"country": "SA", "hazard": "flood", "commander": "One", "reason": "Water"}
        assert await problem(wing(crisis).post(INCIDENTS, json=body)) == (403, "not-your-country")
        incident = await opened(wing(crisis))
        assert (await wing(crisis, "SA").get(f"{INCIDENTS}/{incident['id']}")).status_code == 404
        assert (await wing(crisis, "SA").get(INCIDENTS)).json()["items"] == []
        assert (await agent(crisis).get(f"{INCIDENTS}/{incident['id']}")).status_code == 200
        assert (await agent(crisis).post(f"{INCIDENTS}/{incident['id']}/log", json={"note": "x"})).status_code == 403


class TestLog:
    async def test_each_row_covers_the_one_before_and_what_was_changed_shows(self, crisis: Running) -> None:
        incident = await opened(wing(crisis))
        at = f"{INCIDENTS}/{incident['id']}/log"
        said = (await wing(crisis).post(at, json={"note": "Shelter at the school is full"})).json()
        assert said["intact"] is True
        assert [one["kind"] for one in said["items"]] == ["note", "opened"]
        assert {one["by"] for one in said["items"]} == {"wing-one"}
        assert b"Shelter at the school" not in await crisis.raw("incident_log")
        async with make_owner_engine(crisis) as owner, owner.begin() as connection:
            await connection.execute(text("update incident_log set by = 'somebody-else' where position = 1"))
        assert (await wing(crisis).get(at)).json()["intact"] is False

    async def test_the_service_itself_can_neither_change_nor_remove_a_row(self, crisis: Running) -> None:
        await opened(wing(crisis))
        for statement in ("update incident_log set by = 'x'", "delete from incident_log"):
            async with crisis.sessions() as session:
                with pytest.raises(DBAPIError, match="permission denied"):
                    await session.execute(text(statement))


class TestLeading:
    async def test_a_phase_that_begins_gives_its_tasks_their_time(self, crisis: Running) -> None:
        incident = await opened(wing(crisis))
        at = f"{INCIDENTS}/{incident['id']}"
        assert (await wing(crisis).put(at, json={"phase": "after"})).status_code == 428
        changed = await wing(crisis).put(at, json={"phase": "after", "state": "recovery"}, headers={"If-Match": '"1"'})
        assert (changed.json()["phase"], changed.json()["state"], changed.headers["etag"]) == ("after", "recovery", '"2"')
        tasks = [task for one in (await wing(crisis).get(f"{at}/tasks")).json()["sectors"] for task in one["tasks"]]
        assert all(one["due"] for one in tasks if one["phase"] == "after")

    async def test_a_task_is_owned_and_ticked_off_once_seen(self, crisis: Running) -> None:
        incident = await opened(wing(crisis))
        at = f"{INCIDENTS}/{incident['id']}/tasks"
        own = (await wing(crisis).post(at, json={"sector": "shelter", "words": "Rent the school in Saida", "owner": "Imran"})).json()
        done = await wing(crisis).put(f"{at}/{own['id']}", json={"state": "done"}, headers={"If-Match": '"1"'})
        assert (done.json()["state"], done.json()["ended_at"] is not None) == ("done", True)
        assert await problem(wing(crisis).put(f"{at}/{own['id']}", json={"state": "open"}, headers={"If-Match": '"1"'})) == (
            412,
            "stale-version",
        )
        assert b"Rent the school" not in await crisis.raw("incident_task")


class TestFigures:
    async def test_conflicting_counts_stand_beside_each_other_with_source_and_time(self, crisis: Running) -> None:
        incident = await opened(wing(crisis))
        at = f"{INCIDENTS}/{incident['id']}"
        now = datetime.now(UTC)
        rows = [("injured", 79, "Embassy", now - timedelta(hours=3)), ("injured", 100, "Press", now), ("injured", 81, "Embassy", now)]
        counts = [{"what": what, "number": n, "source": source, "as_of": when.isoformat()} for what, n, source, when in rows]
        made = await wing(crisis).post(f"{at}/reports", json={"summary": "Blast at the port", "counts": counts})
        assert made.status_code == 201, made.text
        [injured] = (await wing(crisis).get(f"{at}/counts")).json()["items"]
        assert injured["differ"] is True
        assert sorted((one["source"], one["number"]) for one in injured["figures"]) == [("Embassy", 81), ("Press", 100)]
        refused = await wing(crisis).post(f"{at}/counts", json={"counts": [{"what": "beds", "number": 3, "as_of": now.isoformat()}]})
        assert refused.status_code == 422
        money = {"what": "money", "number": 500_000, "source": "Board", "as_of": now.isoformat()}
        assert (await wing(crisis).post(f"{at}/counts", json={"counts": [money]})).status_code == 422
        assert (await wing(crisis).post(f"{at}/counts", json={"counts": [money | {"currency": "USD"}]})).status_code == 201

    async def test_an_agent_is_given_the_script_and_only_what_may_be_told(self, crisis: Running) -> None:
        incident = await opened(wing(crisis))
        at = f"{INCIDENTS}/{incident['id']}"
        now = datetime.now(UTC).isoformat()
        told = {"what": "safe", "number": 40, "source": "Embassy", "as_of": now, "may_tell": True}
        kept = {"what": "dead", "number": 2, "source": "Hospital", "as_of": now}
        await wing(crisis).post(f"{at}/counts", json={"counts": [told, kept]})
        words = {"en": "Stay indoors. Call +961 …", "bn": "ঘরে থাকুন।"}
        assert (await wing(crisis).post(f"{at}/script", json=words)).status_code == 201
        [briefing] = (await agent(crisis).get("/v1/crisis/briefings")).json()["items"]
        assert (briefing["script"]["bn"], [one["what"] for one in briefing["facts"]]) == ("ঘরে থাকুন।", ["safe"])

    async def test_the_plan_is_attached_sealed_and_read_back(self, crisis: Running) -> None:
        incident = await opened(wing(crisis))
        at = f"{INCIDENTS}/{incident['id']}/plans"
        plan = b"%PDF-1.7 plan of Beirut"
        made = await wing(crisis).post(f"{at}?title=Plan", content=plan, headers={"Content-Type": "application/pdf"})
        assert made.status_code == 201, made.text
        assert (await wing(crisis).get(f"{at}/{made.json()['id']}")).content == plan
        assert (
            await wing(crisis).post(f"{at}?title=Plan", content=b"<html>", headers={"Content-Type": "application/pdf"})
        ).status_code == 422


class TestAgencies:
    async def test_an_agency_answers_for_its_own_licence_and_silence_is_listed(self, crisis: Running) -> None:
        incident = await opened(wing(crisis))
        at = f"{INCIDENTS}/{incident['id']}/deployed"
        soon = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
        listed = (await wing(crisis).post(at, json={"licences": ["RL-0001", "RL-0002"], "due": soon})).json()
        assert listed["silent"] == 2
        agency, other = crisis.client("agency", licence=["RL-0001"]), crisis.client("agency", sub="other", licence=["RL-0002"])
        [own] = (await agency.get("/v1/crisis/deployed")).json()["items"]
        assert own["licence"] == "RL-0001"
        one = f"/v1/crisis/deployed/{own['id']}"
        assert (await other.get(one)).status_code == 404
        assert (await other.post(one, json={"none": True})).status_code == 404
        assert (await agency.post(one, json={})).status_code == 422
        workers = [{"name": "Karim Nomuna", "phone": "+96170123456", "place": "Tyre", "state": "help"}]
        assert (await agency.post(one, json={"workers": workers})).status_code == 201
        again = [*workers, {"name": "Rina Nomuna", "state": "safe"}]
        assert (await agency.post(one, json={"workers": again})).status_code == 201
        listed = (await wing(crisis).get(at)).json()
        assert (listed["silent"], [(row["licence"], row["workers"]) for row in listed["items"]]) == (1, [("RL-0002", 0), ("RL-0001", 2)])
        assert {state["code"]: state["people"] for state in listed["items"][1]["states"] if state["people"]} == {"help": 1, "safe": 1}
        seen = (await agency.get(one)).json()["answered_at"]
        assert (await agency.post(one, json={"workers": workers, "seen": seen})).status_code == 201
        assert await problem(agency.post(one, json={"none": True, "seen": seen})) == (412, "stale-version")
        assert (await agency.get(one)).json()["workers"] == 1
        assert b"Karim" not in await crisis.raw("deployed_worker")
        assert (await wing(crisis, "SA").get(one)).status_code == 404


class TestEmergencyAccess:
    async def test_opening_opens_the_register_for_its_countries_and_closing_ends_it(self, crisis: Running, start_service: Start) -> None:
        registry = await start_service("registry")
        await registry.empty()
        incident = await opened(wing(crisis))
        officer = registry.client("wing", sub="wing-one", countries=["LB"])

        async def open_for_me() -> list[str]:
            return [one["incident"] for one in (await officer.get("/v1/nationals/openings")).json()["items"]]

        async def access() -> str:
            return str((await wing(crisis).get(f"{INCIDENTS}/{incident['id']}")).json()["access"])

        await until(open_for_me, [incident["id"]])
        await until(access, "open")
        closing = await wing(crisis).post(f"{INCIDENTS}/{incident['id']}/closing", json={"reason": "Over"}, headers={"If-Match": '"1"'})
        assert closing.status_code == 201, closing.text
        await until(access, "ended")
        assert await open_for_me() == []


class TestAfterTheAction:
    async def test_time_to_decision_and_to_acknowledgement_are_told(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(wing(crisis), cap())
        at = f"/v1/crisis/alerts/{alert['id']}"
        version = (await wing(crisis).get(f"{at}/decision")).headers["etag"]
        assert (await wing(crisis, sub="wing-two").post(f"{at}/decision/release", headers={"If-Match": version})).status_code == 201
        assert (await wing(crisis).post(f"{at}/acknowledgements")).status_code == 201
        incident = await opened(wing(crisis), alerts=[alert["id"]])
        [told] = (await wing(crisis).get(f"{INCIDENTS}/{incident['id']}/figures")).json()["warnings"]
        assert (told["alert"], told["by_itself"], told["warned"], told["handed_99_s"]) == (alert["id"], False, 0, None)
        assert told["acknowledged_s"] >= told["decided_s"] > 0
        assert (told["outcome"], told["people"]) == ("released", ["LB"])
        assert (await wing(crisis).get(f"{at}/figures")).json() == told
        assert (await agent(crisis).get(f"{at}/figures")).json() == told | {"people": None}
        assert (await wing(crisis, "SA").get(f"{at}/figures")).status_code == 404
