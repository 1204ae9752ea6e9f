"""A victim's case: seen by its members alone, found by a trained person alone, and help that depends on nothing."""

import inspect
from itertools import product
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from contracts.reintegration import VictimHelpGiven, VictimIdentified
from kit.testing.days import day, today
from runner.testing import Running
from services.reintegration.protection import rules, service
from services.reintegration.protection.lists import PROTECTION
from services.reintegration.tests.test_endpoints import URL, demo, register, told
from services.reintegration.tests.test_referrals import PROVIDER

ANY = {"If-Match": "*"}
AGREED = {"purpose": "protection", "granted": True, "way": "signature"}
WHY = "পাসপোর্ট কেড়ে নিয়ে আটকে রাখা হয়েছিল"
FOUND = {"finding": "trafficking", "forms": ["forced_labour"], "reasons": WHY}


async def train(running: Running, account: str = "demo", **changes: Any) -> httpx.Response:
    said = {"training": "identification", "trained_on": "2026-01-10", **changes}
    return await running.client("supervisor").put(f"{URL}/trained-officers/{account}", json=said)


async def opened(running: Running, **changes: Any) -> dict[str, Any]:
    officer = demo(running)
    reference = (await register(officer, **changes))["reference"]
    answer = await officer.post(f"{URL}/{reference}/protection")
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def at(case: dict[str, Any], *rest: str) -> str:
    return "/".join((f"{URL}/protection/{case['id']}", *rest))


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit(":", 1)[1]


class TestWhoSeesIt:
    async def test_another_officer_of_the_same_desk_learns_nothing_of_it(self, reintegration: Running) -> None:
        case = await opened(reintegration)
        other = demo(reintegration, sub="demo-two")
        assert (await other.get(at(case))).status_code == 404
        assert (await other.get(f"{URL}/protection")).json()["items"] == []
        for change, body in (("indicators", {"answers": {"debt": "yes"}}), ("testimony", {"answer": "agrees"})):
            assert (await other.put(at(case, change), json=body, headers=ANY)).status_code == 404
        assert (await other.put(at(case, "members", "demo-two"), json={}, headers=ANY)).status_code == 404
        shown = (await other.get(f"{URL}/{case['returnee_reference']}")).text
        assert case["reference"] not in shown
        assert "protection" not in shown

    async def test_its_members_and_a_supervisor_do(self, reintegration: Running) -> None:
        case = await opened(reintegration)
        officer, other = demo(reintegration), demo(reintegration, sub="demo-two")
        joined = await officer.put(at(case, "members", "demo-two"), json={}, headers={"If-Match": '"1"'})
        assert joined.json()["members"] == ["demo", "demo-two"]
        assert (await other.get(at(case))).json()["name"] == "Abdul Karim (fictional)"
        assert (await reintegration.client("supervisor").get(at(case))).status_code == 200
        await other.put(at(case, "members", "demo"), json={"on": False}, headers=ANY)
        assert (await officer.get(at(case))).status_code == 404
        assert slug(await other.put(at(case, "members", "demo-two"), json={"on": False}, headers=ANY)) == (409, "last-member")

    async def test_the_record_itself_is_narrowed(self, reintegration: Running) -> None:
        case = await opened(reintegration)
        welfare = reintegration.client("wewb", sub="wewb")
        assert (await welfare.get(f"{URL}/{case['returnee_reference']}")).status_code == 404
        assert (await demo(reintegration).get(f"{URL}/{case['returnee_reference']}")).json()["restricted"] is True

    async def test_one_at_a_time(self, reintegration: Running) -> None:
        case = await opened(reintegration)
        again = await demo(reintegration, sub="demo-two").post(f"{URL}/{case['returnee_reference']}/protection")
        assert slug(again) == (409, "protected-case-open")

    async def test_each_look_is_noted_and_nothing_told_lies_open(self, reintegration: Running) -> None:
        await train(reintegration)
        case = await opened(reintegration)
        officer = demo(reintegration)
        await officer.get(at(case))
        await officer.post(at(case, "identification"), json=FOUND, headers=ANY)
        async with reintegration.sessions() as session:
            seen = await session.scalar(text("select count(*) from access_log where record_type = 'protected_case'"))
        assert seen == 3
        for table in ("victim_case", "victim_identification", "outbox"):
            assert "আটকে".encode() not in await reintegration.raw(table)


