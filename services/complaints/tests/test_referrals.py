"""A case goes to another body with the least it needs: consent, answers, silence, and what the receiver never sees. Over HTTP."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from contracts.days import DHAKA
from kit.policy import Policies, policies
from kit.timer import DueTimer
from runner.testing import Running
from services.complaints.referrals import rules as referral_rules
from services.complaints.referrals.lists import LISTS
from services.complaints.referrals.rules import NEXT, PARTS, Standing, may_be_revoked
from services.complaints.referrals.schemas import PackageOut
from services.complaints.referrals.service import REMIND, RETURN, give_back, remind

COMPLAINT: dict[str, Any] = {
    "channel": "phone",
    "category": "overcharged",
    "country": "SA",
    "district": "BD-08",
    "reporter": {"name": "রহিমা বেগম", "phone": "০১৭১২৩৪৫৬৭৮", "relation": "family"},
    "victim": {"name": "করিম মিয়া", "phone": "+966501234567"},
    "respondent": {"kind": "agency", "name": "Shapla Overseas (fictional)", "licence": "RL-0001"},
    "narrative": "পাঁচ লাখ টাকা নিয়েছে।",
}
TO_NGO: dict[str, Any] = {
    "to_kind": "ngo",
    "to_org": "ngo-one",
    "purpose": "legal_help",
    "consent": "said_yes",
    "summary": "Needs a lawyer before the hearing.",
}
TO_POLICE: dict[str, Any] = {
    "to_kind": "police",
    "to_name": "Police station, Cumilla",
    "purpose": "prosecution",
    "consent": "said_yes",
    "summary": "A sub-agent took money.",
}


@pytest.fixture
async def reference(complaints: Running) -> str:
    return str((await complaints.client("agent").post("/v1/complaints", json=COMPLAINT)).json()["reference"])


def officer(running: Running) -> httpx.AsyncClient:
    return running.client("officer", org=["bmet-complaints"], sub="officer-one")


def partner(running: Running, org: str = "ngo-one") -> httpx.AsyncClient:
    return running.client("ngo", org=[org], sub=f"worker-of-{org}")


async def refer(running: Running, reference: str, body: dict[str, Any], *, expect: int = 201, who: httpx.AsyncClient | None = None) -> Any:
    answer = await (who or officer(running)).post(f"/v1/complaints/{reference}/referrals", json=body)
    assert answer.status_code == expect, answer.text
    return answer.json()


async def received(running: Running, org: str = "ngo-one") -> dict[str, Any]:
    listed = (await partner(running, org).get("/v1/complaints/referrals")).json()["items"]
    found: dict[str, Any] = (await partner(running, org).get(f"/v1/complaints/referrals/{listed[0]['id']}")).json()
    return found


async def answer(running: Running, one: dict[str, Any], body: dict[str, Any], org: str = "ngo-one") -> httpx.Response:
    path = f"/v1/complaints/referrals/{one['id']}/answers"
    return await partner(running, org).post(path, json=body, headers={"If-Match": f'"{one["version"]}"'})


class TestTheLeast:
    async def test_a_purpose_sends_what_its_data_set_names(self, complaints: Running, reference: str) -> None:
        await refer(complaints, reference, TO_NGO)
        one = await received(complaints)
        assert one["package"]["victim_name"] == "করিম মিয়া"
        assert one["package"]["summary"] == "Needs a lawyer before the hearing."
        assert "রহিমা" not in str(one)
        assert "পাঁচ লাখ" not in str(one)
        assert reference not in str(one)
        sent = await refer(complaints, reference, TO_POLICE)
        assert sent["package"]["victim_name"] is None
        assert sent["package"]["victim_phone"] is None

    async def test_is_shown_while_the_sharing_policy_allows_it(
        self, complaints: Running, reference: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Another version of the policy, another answer, though the package lies there as it was sent."""
        await refer(complaints, reference, TO_NGO)
        assert (await received(complaints))["package"]["victim_phone"] is not None
        known = policies().versions("partners")[0]
        kept = {"helper-knows-the-complaint-with-consent": ("classification",)}
        narrower = known.model_copy(
            update={"rules": tuple(one.model_copy(update={"fields": kept.get(one.id, one.fields)}) for one in known.rules)}
        )
        monkeypatch.setattr(referral_rules, "policies", lambda: Policies([narrower]))
        package = (await received(complaints))["package"]
        assert {name for name, value in package.items() if value is not None} == {"category", "country", "district", "sex", "age_band"}
        newest = (await complaints.rows("access_log where record_type = 'referral' order by at desc, id desc"))[0]
        assert newest.fields == ["classification"]
        decided = (await complaints.client("auditor").get("/v1/complaints/sharing-decisions?organisation=ngo-one")).json()["items"]
        (narrow, wide), told = decided, {"purpose": "referral", "record_type": "received.complaint", "records": 1}
        assert narrow["allowed"] == ["classification"]
        assert (wide["denied"], set(narrow["denied"]) | set(narrow["allowed"])) == ([], set(wide["allowed"]))
        assert {name: wide[name] for name in told} == told
        assert (await partner(complaints).get("/v1/complaints/sharing-decisions")).status_code == 403

    def test_each_field_of_the_policy_stands_for_parts_of_the_package(self) -> None:
        known = policies().versions("partners")[0].fields_of("referral", type="received.complaint")
        assert set(PARTS) == known
        assert {part for parts in PARTS.values() for part in parts} == set(PackageOut.model_fields)

    async def test_the_receiver_sees_nothing_else_of_the_complaint(self, complaints: Running, reference: str) -> None:
        await refer(complaints, reference, TO_NGO)
        assert (await partner(complaints).get(f"/v1/complaints/{reference}")).status_code == 404
        assert (await partner(complaints).get("/v1/complaints")).json()["items"] == []

    async def test_nobody_else_sees_it(self, complaints: Running, reference: str) -> None:
        await refer(complaints, reference, TO_NGO)
        one = await received(complaints)
        for other in (partner(complaints, "ngo-two"), complaints.client("officer", org=["ngo-one"]), complaints.client("demo")):
            assert (await other.get("/v1/complaints/referrals")).json()["items"] == []
            assert (await other.get(f"/v1/complaints/referrals/{one['id']}")).status_code == 404

    async def test_it_lies_sealed_in_both_records(self, complaints: Running, reference: str) -> None:
        await refer(complaints, reference, TO_NGO)
        for table in ("referral", "referral_received", "happening", "timer"):
            stored = await complaints.raw(table)
            assert "করিম".encode() not in stored
            assert b"lawyer" not in stored

    def test_no_data_set_holds_how_a_person_stands_to_immigration(self) -> None:
        assert {field for one in LISTS.purposes for field in one.fields} <= {
            "classification",
            "allegation",
            "respondent",
            "victim.identity",
            "victim.contact",
        }


