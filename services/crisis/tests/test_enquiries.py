"""A family's call in a crisis: taken by an agent, matched by a person, answered with what may be told and as is safe."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from contracts.days import DHAKA
from runner.testing import Running
from services.crisis.enquiries import clients, rules
from services.crisis.enquiries.rules import MayTell, Status
from services.crisis.tests.test_evacuation import begun, registered
from services.crisis.tests.test_incidents import INCIDENTS, agent, opened, problem, wing

Json = dict[str, Any]
ASKER = {"name": "Amena Nomuna", "phone": "01711000001", "relation": "parent"}


async def asked(crisis: Running, incident: Json, **changed: Any) -> Json:
    body = {"asker": ASKER, "sought": {"name": "Salma Nomuna", "phone": "+96170111222"}, "last_contact_on": "2026-11-20", **changed}
    answer = await agent(crisis).post(f"{INCIDENTS}/{incident['id']}/enquiries", json=body)
    assert answer.status_code == 201, answer.text
    one: Json = answer.json()
    return one


async def act(client: httpx.AsyncClient, one: Json, name: str, body: Json) -> httpx.Response:
    at = f"/v1/crisis/enquiries/{one['id']}"
    version = (await client.get(at)).headers["etag"]
    return await client.post(f"{at}/{name}", json=body, headers={"If-Match": version})


class TestAsking:
    async def test_it_is_taken_with_what_the_caller_knows_and_sealed(self, crisis: Running) -> None:
        incident = await opened(wing(crisis))
        one = await asked(crisis, incident, sought={"name": "সালমা নমুনা"})
        assert (one["state"], one["may_tell"], one["reference"][:2]) == ("open", "family", "Q-")
        for table in ("family_enquiry", "outbox", "access_log"):
            raw = await crisis.raw(table)
            assert "সালমা".encode() not in raw, table
            assert b"Amena" not in raw, table
        [row] = (await agent(crisis).get(f"{INCIDENTS}/{incident['id']}/enquiries")).json()["items"]
        assert "asker" not in row
        assert (await wing(crisis, "SA").get(f"/v1/crisis/enquiries/{one['id']}")).status_code == 404
        [briefing] = (await agent(crisis).get("/v1/crisis/briefings")).json()["items"]
        assert briefing["enquiries_waiting"] == 1

    async def test_who_calls_again_is_found_by_their_number_in_either_script(self, crisis: Running) -> None:
        incident = await opened(wing(crisis))
        one = await asked(crisis, incident)
        search = f"{INCIDENTS}/{incident['id']}/enquiries/search"
        for said in ({}, {"reference": "abc"}, {"reference": one["reference"], "phone": "01711000001"}):
            assert (await agent(crisis).post(search, json=said)).status_code == 422
        named = (await agent(crisis).post(search, json={"reference": one["reference"].lower()})).json()["items"]
        assert [found["id"] for found in named] == [one["id"]]
        found = await agent(crisis).post(search, json={"phone": "০১৭১১০০০০০১"})
        assert [row["id"] for row in found.json()["items"]] == [one["id"]]
        assert len(await crisis.rows("access_log")) == 2

    async def test_the_longest_waiting_stand_first_and_pages_follow(self, crisis: Running) -> None:
        incident = await opened(wing(crisis))
        made = [(await asked(crisis, incident))["id"] for _ in range(3)]
        page = (await agent(crisis).get(f"{INCIDENTS}/{incident['id']}/enquiries?limit=2")).json()
        rest = (await agent(crisis).get(page["next"])).json()
        assert [one["id"] for one in (*page["items"], *rest["items"])] == made


class TestTheCallsOfTwoWeeks:
    """Libya 2011: almost 10,000 calls of families in two weeks. Here all come at once, from as many desks as a centre has."""

    @pytest.mark.parametrize("calls", [200, pytest.param(10_000, marks=pytest.mark.full)])
    async def test_none_is_lost_each_is_found_again_and_who_waits_longest_stands_first(self, crisis: Running, calls: int) -> None:
        incident = await opened(wing(crisis))
        desks, at = asyncio.Semaphore(24), f"{INCIDENTS}/{incident['id']}/enquiries"

        async def call(number: int) -> str:
            said = {"asker": ASKER | {"phone": f"+88017{number:08}"}, "sought": {"name": f"Nomuna {number}", "phone": f"+9617{number:07}"}}
            async with desks:
                return str((await asked(crisis, incident, **said))["id"])

        taken = await asyncio.gather(*(call(number) for number in range(calls)))
        rows: list[Json] = []
        following: str | None = f"{at}?limit=200"
        while following:
            page = (await agent(crisis).get(following)).json()
            rows, following = rows + page["items"], page["next"]
        assert sorted(one["id"] for one in rows) == sorted(taken), "each once"
        assert [one["taken_at"] for one in rows] == sorted(one["taken_at"] for one in rows)
        for number in range(0, calls, calls // 50):
            found = (await agent(crisis).post(f"{at}/search", json={"phone": f"+88017{number:08}"})).json()["items"]
            assert [one["id"] for one in found] == [taken[number]]
        sought = await registered(crisis, await self.open_window(crisis, incident), "Somebody", phone=f"+9617{calls - 1:07}")
        candidates = (await agent(crisis).get(f"/v1/crisis/enquiries/{taken[-1]}/candidates")).json()["items"]
        assert [(one["kind"], one["id"]) for one in candidates] == [("evacuee", sought["id"])]
        [briefing] = (await agent(crisis).get("/v1/crisis/briefings")).json()["items"]
        assert briefing["enquiries_waiting"] == calls

    async def open_window(self, crisis: Running, incident: Json) -> Json:
        answer = await wing(crisis).post(f"{INCIDENTS}/{incident['id']}/evacuation/windows", json={})
        assert answer.status_code == 201, answer.text
        return incident


class TestAnswering:
    async def test_a_person_matches_and_the_family_is_told(self, crisis: Running) -> None:
        incident = await begun(crisis)
        evacuee = await registered(crisis, incident, phone="+961 70 111 222")
        one = await asked(crisis, incident)
        found = (await agent(crisis).get(f"/v1/crisis/enquiries/{one['id']}/candidates")).json()
        [candidate] = [one for one in found["items"] if one["kind"] == "evacuee"]  # whether the register runs, other tests decide
        assert (candidate["id"], candidate["by"]) == (evacuee["id"], ["phone", "name"])
        early = await act(agent(crisis), one, "answers", {"status": "is_note_author", "told": True, "channel": "call"})
        assert (early.status_code, early.json()["type"]) == (409, "urn:probashi:problem:not-matched")
        await act(agent(crisis), one, "match", {"kind": "evacuee", "id": evacuee["id"]})
        told = await act(agent(crisis), one, "answers", {"status": "is_note_author", "told": True, "channel": "call", "words": "Safe"})
        assert (told.status_code, told.json()["state"]) == (201, "answered")
        assert [given["status"] for given in told.json()["answers"]] == ["is_note_author"]
        ended = await act(agent(crisis), one, "ending", {"outcome": "found"})
        assert ended.json()["state"] == "closed"
        assert await problem(act(agent(crisis), one, "ending", {"outcome": "found"})) == (409, "enquiry-ended")

    async def test_a_register_that_gives_no_answer_is_said(self, crisis: Running, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clients, "LOOKUPS", "/v1/nationals/nowhere")
        incident = await begun(crisis)
        evacuee = await registered(crisis, incident, phone="+961 70 111 222")
        one = await asked(crisis, incident)
        found = (await agent(crisis).get(f"/v1/crisis/enquiries/{one['id']}/candidates")).json()
        assert ([candidate["id"] for candidate in found["items"]], found["register_away"]) == ([evacuee["id"]], True)

    async def test_somebody_of_another_incident_is_no_match(self, crisis: Running) -> None:
        other = await begun(crisis, is_drill=True)
        stranger = await registered(crisis, other)
        one = await asked(crisis, await opened(wing(crisis)))
        assert (await act(agent(crisis), one, "match", {"kind": "evacuee", "id": stranger["id"]})).status_code == 404

    async def test_safe_contact_is_obeyed_when_the_family_is_called(self, crisis: Running) -> None:
        incident = await opened(wing(crisis))
        hour = datetime.now(UTC).astimezone(DHAKA) + timedelta(hours=2)
        later = {"since": hour.strftime("%H:%M"), "until": (hour + timedelta(hours=1)).strftime("%H:%M")}
        one = await asked(crisis, incident, asker=ASKER | {"safe": later})
        body = {"status": "information_sought", "told": True, "channel": "call"}
        assert await problem(act(agent(crisis), one, "answers", body)) == (409, "unsafe-contact")
        assert (await act(agent(crisis), one, "answers", body | {"channel": "counter"})).status_code == 201

    async def test_what_was_asked_for_this_crisis_alone_is_forgotten_with_it(self, crisis: Running) -> None:
        incident = await opened(wing(crisis))
        one = await asked(crisis, incident)
        at = f"{INCIDENTS}/{incident['id']}/closing"
        refused = await wing(crisis).post(at, json={"reason": "Over"}, headers={"If-Match": '"1"'})
        assert refused.json()["open"] == {"enquiries": 1}
        await act(wing(crisis), one, "ending", {"outcome": "missing"})
        assert (await wing(crisis).post(at, json={"reason": "Over"}, headers={"If-Match": '"1"'})).status_code == 201
        shown = (await wing(crisis).get(f"/v1/crisis/enquiries/{one['id']}")).json()
        assert (shown["asker"], shown["sought"], shown["outcome"]) == (None, None, "missing")


class TestRules:
    @pytest.mark.parametrize(
        ("status", "may_tell", "matched", "officer", "error"),
        [
            (Status.SOUGHT, MayTell.NOBODY, False, False, None),
            (Status.SELF, MayTell.FAMILY, True, False, None),
            (Status.SELF, MayTell.NOBODY, True, True, rules.MayNotTellError),
            (Status.SELF, MayTell.ASKER, False, True, rules.NotMatchedError),
            (Status.MISSING, MayTell.ASKER, False, False, None),
            (Status.DEAD, MayTell.ASKER, True, False, rules.DeathByOfficerError),
            (Status.DEAD, MayTell.ASKER, True, True, None),
            (Status.DEAD, MayTell.FAMILY, True, True, rules.MayNotTellError),
        ],
    )
    def test_what_may_be_told(self, status: Status, may_tell: MayTell, matched: int, officer: int, error: type[Exception] | None) -> None:
        if error is None:
            rules.check_telling(status, may_tell, matched=bool(matched), is_officer=bool(officer))
            return
        with pytest.raises(error):
            rules.check_telling(status, may_tell, matched=bool(matched), is_officer=bool(officer))