class TestIdentification:
    async def test_only_a_trained_person_records_one(self, reintegration: Running) -> None:
        case = await opened(reintegration)
        officer = demo(reintegration)
        assert case["may_identify"] is False
        assert slug(await officer.post(at(case, "identification"), json=FOUND, headers=ANY)) == (409, "not-trained")
        assert (await train(reintegration, until=day(0))).status_code == 200
        assert slug(await officer.post(at(case, "identification"), json=FOUND, headers=ANY)) == (409, "not-trained")
        await train(reintegration)
        answer = await officer.post(at(case, "identification"), json=FOUND, headers=ANY)
        assert answer.json()["finding"]["code"] == "trafficking"
        assert answer.json()["identifications"][0]["reasons"] == WHY
        (event,) = [one for one in await told(reintegration) if one["type"] == VictimIdentified.type]
        assert (event["restricted"], event["data"]["forms"]) == (True, ["forced_labour"])
        assert "district" not in event["data"]

    async def test_no_sign_and_no_number_of_signs_finds_anything(self, reintegration: Running) -> None:
        case = await opened(reintegration)
        every = {"answers": dict.fromkeys((one.code for one in PROTECTION.indicators), "yes")}
        after = (await demo(reintegration).put(at(case, "indicators"), json=every, headers=ANY)).json()
        assert len(after["indicators"]) == len(PROTECTION.indicators)
        assert (after["finding"], after["identifications"]) == (None, [])

    async def test_smuggling_is_kept_apart(self, reintegration: Running) -> None:
        await train(reintegration)
        case = await opened(reintegration)
        officer = demo(reintegration)
        smuggled = {"finding": "smuggling", "reasons": WHY}
        assert slug(await officer.post(at(case, "identification"), json={**smuggled, "forms": ["sexual"]}, headers=ANY))[0] == 409
        assert (await officer.post(at(case, "identification"), json=smuggled, headers=ANY)).status_code == 200
        assert [one for one in await told(reintegration) if one["type"] == VictimIdentified.type] == []
        assert slug(await officer.post(at(case, "identification"), json={**FOUND, "forms": []}, headers=ANY))[0] == 409
        both = (await officer.post(at(case, "identification"), json=FOUND, headers=ANY)).json()["identifications"]
        assert [one["finding"]["code"] for one in both] == ["trafficking", "smuggling"]

    async def test_what_was_found_is_never_rewritten(self, reintegration: Running) -> None:
        async with reintegration.sessions() as session:
            held = [
                await session.scalar(text(f"select has_table_privilege('victim_identification', '{right}')"))
                for right in ("update", "delete")
            ]
        assert held == [False, False]


EVERY = list(product([one.code for one in PROTECTION.testimony], [None, "trafficking", "smuggling", "neither"]))


class TestHelp:
    async def test_never_depends_on_testimony_nor_on_what_was_found(self, reintegration: Running) -> None:
        await train(reintegration)
        case = await opened(reintegration)
        officer = demo(reintegration)
        await officer.post(f"{URL}/{case['returnee_reference']}/consents", json=AGREED)
        for testimony, finding in EVERY:
            await officer.put(at(case, "testimony"), json={"answer": testimony}, headers=ANY)
            if finding:
                said = {**FOUND, "finding": finding, "forms": ["sexual"] if finding == "trafficking" else []}
                assert (await officer.post(at(case, "identification"), json=said, headers=ANY)).status_code == 200
            for kind in ("shelter_home", "treatment", "legal_advice", "training"):
                answer = await officer.post(at(case, "steps"), json={"kind": kind}, headers=ANY)
                assert answer.status_code == 200, (testimony, finding, kind, answer.text)

    def test_what_judges_a_step_is_told_of_neither(self) -> None:
        assert set(inspect.signature(rules.check_step).parameters) == {"needs_consent", "consented"}
        assert "testimony" not in inspect.getsource(service.add_step) + inspect.getsource(service.set_step)

    async def test_shelter_and_health_wait_for_nothing_and_the_rest_for_consent(self, reintegration: Running) -> None:
        case = await opened(reintegration)
        officer = demo(reintegration)
        for kind in ("safety_plan", "shelter_home", "treatment", "session"):
            assert (await officer.post(at(case, "steps"), json={"kind": kind}, headers=ANY)).status_code == 200
        assert slug(await officer.post(at(case, "steps"), json={"kind": "police_report"}, headers=ANY)) == (409, "protection-consent")
        given_ = await officer.post(f"{URL}/{case['returnee_reference']}/consents", json=AGREED)
        assert (await officer.post(at(case, "steps"), json={"kind": "police_report"}, headers=ANY)).status_code == 200
        await officer.post(f"{URL}/{case['returnee_reference']}/consents/{given_.json()['id']}/withdraw")
        assert slug(await officer.post(at(case, "steps"), json={"kind": "legal_advice"}, headers=ANY)) == (409, "protection-consent")

    async def test_a_day_in_court_is_moved_and_compensation_followed_until_paid(self, reintegration: Running) -> None:
        case = await opened(reintegration)
        officer = demo(reintegration)
        await officer.post(f"{URL}/{case['returnee_reference']}/consents", json=AGREED)
        assert (await officer.post(at(case, "steps"), json={"kind": "hearing"}, headers=ANY)).status_code == 422
        first, later = (day(days) for days in (10, 40))
        (step,) = (await officer.post(at(case, "steps"), json={"kind": "hearing", "due_on": first}, headers=ANY)).json()["steps"]
        assert (await officer.get(f"{URL}/protection")).json()["items"][0]["next_on"] == first
        moved = await officer.put(at(case, "steps", step["id"]), json={"state": "planned", "due_on": later}, headers=ANY)
        assert moved.json()["next_on"] == later
        sum_ = {"kind": "paid", "amount": 5_000_000, "currency": "BDT"}
        steps = (await officer.post(at(case, "steps"), json=sum_, headers=ANY)).json()["steps"]
        await officer.put(at(case, "steps", steps[-1]["id"]), json={"state": "given"}, headers=ANY)
        (event,) = [one["data"] for one in await told(reintegration) if one["type"] == VictimHelpGiven.type]
        assert (event["area"], event["amount"], event["currency"]) == ("compensation", 5_000_000, "BDT")
        assert slug(await officer.post(at(case, "closing"), json={"reason": "stands_alone"}, headers=ANY)) == (409, "protection-steps-open")
        await officer.put(at(case, "steps", step["id"]), json={"state": "declined"}, headers=ANY)
        closed = await officer.post(at(case, "closing"), json={"reason": "stands_alone"}, headers=ANY)
        assert closed.json()["closing_reason"]["code"] == "stands_alone"
        assert slug(await officer.post(at(case, "steps"), json={"kind": "treatment"}, headers=ANY)) == (409, "protected-case-closed")

    async def test_a_body_that_closed_and_a_currency_that_is_none(self, reintegration: Running) -> None:
        case = await opened(reintegration)
        officer = demo(reintegration)
        closed = {**PROVIDER, "closed_from": day(-1)}
        provider = (await officer.post(f"{URL}/providers", json=closed)).json()
        with_body = {"kind": "treatment", "provider_id": provider["id"]}
        assert slug(await officer.post(at(case, "steps"), json=with_body, headers=ANY)) == (409, "provider-closed")
        sum_ = {"kind": "treatment", "amount": 5, "currency": "XXX"}
        assert (await officer.post(at(case, "steps"), json=sum_, headers=ANY)).status_code == 422