class TestConsent:
    @pytest.mark.parametrize("to_kind", [one.code for one in LISTS.bodies if one.needs_consent])
    async def test_without_it_nothing_leaves_the_offices(self, complaints: Running, reference: str, to_kind: str) -> None:
        refused = await refer(complaints, reference, TO_NGO | {"to_kind": to_kind, "consent": "not_needed"}, expect=409)
        assert refused["type"].endswith("consent-needed")
        assert await complaints.count("referral_received") == 0

    async def test_an_office_that_handles_complaints_needs_none_but_for_a_restricted_one(self, complaints: Running, reference: str) -> None:
        to_wing = {"to_kind": "wing", "to_office": "wing-SA", "purpose": "handling", "consent": "not_needed", "summary": "Call him."}
        await refer(complaints, reference, to_wing)
        strict = (await complaints.client("agent").post("/v1/complaints", json=COMPLAINT | {"category": "trafficking"})).json()["reference"]
        refused = await refer(complaints, strict, to_wing, expect=409, who=complaints.client("supervisor"))
        assert refused["type"].endswith("consent-needed")

    async def test_taken_back_it_is_gone_from_the_receiver(self, complaints: Running, reference: str) -> None:
        sent = await refer(complaints, reference, TO_NGO)
        one = await received(complaints)
        path = f"/v1/complaints/{reference}/referrals/{sent['id']}/revocation"
        revoked = await officer(complaints).post(path, headers={"If-Match": '"1"'})
        assert revoked.json()["standing"] == "revoked"
        assert (await partner(complaints).get("/v1/complaints/referrals")).json()["items"] == []
        assert (await partner(complaints).get(f"/v1/complaints/referrals/{one['id']}")).status_code == 404
        assert (await answer(complaints, one, {"answer": "accepted"})).status_code == 404

    async def test_what_the_person_says_is_a_consent_and_its_withdrawal_ends_the_sharing(self, complaints: Running, reference: str) -> None:
        await refer(complaints, reference, TO_NGO)
        one = await received(complaints)
        kept = (await officer(complaints).get(f"/v1/complaints/{reference}/consents")).json()["items"]
        assert [(each["purpose"], each["recipient"]) for each in kept] == [("referral", "ngo-one")]
        path = f"/v1/complaints/{reference}/consents/{kept[0]['id']}/withdrawal"
        assert (await officer(complaints).post(path)).status_code == 201
        assert (await partner(complaints).get("/v1/complaints/referrals")).json()["items"] == []
        assert (await partner(complaints).get(f"/v1/complaints/referrals/{one['id']}")).status_code == 404
        assert (await answer(complaints, one, {"answer": "accepted"})).status_code == 404
        (sent,) = (await officer(complaints).get(f"/v1/complaints/{reference}/referrals")).json()["items"]
        assert sent["standing"] == "revoked"

    async def test_to_the_police_no_note_goes_that_may_tell_of_papers(self, complaints: Running) -> None:
        note = {"safe_contact": {"may_call": True, "note": "কাগজপত্র নেই, লুকিয়ে আছেন"}}
        lodged = await complaints.client("agent").post("/v1/complaints", json=COMPLAINT | note)
        reference = str(lodged.json()["reference"])
        police = TO_POLICE | {"purpose": "protection"}
        without = await refer(complaints, reference, police)
        assert (without["package"]["contact_note"], without["package"]["victim_phone"]) == (None, "+966501234567")
        said = {"purpose": "immigration_status", "recipient": "police"}
        assert (await officer(complaints).post(f"/v1/complaints/{reference}/consents", json=said)).status_code == 201
        assert (await refer(complaints, reference, police))["package"]["contact_note"] == "কাগজপত্র নেই, লুকিয়ে আছেন"

    async def test_one_in_force_covers_the_next_referral(self, complaints: Running, reference: str) -> None:
        await refer(complaints, reference, TO_NGO)
        await refer(complaints, reference, TO_NGO | {"consent": "not_needed", "summary": "Once more."})
        assert await complaints.count("consent") == 1
        assert {one.consent for one in await complaints.rows("referral")} == {"said_yes"}


