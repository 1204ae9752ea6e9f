"""A protected case opened from outside in an emergency: for minutes, with a reason, told at once, judged by two others."""

from itertools import product
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from contracts.reintegration import ProtectionEmergencyJudged, ProtectionEmergencyOpened
from kit.testing.days import day
from runner.testing import Running, make_owner_engine
from services.reintegration.protection.emergency.rules import Voice, voice_of
from services.reintegration.tests.test_endpoints import URL, demo, told
from services.reintegration.tests.test_protection import ANY, at, opened, slug

PLACE = f"{URL}/protection/emergencies"
WHY = "স্বামী বাড়ির সামনে, দায়িত্বপ্রাপ্ত কেউ ফোন ধরছেন না"
JUSTIFIED = {"justified": True, "words": "ফোন করে নিশ্চিত হয়েছি"}


def outsider(running: Running) -> httpx.AsyncClient:
    """Of another district: sees neither the case nor the returnee."""
    return demo(running, "BD-60", sub="demo-far")


async def breaks(client: httpx.AsyncClient, case: dict[str, Any], **changes: Any) -> httpx.Response:
    return await client.post(PLACE, json={"reference": case["reference"], "reason": WHY, "minutes": 30, **changes})


async def reads(client: httpx.AsyncClient, **narrowed: str) -> list[dict[str, Any]]:
    answer = await client.get(PLACE, params=narrowed)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


class TestOpening:
    async def test_shows_the_case_for_its_time_and_nothing_else_widens(self, reintegration: Running) -> None:
        case, far = await opened(reintegration), outsider(reintegration)
        assert (await far.get(at(case))).status_code == 404
        done = await breaks(far, case)
        assert (done.status_code, done.headers["location"]) == (201, at(case))
        seen = (await far.get(at(case))).json()
        assert (seen["name"], seen["emergency_until"]) == ("Abdul Karim (fictional)", done.json()["until"])
        assert (await far.get(f"{URL}/{case['returnee_reference']}")).status_code == 404
        assert (await far.get(f"{URL}/protection")).json()["items"] == []
        for change, body in (("indicators", {"answers": {"debt": "yes"}}), ("testimony", {"answer": "agrees"}), ("members/demo-far", {})):
            assert (await far.put(at(case, change), json=body, headers=ANY)).status_code == 404
        assert (await far.post(at(case, "closing"), json={"reason": "died"}, headers=ANY)).status_code == 404
        assert (await demo(reintegration, sub="demo-two").get(at(case))).status_code == 404

    async def test_ends_by_itself(self, reintegration: Running) -> None:
        case, far = await opened(reintegration), outsider(reintegration)
        await breaks(far, case)
        async with make_owner_engine(reintegration) as owner, owner.begin() as connection:
            await connection.execute(text("update protection_emergency set at = now() - interval '1 hour', until = now()"))
        assert (await far.get(at(case))).status_code == 404
        (row,) = await reads(far)
        assert (row["is_open"], row["is_mine"], row["awaits_me"]) == (False, True, None)
        assert (await breaks(far, case)).status_code == 201, "another emergency is another one"

    async def test_by_the_slip_that_the_person_holds(self, reintegration: Running) -> None:
        case, far = await opened(reintegration), outsider(reintegration)
        done = await breaks(far, case, reference=case["returnee_reference"].replace("-", " ").lower())
        assert done.json()["case_id"] == case["id"]

    async def test_needs_a_reason_an_end_and_a_case(self, reintegration: Running) -> None:
        case, far = await opened(reintegration), outsider(reintegration)
        for wrong in ({"reason": " "}, {"minutes": 241}, {"minutes": 4}, {"reference": "R-0000-0001"}):
            assert (await breaks(far, case, **wrong)).status_code == 422, wrong
        other = await opened(reintegration, phone=None, documents=[])
        async with make_owner_engine(reintegration) as owner, owner.begin() as connection:
            await connection.execute(text("delete from victim_case_member where case_id = :id"), {"id": other["id"]})
            await connection.execute(text("delete from victim_case where id = :id"), {"id": other["id"]})
        assert (await breaks(far, other)).status_code == 404
        assert (await breaks(reintegration.client("ngo", org=["ngo-one"]), case)).status_code == 403
        assert await reintegration.count("protection_emergency") == 0

    async def test_only_by_who_does_not_see_it_and_once_at_a_time(self, reintegration: Running) -> None:
        case = await opened(reintegration)
        for inside in (demo(reintegration), reintegration.client("supervisor")):
            assert slug(await breaks(inside, case)) == (409, "protected-case-seen-already")
        far = outsider(reintegration)
        await breaks(far, case)
        assert slug(await breaks(far, case)) == (409, "emergency-opened-already")

    async def test_sent_twice_is_one(self, reintegration: Running) -> None:
        case, far = await opened(reintegration), outsider(reintegration)
        said = {"reference": case["reference"], "reason": WHY}
        twice = [await far.post(PLACE, json=said, headers={"Idempotency-Key": "an-emergency"}) for _ in range(2)]
        assert [one.json()["id"] for one in twice] == [twice[0].json()["id"]] * 2

    async def test_is_on_record_and_the_reason_lies_sealed(self, reintegration: Running) -> None:
        case, far = await opened(reintegration), outsider(reintegration)
        emergency = (await breaks(far, case)).json()
        await far.get(at(case))
        async with reintegration.sessions() as session:
            rows = await session.execute(text("select purpose, fields from access_log where caller = 'demo-far' order by at, id"))
            assert [(one.purpose, "name" in one.fields) for one in rows] == [("emergency", False), ("emergency", True)]
            rights = ("update", "delete", "truncate")
            tables = ("protection_emergency", "protection_emergency_word")
            held = [await session.scalar(text(f"select has_table_privilege('{t}', '{r}')")) for t, r in product(tables, rights)]
        assert not any(held)
        assert "স্বামী".encode() not in await reintegration.raw("protection_emergency") + await reintegration.raw("outbox")
        (event,) = [one for one in await told(reintegration) if one["type"] == ProtectionEmergencyOpened.type]
        assert (event["restricted"], event["subject"], event["data"]["minutes"]) == (True, emergency["id"], 30)
        assert case["id"] not in str(event)


