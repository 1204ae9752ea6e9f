"""What was taken down otherwise than it is, is set right: the agency behind a broker, another matter, an office that it is about."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from contracts.days import DHAKA
from runner.testing import Running
from services.complaints.lifecycle.corrections.rules import kind_refused
from services.complaints.lifecycle.tests.conftest import People
from services.complaints.lifecycle.tests.test_rules import CASE

AGENCY: Final = {"kind": "agency", "name": "Shapla Overseas (fictional)", "licence": "RL-0001"}
BROKER: Final = {"kind": "sub_agent", "name": "কালু দালাল"}
WHY: Final = "রশিদে এজেন্সির নাম আছে"


async def put(people: People, reference: str) -> str:
    answer = await people["bmet-one"].post(f"/v1/complaints/{reference}/questions", json={"allegation": "বেশি টাকা নেওয়া"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


class TestRespondent:
    async def test_the_agency_behind_a_broker_is_found_asked_and_named_in_the_decision(self, people: People, complaints: Running) -> None:
        reference = await people.lodge(respondent=BROKER)
        assert (await people["agency-one"].get(f"/v1/complaints/{reference}")).status_code == 404
        await people.does("bmet-one", reference, "take")
        await people.does("bmet-one", reference, "correct", respondent=AGENCY, reason=WHY)
        shown = await people.reads("bmet-one", f"/{reference}")
        assert (shown["respondent"]["kind"], shown["respondent"]["licence"]) == ("agency", "RL-0001")
        assert (await people["agency-one"].get(f"/v1/complaints/questions/{await put(people, reference)}")).status_code == 200
        found = await people["supervisor"].post("/v1/complaints/search", json={"licence": "RL-0001"})
        assert [one["reference"] for one in found.json()["items"]] == [reference]
        await people.does("bmet-one", reference, "start-investigation")
        await people.does("bmet-one", reference, "propose", decision="upheld", summary="রশিদ")
        await people.does("bmet-two", reference, "approve")
        decided = [one.envelope for one in await complaints.rows("outbox") if b"complaint.decided" in bytes(one.envelope)]
        assert b'"RL-0001"' in bytes(decided[0])

    async def test_whom_it_was_not_about_sees_it_no_more(self, people: People) -> None:
        """Nor what was written for them; and their silence is no fact."""
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        await people.does("bmet-one", reference, "write-allegation", allegation="শাপলা বেশি টাকা নিয়েছে")
        question = await put(people, reference)
        assert (await people["agency-one"].get(f"/v1/complaints/questions/{question}")).status_code == 200
        await people.does("bmet-one", reference, "correct", respondent={"kind": "agency", "licence": "RL-0002"}, reason=WHY)
        for address in (f"/v1/complaints/{reference}", f"/v1/complaints/questions/{question}"):
            assert (await people["agency-one"].get(address)).status_code == 404, address
        answer = {"stand": "disputes", "answer": "আমরা নই"}
        told = await people["agency-one"].post(f"/v1/complaints/questions/{question}/answer", json=answer, headers={"If-Match": "*"})
        assert told.status_code == 404
        seen = await people.reads("agency-two", f"/{reference}")
        assert (seen["allegation"], seen["respondent"]["name"]) == (None, None)

    async def test_an_order_is_not_handed_to_another(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        order = {
            "head": "fee",
            "currency": "BDT",
            "amount": 20_000_000,
            "basis": "settlement",
            "ordered_on": datetime.now(DHAKA).date().isoformat(),
        }
        made = await people["bmet-one"].post(f"/v1/complaints/{reference}/redress/orders", json=order)
        assert made.status_code == 201, made.text
        refused = await people.tries("bmet-one", reference, "correct", respondent=BROKER, reason=WHY)
        assert refused.status_code == 409
        assert "lift that order first" in refused.text or "আগে সেই আদেশ তুলে নিন" in refused.text

    async def test_an_office_that_it_turns_out_to_be_about_loses_it_at_once(self, people: People) -> None:
        reference = await people.lodge(category="wages")
        await people.does("wing-riyadh", reference, "take")
        await people.does("supervisor", reference, "correct", respondent={"kind": "office", "office": "wing-SA"}, reason="উইং ঘুষ চেয়েছে")
        assert (await people["wing-riyadh"].get(f"/v1/complaints/{reference}")).status_code == 404
        shown = await people.reads("supervisor", f"/{reference}")
        assert (shown["office"], shown["assigned"], shown["status"]) == ("control-room", False, "lodged")
        deadlines = (await people.reads("supervisor", f"/{reference}/deadlines"))["items"]
        assert all(one["due_at"] for one in deadlines)


class TestMatter:
    async def test_another_category_brings_its_own_severity_and_times(self, people: People) -> None:
        reference = await people.lodge(category="other")
        before = await people.reads("supervisor", f"/{reference}")
        await people.does("supervisor", reference, "correct", category="no_job", district="BD-60", disability="yes", reason="ফোনে জানালেন")
        after = await people.reads("supervisor", f"/{reference}")
        assert (before["severity"], after["severity"], after["category"], after["district"]) == (2, 3, "no_job", "BD-60")
        assert after["victim"]["disability"] == "yes"
        due = {one["clock"]: one["due_at"] for one in (await people.reads("supervisor", f"/{reference}/deadlines"))["items"]}
        assert "wing_contact" in due
        assert datetime.fromisoformat(due["first_response"]) - datetime.fromisoformat(after["lodged_at"]) < timedelta(days=5)

    async def test_a_restricted_matter_restricts_for_good(self, people: People) -> None:
        reference = await people.lodge(category="wages")
        await people.does("supervisor", reference, "correct", category="physical_abuse", reason="মারধরের কথা বললেন")
        assert (await people["agency-one"].get(f"/v1/complaints/{reference}")).status_code == 404
        assert (await people["demo-cumilla"].get(f"/v1/complaints/{reference}")).status_code == 404
        await people.does("supervisor", reference, "correct", category="wages", reason="ভুল ছিল")
        assert (await people.reads("supervisor", f"/{reference}"))["restricted"] is True

    async def test_a_death_is_no_correction(self, people: People) -> None:
        reference = await people.lodge()
        refused = await people.tries("supervisor", reference, "correct", category="death", reason="মারা গেছেন")
        assert refused.status_code == 409
        assert (await people.reads("supervisor", f"/{reference}"))["category"] == "overcharged"

    @pytest.mark.parametrize(
        ("kind", "begun", "may"),
        [
            ("complaint", True, True),
            ("service", False, True),
            ("service", True, False),
            ("death", False, False),
            ("distress", False, False),
        ],
    )
    def test_kinds_that_may_take_each_others_place(self, kind: str, *, begun: bool, may: bool) -> None:
        assert (kind_refused(kind, replace(CASE, is_investigation_begun=begun)) is None) == may


class TestRefuses:
    @pytest.mark.parametrize("body", [{}, {"category": "no-such"}, {"respondent": {"kind": "agency", "office": "no-such"}}])
    async def test_nothing_and_nonsense(self, people: People, body: dict[str, Any]) -> None:
        reference = await people.lodge()
        assert (await people.tries("supervisor", reference, "correct", reason=WHY, **body)).status_code == 422

    async def test_who_only_took_it_down_and_another_office(self, people: People) -> None:
        reference = await people.lodge(who="demo-cumilla")
        for who in ("demo-cumilla", "agent"):
            assert (await people.tries(who, reference, "correct", category="wages", reason=WHY)).status_code == 409, who

    async def test_a_version_that_somebody_changed_meanwhile(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("agent", reference, "comment", note="আবার ফোন করেছেন")
        assert (await people.tries("supervisor", reference, "correct", version='"1"', category="wages", reason=WHY)).status_code == 412