class TestAnswers:
    async def test_accepted_done_and_confirmed_by_the_person(self, complaints: Running, reference: str) -> None:
        sent = await refer(complaints, reference, TO_NGO)
        assert (await answer(complaints, await received(complaints), {"answer": "accepted"})).status_code == 200
        done = {"answer": "done", "outcome": "helped", "words": "উকিল দেওয়া হয়েছে"}
        assert (await answer(complaints, await received(complaints), done)).json()["standing"] == "done"
        shown = (await officer(complaints).get(f"/v1/complaints/{reference}/referrals")).json()["items"][0]
        assert (shown["standing"], shown["outcome"], shown["answer_words"]) == ("done", "helped", "উকিল দেওয়া হয়েছে")
        path = f"/v1/complaints/{reference}/referrals/{sent['id']}/confirmation"
        confirmed = await officer(complaints).post(path, json={"confirmed": "no"}, headers={"If-Match": f'"{shown["version"]}"'})
        assert confirmed.json()["confirmed"] == "no"

    async def test_each_is_told_once(self, complaints: Running, reference: str) -> None:
        await refer(complaints, reference, TO_NGO)
        one = await received(complaints)
        assert (await answer(complaints, one, {"answer": "accepted"})).status_code == 200
        assert (await answer(complaints, one, {"answer": "accepted"})).status_code == 412
        async with complaints.sessions() as session:
            rows = await session.execute(
                text("select convert_from(envelope, 'utf8')::jsonb from outbox where nats_subject = 'complaints.referral.answered.v1'")
            )
            told = [row[0]["data"] for row in rows]
        assert [(one["to"], one["answer"]) for one in told] == [("ngo", "accepted")]

    async def test_a_refusal_has_its_reason_and_ends_it(self, complaints: Running, reference: str) -> None:
        await refer(complaints, reference, TO_NGO)
        one = await received(complaints)
        assert (await answer(complaints, one, {"answer": "declined"})).status_code == 422
        assert (await answer(complaints, one, {"answer": "done", "outcome": "helped"})).json()["type"].endswith("not-this-answer")
        declined = await answer(complaints, one, {"answer": "declined", "reason": "no_capacity"})
        assert declined.json()["next_answers"] == []

    async def test_another_organization_answers_nothing(self, complaints: Running, reference: str) -> None:
        await refer(complaints, reference, TO_NGO)
        one = await received(complaints)
        assert (await answer(complaints, one, {"answer": "accepted"}, "ngo-two")).status_code == 404

    async def test_a_letter_is_answered_by_the_sender(self, complaints: Running, reference: str) -> None:
        sent = await refer(complaints, reference, TO_POLICE)
        assert (sent["is_letter"], sent["to"]["en"]) == (True, "Police station, Cumilla")
        path = f"/v1/complaints/{reference}/referrals/{sent['id']}/answers"
        taken = await officer(complaints).post(path, json={"answer": "accepted", "words": "GD 112"}, headers={"If-Match": '"1"'})
        assert (taken.status_code, taken.json()["standing"], taken.json()["answer_words"]) == (200, "accepted", "GD 112")


