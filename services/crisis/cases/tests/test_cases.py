from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.timer import DueTimer
from runner.testing import Running, Start
from services.crisis.cases.service import note_overdue

URL = "/v1/crisis/cases"


def step_of(case: dict[str, Any], code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in case["steps"] if one["code"] == code)
    return found


class TestOpen:
    async def test_at_the_counter_with_what_is_known_and_what_is_owed(self, wing: Any) -> None:
        case = await wing.open(details={"charge": "left_employer", "place": "থানা, সাইদা"})
        assert case["reference"].startswith("A-")
        assert case["state"] == "waiting"
        assert case["mission"]["code"] == "LWW-BEIRUT"
        assert {one["code"] for one in case["steps"]} >= {"place_confirmed", "visited", "lawyer_found", "interpreter_found", "family_told"}
        assert "family_answered" not in {one["code"] for one in case["steps"]}
        assert case["next_step"]["bn"]
        assert case["next_due"]

    async def test_nothing_personal_lies_open_or_leaves_in_an_event(self, wing: Any, crisis: Running) -> None:
        await wing.open(details={"place": "থানা, সাইদা"}, note="স্ত্রী ফোন করেছেন")
        for table in ("wing_case", "wing_happening", "outbox", "access_log"):
            raw = await crisis.raw(table)
            for word in ("করিম", "0123456", "70123456", "সাইদা", "স্ত্রী"):
                assert word.encode() not in raw, (table, word)
        (event,) = await crisis.rows("outbox")
        assert "crisis.case.opened.v1" in str(event)

    async def test_refuses_what_no_list_offers_and_says_which_field(self, wing: Any) -> None:
        answer = await wing.beirut.post(
            URL, json={"kind": "detention", "country": "LB", "details": {"charge": "witchcraft", "colour": "x"}}
        )
        assert answer.status_code == 422
        assert [one["pointer"] for one in answer.json()["errors"]] == ["/details/charge", "/details/colour"]

    async def test_a_wing_opens_none_for_another_country(self, wing: Any) -> None:
        answer = await wing.riyadh.post(URL, json={"kind": "wages", "country": "LB"})
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:probashi:problem:not-your-country")

    async def test_out_of_a_complaint_it_copies_codes_only_and_asks_nothing_twice(self, wing: Any, start_service: Start) -> None:
        complaints = await start_service("complaints")
        lodged = await complaints.client("agent", sub="agent", countries=["*"], districts=["*"]).post(
            "/v1/complaints",
            json={
                "channel": "phone",
                "category": "detained",
                "country": "LB",
                "district": "BD-08",
                "reporter": {"name": "রাবেয়া", "phone": "01711223344", "relation": "family"},
                "victim": {"name": "করিম", "sex": "male", "age_band": "25_34"},
                "narrative": "আটক",
            },
            headers={"Idempotency-Key": str(uuid4())},
        )
        assert lodged.status_code == 201, lodged.text
        reference = lodged.json()["reference"]
        case = await wing.open(country=None, complaint=reference, person={}, sex="unknown")
        assert (case["country"], case["sex"], case["age_band"], case["origin"]) == ("LB", "male", "25_34", "complaint")
        assert case["name"] is None
        assert step_of(case, "family_told")["elsewhere"]
        again = await wing.open(country=None, complaint=reference, person={})
        assert again["reference"] == case["reference"]
        found = await wing.beirut.get(f"{URL}/of-complaint", params={"complaint": reference})
        assert [one["reference"] for one in found.json()["items"]] == [case["reference"]]
        elsewhere = await wing.riyadh.post(URL, json={"kind": "detention", "complaint": reference})
        assert (elsewhere.status_code, elsewhere.json()["type"]) == (409, "urn:probashi:problem:complaint-not-found")