class TestJudging:
    async def test_both_who_answer_are_told_at_once_and_judge(self, reintegration: Running) -> None:
        case, far = await opened(reintegration), outsider(reintegration)
        emergency = (await breaks(far, case)).json()
        owner, supervisor = demo(reintegration), reintegration.client("supervisor")
        for reader, voice in ((owner, "member"), (supervisor, "supervisor")):
            (row,) = await reads(reader, waiting="true")
            assert (row["reason"], row["account"], row["awaits_me"], row["is_open"]) == (WHY, "demo-far", voice, True)
            assert "Karim" not in str(row)
        place = f"{PLACE}/{emergency['id']}/verdicts"
        assert (await owner.post(place, json=JUSTIFIED)).status_code == 201
        assert slug(await owner.post(place, json=JUSTIFIED)) == (409, "not-yours-to-judge")
        assert await reads(owner, waiting="true") == []
        assert (await far.get(at(case))).status_code == 200
        done = await supervisor.post(place, json={"justified": False, "words": "দায়িত্বপ্রাপ্তকে ফোনই করা হয়নি"})
        assert [(one["voice"], one["justified"]) for one in done.json()["verdicts"]] == [("member", True), ("supervisor", False)]
        assert done.json()["is_open"] is False
        assert (await far.get(at(case))).status_code == 404, "what was not justified ends at once"
        assert "ফোনই".encode() not in await reintegration.raw("protection_emergency_word") + await reintegration.raw("outbox")
        facts = [one for one in await told(reintegration) if one["type"] == ProtectionEmergencyJudged.type]
        assert [(one["sequence"], one["data"]["voice"], one["data"]["justified"]) for one in facts] == [
            (2, "member", True),
            (3, "supervisor", False),
        ]

    async def test_nobody_else_is_told_and_nobody_judges_for_themselves(self, reintegration: Running) -> None:
        case, far = await opened(reintegration), outsider(reintegration)
        emergency = (await breaks(far, case)).json()
        place = f"{PLACE}/{emergency['id']}/verdicts"
        other = demo(reintegration, sub="demo-two")
        assert await reads(other) == []
        assert (await other.post(place, json=JUSTIFIED)).status_code == 404
        assert slug(await far.post(place, json=JUSTIFIED)) == (409, "not-yours-to-judge")
        await demo(reintegration).put(at(case, "members", "demo-far"), json={}, headers=ANY)
        assert slug(await far.post(place, json=JUSTIFIED)) == (409, "not-yours-to-judge")
        for watcher in ("auditor", "admin"):
            (row,) = await reads(reintegration.client(watcher))
            assert (row["reason"], row["awaits_me"]) == (WHY, None)
            assert (await reintegration.client(watcher).post(place, json=JUSTIFIED)).status_code == 403

    async def test_what_nobody_judged_in_time_says_so(self, reintegration: Running) -> None:
        case = await opened(reintegration)
        await breaks(outsider(reintegration), case)
        async with make_owner_engine(reintegration) as owner, owner.begin() as connection:
            await connection.execute(text("update protection_emergency set review_by = now() - interval '1 minute'"))
        (row,) = await reads(reintegration.client("supervisor"))
        assert row["is_late"] is True

    async def test_the_list_goes_on_page_by_page(self, reintegration: Running) -> None:
        cases = [await opened(reintegration, phone=None, documents=[], returned_on=day(0)) for _ in range(3)]
        for case in cases:
            await breaks(outsider(reintegration), case)
        client, address, found = reintegration.client("supervisor"), f"{PLACE}?limit=2", []
        while address:
            body = (await client.get(address)).json()
            found += [one["case_id"] for one in body["items"]]
            address = body["next"]
        assert found == [case["id"] for case in reversed(cases)]


@pytest.mark.parametrize("judged", [set(), {"member"}, {"supervisor"}, {"member", "supervisor"}])
def test_whoever_judges_gives_one_word_and_never_their_own(judged: set[str]) -> None:
    for is_supervisor, is_member, is_own, has_judged in product((True, False), repeat=4):
        who = {"is_supervisor": is_supervisor, "is_member": is_member}
        voice = voice_of(**who, is_own=is_own, has_judged=has_judged, judged=judged)
        if is_own or has_judged or judged == {"member", "supervisor"}:
            assert voice is None
        if voice is not None:
            assert voice not in judged
            assert {Voice.MEMBER: is_member, Voice.SUPERVISOR: is_supervisor}[voice]