class TestSilence:
    async def fire(self, running: Running, sent: dict[str, Any], kind: str) -> None:
        handler = {REMIND: remind, RETURN: give_back}[kind]
        async with running.sessions.begin() as session:
            due = await session.scalar(text("select due from timer where kind = :kind"), {"kind": kind})
            await handler(session, DueTimer(uuid4(), due, kind, UUID(sent["id"]), {}, 0))

    async def test_the_sender_is_reminded_and_then_has_it_back(self, complaints: Running, reference: str) -> None:
        sent = await refer(complaints, reference, TO_NGO)
        for kind in (REMIND, RETURN, RETURN):
            await self.fire(complaints, sent, kind)
        shown = (await officer(complaints).get(f"/v1/complaints/{reference}/referrals")).json()["items"][0]
        assert shown["standing"] == "returned"
        assert sorted(one.kind for one in await complaints.rows("redress_task")) == ["referral_returned", "referral_waiting"]
        late = await answer(complaints, await received(complaints), {"answer": "accepted"})
        assert late.json()["standing"] == "accepted"

    async def test_whoever_answered_is_left_alone(self, complaints: Running, reference: str) -> None:
        sent = await refer(complaints, reference, TO_NGO)
        await answer(complaints, await received(complaints), {"answer": "accepted"})
        for kind in (REMIND, RETURN):
            await self.fire(complaints, sent, kind)
        assert await complaints.count("redress_task") == 0


