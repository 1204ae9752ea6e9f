"""A family left behind, over HTTP and by the clock: risk that a person decides, visits that nobody forgets."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from runner.testing import Running, make_owner_engine

FAMILY = {"who": "wife", "issues": ["absent_spouse", "remittance_stopped"], "abuser": "absent_spouse", "reach_through": "neighbour"}


def day(today: str, days: int) -> str:
    return (date.fromisoformat(today) + timedelta(days=days)).isoformat()


NOT_TAKEN_OVER = "No other body has accepted it. Refer it, and wait for the answer."


async def protected(lodged: Any, officers: Any, **changes: Any) -> Any:
    case = await lodged("protection")
    await case.assign("demo-cumilla")
    await case.post(officers.demo, "/protection", {**FAMILY, "children": 2, "children_in_school": 1, **changes})
    return case


async def assess(case: Any, officers: Any, **changes: Any) -> Any:
    body = {"answers": ["violence_before", "no_income"], "level": "high", "reason": "শাশুড়ির হুমকি", "plan": "বোনের বাড়ি", **changes}
    return await case.post(officers.demo, "/protection/assessments", body)


class TestAFamily:
    async def test_from_the_first_look_to_safety(self, lodged: Any, officers: Any, complaints: Running, today: str) -> None:
        case = await protected(lodged, officers)
        await assess(case, officers)
        shown = (await case.read(officers.demo))["protection"]
        reading = shown["assessments"][0]
        assert (reading["points"], reading["speaks_for"], reading["level"]) == (5, "high", "high")
        assert (shown["plan"], shown["next_visit"], shown["overdue"]) == ("বোনের বাড়ি", day(today, 7), False)
        assert "illustrative" in shown["basis"]["en"]
        assert "The last assessment says high or extreme risk." in await case.missing_for(officers.demo, "safe")
        await case.post(officers.demo, "/protection/visits", {"done_on": today, "seen_alone": True, "findings": "শান্ত"})
        await case.post(officers.demo, "/steps", {"kind": "school", "source": "demo", "done_on": today})
        await assess(case, officers, answers=[], level="low")
        assert await case.missing_for(officers.demo, "safe") == []
        assert NOT_TAKEN_OVER in await case.missing_for(officers.demo, "handed_over")
        async with complaints.sessions() as session:
            rows = await session.execute(text("select restricted, convert_from(envelope, 'utf8')::jsonb from outbox"))
        told = [(one[0], one[1]["data"]) for one in rows if one[1]["type"].endswith("protection.opened.v1")]
        assert [(restricted, data["who"], data["risk"]) for restricted, data in told] == [(True, "wife", "high")]

    @pytest.mark.parametrize("who", ["wife", "husband", "parent"])
    async def test_wives_husbands_and_parents_alike(self, lodged: Any, officers: Any, who: str) -> None:
        case = await protected(lodged, officers, who=who)
        assert (await case.read(officers.demo))["protection"]["who"] == who

    async def test_a_person_may_decide_otherwise_than_the_answers_speak(self, lodged: Any, officers: Any) -> None:
        case = await protected(lodged, officers)
        await assess(case, officers, answers=["violence_now"], level="medium")
        reading = (await case.read(officers.demo))["protection"]["assessments"][0]
        assert (reading["speaks_for"], reading["level"], reading["reason"]) == ("extreme", "medium", "শাশুড়ির হুমকি")


class TestAnotherBody:
    async def test_is_asked_by_a_referral_and_takes_over_once_it_accepts(self, lodged: Any, officers: Any, today: str) -> None:
        """A case does not end because a letter was sent: somebody has to have said yes, by a day that is watched."""
        case = await protected(lodged, officers)
        await assess(case, officers)
        place = f"/v1/complaints/{case.reference}/referrals"
        sent = {"to_kind": "police", "to_name": "কোতোয়ালি থানা, কুমিল্লা", "purpose": "protection", "summary": "পরিবারটি হুমকির মুখে।"}
        unasked = await officers.demo.post(place, json={**sent, "consent": "not_needed"})
        assert unasked.json()["type"].endswith("consent-needed")
        referral = (await officers.demo.post(place, json={**sent, "consent": "said_yes"})).json()
        shown = (await case.read(officers.demo))["referrals"]
        assert [(one["to"]["en"], one["standing"]) for one in shown] == [("Police", "sent")]
        assert await case.missing_for(officers.demo, "handed_over") == [NOT_TAKEN_OVER]
        for answer, left in (({"answer": "accepted"}, []), ({"answer": "declined", "reason": "no_capacity"}, [NOT_TAKEN_OVER])):
            version = (await officers.demo.get(place)).json()["items"][0]["version"]
            told = await officers.demo.post(f"{place}/{referral['id']}/answers", json=answer, headers={"If-Match": f'"{version}"'})
            assert told.status_code == 200, told.text
            assert await case.missing_for(officers.demo, "handed_over") == left
        step = {"kind": "referred", "source": "demo", "done_on": today}
        await case.post(officers.demo, "/steps", step, status=422)


class TestRefuses:
    async def test_a_contact_through_the_one_who_harms(self, lodged: Any, officers: Any) -> None:
        case = await lodged("protection")
        await case.assign("demo-cumilla")
        told = await case.post(officers.demo, "/protection", {**FAMILY, "reach_through": "absent_spouse"}, status=409)
        assert told["type"].endswith("contact-through-abuser")

    async def test_a_child_without_a_guardian_and_more_pupils_than_children(self, lodged: Any, officers: Any) -> None:
        case = await lodged("protection")
        await case.assign("demo-cumilla")
        faulty: tuple[dict[str, Any], ...] = ({"who": "child"}, {"children": 1, "children_in_school": 2}, {"issues": []})
        for changes in faulty:
            await case.post(officers.demo, "/protection", {**FAMILY, **changes}, status=422)
        await case.post(officers.demo, "/protection", {**FAMILY, "who": "child", "guardian": "নানি"})

    async def test_a_visit_later_than_the_risk_allows_or_in_the_past(self, lodged: Any, officers: Any, today: str) -> None:
        case = await protected(lodged, officers)
        late = {"level": "extreme", "reason": "হুমকি", "next_visit": day(today, 3)}
        assert (await case.post(officers.demo, "/protection/assessments", late, status=409))["type"].endswith("visit-too-late")
        await case.post(officers.demo, "/protection/assessments", {**late, "next_visit": day(today, -1)}, status=422)


class TestVisits:
    async def test_a_visit_that_did_not_take_place_is_in_the_list_and_by_itself_in_the_history(
        self, lodged: Any, officers: Any, complaints: Running, today: str
    ) -> None:
        overdue, due = await protected(lodged, officers), await protected(lodged, officers)
        for case in (due, overdue):
            await assess(case, officers)
        await _long_ago(complaints, overdue.reference)
        page = (await officers.demo.get("/v1/complaints/cases/visits?limit=1")).json()
        rows = page["items"] + (await officers.demo.get(page["next"])).json()["items"]
        assert [(one["reference"], one["overdue"]) for one in rows] == [(overdue.reference, True), (due.reference, False)]
        assert (await officers.demo_elsewhere.get("/v1/complaints/cases/visits")).json()["items"] == []
        noted = await _happenings(complaints, "visit_overdue", 1)
        assert noted == [("system", {"planned": day(today, -9), "level": "high"})]

    async def test_a_visit_that_took_place_is_never_said_to_be_late(
        self, lodged: Any, officers: Any, complaints: Running, today: str
    ) -> None:
        case = await protected(lodged, officers)
        await assess(case, officers)
        await case.post(officers.demo, "/protection/visits", {"done_on": today, "seen_alone": False})
        async with complaints.sessions() as session:
            rows = await session.execute(text("select due from timer where kind = 'protection_visit' and done_at is null"))
            assert len(rows.all()) == 1


async def _long_ago(complaints: Running, reference: str) -> None:
    """As if nobody had come for nine days: the plan, and the timer that watches it."""
    async with make_owner_engine(complaints) as owner, owner.begin() as connection:
        mine = "(select id from complaint where reference = :reference)"
        await connection.execute(
            text(f"update protection_file set next_visit = next_visit - 16 where complaint_id = {mine}"), {"reference": reference}
        )
        await connection.execute(
            text(
                "update timer set due = due - interval '16 days', next_try = now() "
                f"where kind = 'protection_visit' and record = {mine} and done_at is null"
            ),
            {"reference": reference},
        )
        await connection.execute(text("select pg_notify('timer', '')"))


async def _happenings(complaints: Running, kind: str, number: int) -> list[tuple[str, Any]]:
    for _ in range(1_200):
        async with complaints.sessions() as session:
            rows = (await session.execute(text("select by, detail from happening where kind = :kind"), {"kind": kind})).all()
        if len(rows) >= number:
            return [(one[0], one[1]) for one in rows]
        await asyncio.sleep(0.05)
    raise AssertionError(f"no {kind} was noted")


class TestEyes:
    async def test_only_its_officer_and_the_supervisor_read_it(self, lodged: Any, officers: Any) -> None:
        case = await protected(lodged, officers)
        await assess(case, officers)
        for client in (officers.demo, officers.supervisor):
            assert (await case.read(client))["protection"]["plan"] == "বোনের বাড়ি"
        colleague = officers.running.client("demo", sub="demo-colleague", districts=["BD-08"])
        seen = await case.read(colleague)
        assert (seen["protection"]["plan"], seen["protection"]["assessments"][0]["reason"], seen["may_work"]) == (None, None, False)
        await case.post(colleague, "/protection/visits", {"done_on": "2026-11-01", "seen_alone": True}, status=403)
        for client in (officers.demo_elsewhere, officers.wing, officers.running.client("agent", sub="other")):
            assert (await client.get(case.path)).status_code == 404

    async def test_plan_reason_and_findings_are_sealed(self, lodged: Any, officers: Any, complaints: Running, today: str) -> None:
        case = await protected(lodged, officers)
        await assess(case, officers)
        await case.post(officers.demo, "/protection/visits", {"done_on": today, "seen_alone": True, "findings": "কান্নাকাটি"})
        for table in ("protection_file", "protection_assessment", "protection_visit", "happening", "outbox", "timer"):
            stored = await complaints.raw(table)
            for personal in ("বোনের", "শাশুড়ির", "কান্নাকাটি"):
                assert personal.encode() not in stored, table