class TestWork:
    async def test_nothing_is_written_before_somebody_takes_it_on(self, wing: Any) -> None:
        case = await wing.open()
        refused = await wing.try_to(case, "steps", {"step": "lawyer_found", "done_on": "2026-11-20"})
        assert refused.json()["type"].endswith("wing-case-not-taken")
        taken = await wing.act(case, "taking")
        assert (taken["state"], taken["officer_name"], taken["is_mine"]) == ("open", "wing-beirut", True)

    async def test_a_stale_version_changes_nothing(self, wing: Any) -> None:
        case = await wing.taken()
        await wing.step(case, "lawyer_found")
        assert (await wing.try_to(case, "steps", {"step": "interpreter_found", "done_on": "2026-11-20"})).status_code == 412

    async def test_a_visit_is_due_again_after_it_was_made(self, wing: Any) -> None:
        case = await wing.visit(await wing.taken(), found=["seen", "needs_lawyer"], words="ভালো আছেন, আইনজীবী চান")
        visited = step_of(case, "visited")
        assert visited["done_on"]
        assert visited["due"] > case["opened_at"]
        assert case["visits"][0]["words"] == "ভালো আছেন, আইনজীবী চান"

    async def test_the_family_is_told_only_what_the_person_agreed_to(self, wing: Any) -> None:
        case = await wing.taken()
        told = {"step": "family_told", "done_on": "2026-11-20"}
        assert (await wing.try_to(case, "steps", told)).json()["type"].endswith("person-not-asked")
        case = await wing.act(case, "details", {"details": {"family_may_know": "no"}})
        assert (await wing.try_to(case, "steps", told)).json()["type"].endswith("person-said-no")
        case = await wing.act(case, "details", {"details": {"family_may_know": "yes"}})
        assert step_of(await wing.act(case, "steps", told), "family_told")["done_on"] == "2026-11-20"

    async def test_ends_only_when_what_the_end_needs_was_done(self, wing: Any, crisis: Running) -> None:
        case = await wing.taken()
        refused = await wing.try_to(case, "closing", {"outcome": "released"})
        assert (refused.status_code, refused.json()["missing"]) == (409, ["visited"])
        closed = await wing.act(await wing.visit(case), "closing", {"outcome": "released"})
        assert closed["state"] == "closed"
        assert closed["next_due"] is None
        assert next(one for one in closed["details"] if one["code"] == "custody")["value"] == "released"
        assert "crisis.case.closed.v1" in str(await crisis.rows("outbox"))
        again = await wing.act(closed, "reopening", {"reason": "আবার আটক"})
        assert again["state"] == "open"

    async def test_what_happened_cannot_be_changed_by_the_running_role(self, wing: Any, crisis: Running) -> None:
        await wing.open()
        for change in (
            "update wing_happening set what = 'closed'",
            "delete from wing_happening",
            "update wing_visit set visited_on = now()",
        ):
            with pytest.raises(DBAPIError, match="permission denied"):
                async with crisis.sessions.begin() as session:
                    await session.execute(text(change))

    async def test_a_step_that_was_not_done_in_time_is_a_fact_of_the_case(self, wing: Any, crisis: Running) -> None:
        case = await wing.taken()
        async with crisis.sessions.begin() as session:
            row = (await session.execute(text("select id, due, kind, record from timer where done_at is null"))).one()
            assert row.kind == "wing.step.due"
            await note_overdue(session, DueTimer(row.id, row.due, row.kind, row.record, {}, 0))
        case = await wing.read(case["reference"])
        assert case["history"][-1]["what"]["en"].startswith("Not done in time · ")


class TestSight:
    async def test_a_wing_sees_its_countries_and_nothing_else(self, wing: Any) -> None:
        case = await wing.open()
        assert (await wing.riyadh.get(f"{URL}/{case['reference']}")).status_code == 404
        assert await wing.listed("waiting", by=wing.riyadh) == []
        assert await wing.listed("waiting", by=wing.supervisor) == [case["reference"]]

    async def test_a_restricted_case_narrows_everywhere_once_somebody_has_it(self, wing: Any) -> None:
        case = await wing.open("shelter", by=wing.colleague)
        assert case["restricted"]
        taken = await wing.act(case, "taking", by=wing.colleague)
        for by in (wing.beirut,):
            assert (await by.get(f"{URL}/{case['reference']}")).status_code == 404
            assert await wing.listed("open", by=by) == []
            assert (await by.get(f"{URL}/day")).json()["open"] == 0
            assert (await by.post(f"{URL}/search", json={"passport": "bx0123456"})).json()["items"] == []
            assert (await wing.try_to(taken, "taking", by=by)).status_code == 404
        assert await wing.listed("open", by=wing.colleague) == [case["reference"]]
        assert await wing.listed("open", by=wing.supervisor) == [case["reference"]]

    async def test_every_reading_is_logged(self, wing: Any, crisis: Running) -> None:
        case = await wing.open()
        before = await crisis.count("access_log")
        await wing.read(case["reference"])
        await wing.listed("waiting")
        assert await crisis.count("access_log") == before + 2

    async def test_the_same_passport_in_another_case_is_shown(self, wing: Any) -> None:
        first = await wing.open()
        second = await wing.open("hospital", person={"passport": "bx-0123456"})
        assert [one["reference"] for one in (await wing.read(second["reference"]))["same_person"]] == [first["reference"]]


class TestDay:
    async def test_who_waits_longest_comes_first_and_the_day_counts_them(self, wing: Any) -> None:
        first, second = await wing.open(), await wing.open("wages")
        assert await wing.listed("waiting") == [first["reference"], second["reference"]]
        await wing.act(first, "taking")
        day = (await wing.beirut.get(f"{URL}/day")).json()
        assert {name: day[name] for name in ("waiting", "mine", "open", "family")} == {"waiting": 1, "mine": 1, "open": 2, "family": 0}
        assert day["officers"] == [{"name": "wing-beirut", "is_me": True, "open": 1, "overdue": 0}]
        assert next(one for one in day["response"] if one["kind"] == "detention")["taken"] == 1

    async def test_overdue_ones_stand_in_their_own_list(self, wing: Any, crisis: Running) -> None:
        case = await wing.taken()
        assert await wing.listed("overdue") == []
        async with crisis.sessions.begin() as session:
            await session.execute(text("update wing_case set next_due = now() - interval '1 hour'"))
        assert await wing.listed("overdue") == [case["reference"]]
        assert await wing.listed("due") == [case["reference"]]

    async def test_lists_page_by_cursor(self, wing: Any) -> None:
        opened = [(await wing.open())["reference"] for _ in range(3)]
        first = (await wing.beirut.get(URL, params={"limit": "2"})).json()
        rest = (await wing.beirut.get(first["next"])).json()
        assert [one["reference"] for one in first["items"] + rest["items"]] == opened
        assert rest["next"] is None