class TestFigures:
    COUNTS = st.lists(st.sampled_from(["female", "male"]), max_size=40)

    @given(COUNTS)
    def test_a_small_count_is_never_told(self, people: list[str]) -> None:
        cells = [("all", "", len(people)), *(("sex", sex, people.count(sex)) for sex in set(people))]
        told_ = service.told(cells)
        assert all(count is None or count == 0 or count >= 10 for _, _, count in told_)
        parts = [count for dimension, _, count in told_ if dimension == "sex"]
        assert parts.count(None) != 1

    @pytest.mark.parametrize(("written", "first"), [("2026-H1", "2026-01-01"), ("২০২৬-H2", "2026-07-01"), ("2026-h1", "2026-01-01")])
    def test_a_half_year_in_either_script(self, written: str, first: str) -> None:
        assert rules.half_year(written)[0].isoformat() == first

    async def test_of_a_half_year_that_is_over(self, reintegration: Running) -> None:
        await train(reintegration)
        officer, analyst = demo(reintegration), reintegration.client("analyst")
        for number in range(12):
            sex = "female" if number < 11 else "male"
            case = await opened(reintegration, sex=sex, name=f"Person {number} (fictional)")
            step = (await officer.post(at(case, "steps"), json={"kind": "treatment"}, headers=ANY)).json()["steps"][0]
            await officer.put(at(case, "steps", step["id"]), json={"state": "given"}, headers=ANY)
            await officer.post(at(case, "identification"), json=FOUND, headers=ANY)
        half = f"{today().year}-H{1 if today().month <= 6 else 2}"
        assert slug(await analyst.get(f"{URL}/protection/figures?half={half}")) == (409, "half-year-not-over")
        async with reintegration.sessions.begin() as session:
            await session.execute(text("update victim_case set identified_at = '2026-03-01 12:00+06'"))
            await session.execute(text("update victim_step set given_at = '2026-03-02 12:00+06'"))
        items = (await analyst.get(f"{URL}/protection/figures?half=2026-H1")).json()["items"]
        counted = {(one["dimension"], one["value"]): one["people"] for one in items}
        assert counted[("all", "")] == 12
        assert counted[("form", "forced_labour")] == counted[("help", "health")] == 12
        assert (counted[("sex", "female")], counted[("sex", "male")]) == (None, None)
        assert counted[("smuggled", "")] == 0
        assert (await analyst.get(f"{URL}/protection/figures?half=2026-H3")).status_code == 422
        assert (await officer.get(f"{URL}/protection/figures?half=2026-H1")).status_code == 403