class TestWhoMaySend:
    async def test_not_to_itself_nor_to_the_office_it_is_about(self, complaints: Running, reference: str) -> None:
        to = {"to_kind": "bmet", "to_office": "bmet-complaints", "purpose": "handling", "consent": "not_needed", "summary": "Look."}
        assert (await refer(complaints, reference, to, expect=409))["type"].endswith("wrong-receiver")

    async def test_not_by_another_office(self, complaints: Running, reference: str) -> None:
        wing = complaints.client("wing", countries=["SA"])
        assert (await refer(complaints, reference, TO_NGO, expect=409, who=wing))["type"].endswith("not-in-your-hands")

    @pytest.mark.parametrize("changes", [{"to_office": "wing-SA"}, {"to_org": None}, {"to_kind": "moon"}, {"purpose": "gossip"}])
    async def test_one_receiver_and_known_words(self, complaints: Running, reference: str, changes: dict[str, Any]) -> None:
        await refer(complaints, reference, TO_NGO | changes, expect=422)

    def test_an_end_is_an_end(self) -> None:
        for standing in Standing:
            assert may_be_revoked(standing) == bool(NEXT[standing])


class TestNationalGrs:
    async def steps(self, running: Running, reference: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.desk(running).get(f"/v1/complaints/{reference}/grs")).json()
        return found

    def desk(self, running: Running) -> httpx.AsyncClient:
        return running.client("officer", org=["control-room"], sub="control")

    async def lodged(self, running: Running, **changes: Any) -> str:
        about = {"category": "office_service", "respondent": {"kind": "office", "office": "demo-BD-08"}}
        return str((await running.client("agent").post("/v1/complaints", json=COMPLAINT | about | changes)).json()["reference"])

    async def test_goes_up_step_by_step_with_each_limit(self, complaints: Running) -> None:
        reference = await self.lodged(complaints)
        desk, path = self.desk(complaints), f"/v1/complaints/{reference}/grs/steps"
        today = datetime.now(DHAKA).date()
        for level, limit in (("gro", 30), ("appeal", 20), ("cabinet", None)):
            begun = await desk.post(path, json={"begun_on": today.isoformat(), "tracking": f"GRS-{level}"})
            assert begun.status_code == 201, begun.text
            step = begun.json()
            assert (step["level"], step["limit_days"], step["tracking"]) == (level, limit, f"GRS-{level}")
            assert (step["due_on"] is None) == (limit is None)
            assert (step["limit_note"] is None) == (limit is not None)
            if limit:
                assert step["due_on"] >= (today + timedelta(days=limit)).isoformat()
            early = await desk.post(path, json={"begun_on": today.isoformat()})
            assert early.json()["type"].endswith("no-next-step")
            ended = await desk.post(f"{path}/{step['id']}", json={"outcome": "not_satisfied"}, headers={"If-Match": '"1"'})
            assert ended.json()["outcome"] == "not_satisfied"
        top = await self.steps(complaints, reference)
        assert (top["may_step"], top["why_not"]) == (False, "at_the_top")
        assert b"GRS-gro" not in await complaints.raw("grs_step")

    async def test_never_to_the_office_it_is_about(self, complaints: Running) -> None:
        reference = await self.lodged(complaints)
        demo = complaints.client("demo", districts=["BD-08"])
        assert (await demo.get(f"/v1/complaints/{reference}/grs")).status_code == 404
        assert (await demo.post(f"/v1/complaints/{reference}/grs/steps", json={"begun_on": "2026-11-20"})).status_code == 404

    async def test_a_complaint_about_an_agency_does_not_go_this_way(self, complaints: Running, reference: str) -> None:
        refused = await officer(complaints).post(f"/v1/complaints/{reference}/grs/steps", json={"begun_on": "2026-11-20"})
        assert refused.json()["type"].endswith("no-next-step")
