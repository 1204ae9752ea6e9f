"""From the first officer to the decision, over HTTP: who may, what it leads to, and what is refused in which words."""

import asyncio
from typing import Any, ClassVar
from uuid import uuid4

import httpx
from sqlalchemy import text

from runner.testing import Running
from services.complaints.lifecycle.tests.conftest import People


async def events(running: Running, kind: str) -> list[dict[str, Any]]:
    async with running.sessions() as session:
        rows = await session.execute(text("select convert_from(envelope, 'utf8')::jsonb from outbox order by position"))
        return [row for row in rows.scalars() if row["type"] == f"bd.probashi.complaints.{kind}.v1"]


class TestHands:
    async def test_an_officer_takes_what_nobody_works_on(self, people: People) -> None:
        reference = await people.lodge()
        done = await people.does("bmet-one", reference, "take")
        assert (done["status"], done["assigned"], done["version"]) == ("assigned", True, 2)

    async def test_another_office_may_not(self, people: People) -> None:
        reference = await people.lodge()
        answer = await people.tries("wing-riyadh", reference, "take")
        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:probashi:problem:act-not-possible"
        assert "office that holds it" in answer.json()["detail"]

    async def test_of_two_at_once_one_wins_and_nothing_is_lost(self, people: People) -> None:
        reference = await people.lodge()
        answers = await asyncio.gather(*(people.tries(who, reference, "take", version='"1"') for who in ("bmet-one", "bmet-two")))
        assert sorted(one.status_code for one in answers) == [201, 412]
        history = await people.reads("supervisor", f"/{reference}/history")
        assert [one["kind"] for one in history["items"]] == ["lodged", "taken"]

    async def test_a_change_says_which_version_it_saw(self, people: People) -> None:
        reference = await people.lodge()
        none = await people["bmet-one"].post(f"/v1/complaints/{reference}/actions/take", json={})
        stale = await people.tries("bmet-one", reference, "take", version='"7"')
        assert (none.status_code, stale.status_code) == (428, 412)

    async def test_the_same_press_twice_is_one_act(self, people: People) -> None:
        reference, key = await people.lodge(), str(uuid4())
        first = await people.tries("bmet-one", reference, "take", version='"1"', key=key)
        again = await people.tries("bmet-one", reference, "take", version='"1"', key=key)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()

    async def test_a_colleague_is_somebody_seen_in_that_office(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        stranger = await people.tries("bmet-one", reference, "assign", colleague="appeals-one")
        assert (stranger.status_code, stranger.json()["errors"][0]["pointer"]) == (422, "/colleague")
        await people.does("bmet-two", await people.lodge(), "take")
        known = await people.reads("bmet-one", f"/{reference}/colleagues")
        assert {one["account"] for one in known["items"]} == {"bmet-one", "bmet-two"}
        await people.does("bmet-one", reference, "assign", colleague="bmet-two", note="ছুটিতে যাচ্ছি")
        assert (await people.tries("bmet-one", reference, "start-investigation")).status_code == 409
        await people.does("bmet-two", reference, "start-investigation")

    async def test_handed_back_it_is_the_offices(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        done = await people.does("bmet-one", reference, "hand-back", note="আমার আত্মীয়")
        assert (done["status"], done["assigned"]) == ("lodged", False)
        await people.does("bmet-two", reference, "take")


class TestTransfer:
    async def test_it_stays_in_hand_until_the_other_office_accepts(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        asked = await people.does("bmet-one", reference, "transfer", office="wing-LB", reason="নিয়োগকর্তা লেবাননে")
        assert (asked["office"], asked["assigned"]) == ("bmet-complaints", True)
        accepted = await people.does("wing-beirut", reference, "accept-transfer")
        assert (accepted["office"], accepted["assigned"], accepted["status"]) == ("wing-LB", False, "lodged")
        assert (await people.tries("bmet-one", reference, "take")).status_code in {404, 409}

    async def test_the_other_office_may_send_it_back(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "transfer", office="wing-LB", reason="x")
        await people.does("wing-beirut", reference, "refuse-transfer", reason="আমাদের দেশ নয়")
        read = await people.reads("bmet-one", f"/{reference}")
        assert (read["office"], read["transfer_to"]) == ("bmet-complaints", None)
        assert (await people["wing-beirut"].get(f"/v1/complaints/{reference}")).status_code == 404

    async def test_an_office_never_gets_a_complaint_about_itself(self, people: People) -> None:
        about = {"kind": "office", "office": "wing-SA"}
        reference = await people.lodge(category="office_service", respondent=about)
        answer = await people.tries("control", reference, "transfer", office="wing-SA", reason="x")
        assert answer.status_code == 409
        assert "about itself" in answer.json()["detail"]

    async def test_the_first_office_is_never_the_one_it_is_about(self, people: People) -> None:
        reference = await people.lodge(category="wages", respondent={"kind": "office", "office": "wing-SA"})
        assert (await people.reads("agent", f"/{reference}"))["office"] == "control-room"
        against_the_fallback = await people.lodge(category="office_service", respondent={"kind": "office", "office": "control-room"})
        assert (await people.reads("agent", f"/{against_the_fallback}"))["office"] == "bmet-complaints"

    async def test_only_one_at_a_time_and_it_may_be_recalled(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "transfer", office="wing-LB", reason="x")
        assert (await people.tries("bmet-one", reference, "transfer", office="wing-SA", reason="x")).status_code == 409
        await people.does("bmet-two", reference, "recall-transfer")
        assert (await people.tries("wing-beirut", reference, "accept-transfer")).status_code == 404


class TestInvestigation:
    async def test_its_two_days_are_kept(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        assert (await people.does("bmet-one", reference, "start-investigation"))["status"] == "investigating"
        done = await people.does("bmet-one", reference, "complete-investigation", finding="সত্য")
        assert done["status"] == "assigned"
        read = await people.reads("bmet-one", f"/{reference}")
        assert read["investigation_started_at"] < read["investigated_at"]
        assert (await people.tries("bmet-one", reference, "start-investigation")).status_code == 409

    async def test_waiting_pauses_it_and_it_goes_on_where_it_was(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        await people.does("bmet-one", reference, "start-investigation")
        assert (await people.does("bmet-one", reference, "wait", reason="রশিদ চাই"))["status"] == "waiting"
        assert (await people.does("agent", reference, "resume", note="রশিদ এসেছে"))["status"] == "investigating"

    async def test_a_remark_moves_nothing(self, people: People) -> None:
        reference = await people.lodge()
        done = await people.does("agent", reference, "comment", note="ফোন করেছিলেন")
        assert (done["status"], done["version"]) == ("lodged", 2)

    async def test_the_allegation_is_what_the_respondent_reads(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        await people.does("bmet-one", reference, "write-allegation", allegation="অনুমোদিত ব্যয়ের অতিরিক্ত নেওয়া")
        seen = await people.reads("agency-one", f"/{reference}")
        assert seen["allegation"] == "অনুমোদিত ব্যয়ের অতিরিক্ত নেওয়া"
        assert (seen["narrative"], seen["reporter"]["phone"], seen["victim"]["phone"]) == (None, None, None)


class TestHearings:
    AT = "2026-12-20T10:00:00+06:00"

    async def test_at_most_three_an_adjourned_one_counts(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        for number in (1, 2, 3):
            scheduled = await people.does("bmet-one", reference, "schedule-hearing", at=self.AT, mode="phone", companion=True)
            assert scheduled["status"] == "hearing"
            if number == 2:
                await people.does("bmet-one", reference, "adjourn-hearing", reason="অভিযুক্ত আসেননি")
            else:
                came = {"complainant_came": True, "respondent_came": False}
                await people.does("bmet-one", reference, "hold-hearing", record="শোনা হলো", **came)
        answer = await people.tries("bmet-one", reference, "schedule-hearing", at=self.AT)
        assert answer.status_code == 409
        assert "charter" in answer.json()["detail"]
        listed = await people.reads("bmet-one", f"/{reference}/hearings")
        assert [one["state"] for one in listed["items"]] == ["held", "adjourned", "held"]

    async def test_no_decision_over_an_open_hearing(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        await people.does("bmet-one", reference, "schedule-hearing", at=self.AT)
        assert (await people.tries("bmet-one", reference, "propose", decision="upheld", summary="x")).status_code == 409

    async def test_the_place_is_sealed_and_not_for_the_respondent(self, people: People, complaints: Running) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        await people.does("bmet-one", reference, "schedule-hearing", at=self.AT, place="আশ্রয়কেন্দ্র, কক্ষ ৩")
        assert (await people.reads("agency-one", f"/{reference}/hearings"))["items"][0]["place"] is None
        assert (await people.reads("bmet-one", f"/{reference}/hearings"))["items"][0]["place"] == "আশ্রয়কেন্দ্র, কক্ষ ৩"
        assert "আশ্রয়কেন্দ্র".encode() not in await complaints.raw("hearing") + await complaints.raw("happening")

    async def test_in_a_restricted_case_the_parties_are_heard_apart(self, people: People) -> None:
        reference = await people.lodge(category="trafficking")
        await people.does("bmet-one", reference, "take")
        together = await people.tries("bmet-one", reference, "schedule-hearing", at=self.AT, apart=False)
        assert together.status_code == 409
        await people.does("bmet-one", reference, "schedule-hearing", at=self.AT)


class TestSettlement:
    TERMS: ClassVar[dict[str, Any]] = {
        "made_by": "shalish",
        "terms": "৮০,০০০ টাকা ফেরত",
        "agreed_on": "2026-11-20",
        "amount": 8_000_000,
        "currency": "BDT",
    }

    async def test_is_recorded_with_what_is_owed_and_waives_nothing(self, people: People, complaints: Running) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        await people.does("bmet-one", reference, "start-mediation")
        agree = {"complainant_agrees": True, "respondent_agrees": True, "due_on": "2027-01-31"}
        done = await people.does("bmet-one", reference, "settle", **self.TERMS, **agree)
        assert (done["status"], done["decision"]) == ("mediation", None)
        listed = await people.reads("bmet-one", f"/{reference}/settlements")
        assert listed["items"][0]["amount"] == 8_000_000
        assert "criminal case" in listed["waives"]["en"]
        assert "ফেরত".encode() not in await complaints.raw("settlement") + await complaints.raw("happening")

    async def test_is_none_where_one_party_does_not_want_it(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        unwilling: dict[str, Any] = {"complainant_agrees": False, "respondent_agrees": True}
        assert (await people.tries("bmet-one", reference, "settle", **self.TERMS, **unwilling)).status_code == 409

    async def test_never_of_abuse_or_trafficking(self, people: People) -> None:
        reference = await people.lodge(category="trafficking")
        await people.does("bmet-one", reference, "take")
        agree: dict[str, Any] = {"complainant_agrees": True, "respondent_agrees": True}
        for action, body in (("settle", self.TERMS | agree), ("start-mediation", {}), ("start-arbitration", {})):
            answer = await people.tries("bmet-one", reference, action, **body)
            assert answer.status_code == 409, action
            assert "never settled" in answer.json()["detail"]


class TestDecision:
    async def test_needs_two_persons(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        proposed = await people.does("bmet-one", reference, "propose", decision="upheld", summary="রশিদ আছে")
        assert (proposed["status"], proposed["decision"]) == ("for_approval", None)
        own = await people.tries("bmet-one", reference, "approve")
        assert own.status_code == 409
        assert "second person" in own.json()["detail"]
        assert (await people.tries("wing-riyadh", reference, "approve")).status_code == 409
        approved = await people.does("bmet-two", reference, "approve")
        assert (approved["status"], approved["decision"]) == ("resolved", "upheld")

    async def test_is_told_without_a_name(self, people: People, complaints: Running) -> None:
        await people.decided("upheld")
        (event,) = await events(complaints, "complaint.decided")
        assert (event["data"]["decision"], event["data"]["previous"], event["data"]["overturns"]) == ("upheld", None, False)
        assert event["data"]["respondent_licence"] == "RL-0001"

    async def test_may_be_sent_back(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        await people.does("bmet-one", reference, "start-investigation")
        await people.does("bmet-one", reference, "propose", decision="rejected", summary="x")
        done = await people.does("bmet-two", reference, "send-back", reason="সাক্ষী শোনা হয়নি")
        assert done["status"] == "investigating"
        await people.does("bmet-one", reference, "propose", decision="upheld", summary="y")

    async def test_is_one_of_those_that_its_kind_knows(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        assert (await people.tries("bmet-one", reference, "propose", decision="helped", summary="x")).status_code == 409

    async def test_of_a_restricted_case_names_its_checker_and_no_respondent(self, people: People, complaints: Running) -> None:
        reference = await people.lodge(category="trafficking")
        for who in ("bmet-two", "bmet-three"):
            await people.does(who, await people.lodge(), "take")
        await people.does("bmet-one", reference, "take")
        assert (await people.tries("bmet-one", reference, "propose", decision="upheld", summary="x")).status_code == 409
        await people.does("bmet-one", reference, "propose", decision="upheld", summary="x", checker="bmet-two")
        assert (await people.reads("bmet-two", f"/{reference}"))["narrative"] is not None
        assert (await people.reads("bmet-three", f"/{reference}"))["narrative"] is None
        assert (await people.tries("bmet-three", reference, "approve")).status_code == 409
        await people.does("bmet-two", reference, "approve")
        assert (await people.reads("bmet-two", f"/{reference}"))["narrative"] is None
        (event,) = await events(complaints, "complaint.decided")
        assert (event["data"]["respondent_licence"], event["data"]["respondent_kind"], event["restricted"]) == (None, None, True)

    async def test_a_case_ends_with_an_outcome_of_its_kind(self, people: People, complaints: Running) -> None:
        reference = await people.lodge(category="stranded")
        await people.does("wing-riyadh", reference, "take")
        assert (await people.tries("wing-riyadh", reference, "start-mediation")).status_code == 409
        unready = await people.tries("wing-riyadh", reference, "propose", decision="returned", summary="দেশে ফিরেছেন")
        assert unready.json()["type"].endswith("not-ready-to-close")
        await _help_is_given(people["wing-riyadh"], reference)
        await people.does("wing-riyadh", reference, "propose", decision="returned", summary="দেশে ফিরেছেন")
        await people.does("supervisor", reference, "approve")
        (event,) = await events(complaints, "case.closed")
        assert (event["data"]["kind"], event["data"]["outcome"]) == ("distress", "returned")
        assert await events(complaints, "complaint.decided") == []


class TestWithdrawal:
    async def test_needs_the_persons_wish(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        assert (await people.tries("bmet-one", reference, "propose", decision="withdrawn", summary="x")).status_code == 409
        await people.does("agent", reference, "withdraw", reason="টাকা ফেরত পেয়েছি")
        await people.does("bmet-one", reference, "propose", decision="withdrawn", summary="x")
        assert (await people.does("bmet-two", reference, "approve"))["decision"] == "withdrawn"

    async def test_of_a_restricted_case_an_officer_makes_sure_that_it_is_their_own(self, people: People) -> None:
        reference = await people.lodge(category="trafficking")
        await people.does("bmet-one", reference, "take")
        await people.does("agent", reference, "withdraw", reason="আর চাই না")
        silent = await people.tries("bmet-one", reference, "propose", decision="withdrawn", summary="x", checker="bmet-two")
        assert silent.status_code == 409
        assert "alone" in silent.json()["detail"]
        listened = await people.tries("bmet-one", reference, "confirm-withdrawal", voluntary=True, spoke_alone=False)
        assert listened.status_code == 409
        await people.does("bmet-one", reference, "confirm-withdrawal", voluntary=True, spoke_alone=True)
        await people.does("bmet-two", await people.lodge(), "take")
        await people.does("bmet-one", reference, "propose", decision="withdrawn", summary="x", checker="bmet-two")

    async def test_a_wish_that_is_not_their_own_is_struck(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        await people.does("agent", reference, "withdraw", reason="x")
        await people.does("bmet-one", reference, "confirm-withdrawal", voluntary=False, spoke_alone=True)
        assert (await people.reads("bmet-one", f"/{reference}"))["withdrawal"] is None

    async def test_the_respondent_does_not_learn_of_it(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("agent", reference, "withdraw", reason="চাপ দিচ্ছে")
        assert (await people.reads("agency-one", f"/{reference}"))["withdrawal"] is None
        history = await people.reads("agency-one", f"/{reference}/history")
        assert [one["kind"] for one in history["items"]] == ["lodged"]


class TestReopening:
    async def test_is_told_and_the_next_decision_names_the_earlier_one(self, people: People, complaints: Running) -> None:
        reference = await people.decided("rejected")
        done = await people.does("agent", reference, "reopen", reason="নতুন রশিদ")
        assert (done["status"], done["decision"]) == ("assigned", None)
        assert len(await events(complaints, "complaint.reopened")) == 1
        await people.does("bmet-one", reference, "propose", decision="upheld", summary="x")
        await people.does("bmet-two", reference, "approve")
        last = (await events(complaints, "complaint.decided"))[-1]["data"]
        assert (last["decision"], last["previous"], last["overturns"]) == ("upheld", "rejected", True)

    async def test_not_after_its_time(self, people: People, complaints: Running) -> None:
        reference = await people.decided()
        async with complaints.sessions.begin() as session:
            await session.execute(
                text("update complaint set resolved_at = resolved_at - interval '31 days', decided_at = decided_at - interval '31 days'")
            )
        late = await people.tries("agent", reference, "reopen", reason="x")
        assert late.status_code == 409
        assert "time to reopen" in late.json()["detail"]
        assert (await people.tries("agency-one", reference, "appeal", by="respondent", grounds="x")).status_code == 409


async def _help_is_given(wing: httpx.AsyncClient, reference: str) -> None:
    """What a case of distress asks for before it may end."""
    address, today = f"/v1/complaints/{reference}/case", "2026-11-25"
    step = {"kind": "ticket", "source": "wing", "done_on": today}
    for part, body in (
        ("/distress", {"family_may_know": True}),
        ("/distress/requests", {"need": "return_home", "urgency": 2}),
        ("/steps", step),
    ):
        answer = await wing.post(address + part, json=body, headers={"If-Match": "*"})
        assert answer.status_code == 201, answer.text
    request = (await wing.get(address)).json()["distress"]["requests"][0]["id"]
    end = {"state": "met", "on": today}
    assert (await wing.post(f"{address}/distress/requests/{request}/end", json=end, headers={"If-Match": "*"})).status_code == 201
