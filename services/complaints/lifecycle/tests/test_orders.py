"""What a decision, an award or a settlement gives becomes money that is followed, over HTTP."""

from typing import Any

import pytest

from services.complaints.lifecycle.tests.conftest import People

ORDERED = {"head": "fee", "currency": "BDT", "amount": 20_000_000, "due_on": "2099-01-31"}


class TestWhatADecisionOrders:
    async def decided(self, people: People, *, approve: bool = True, **proposed: Any) -> str:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        await people.does("bmet-one", reference, "propose", summary="রশিদ ও সাক্ষ্য।", **proposed)
        if approve:
            await people.does("bmet-two", reference, "approve")
        return reference

    async def test_is_owed_once_a_second_person_approved_it(self, people: People) -> None:
        reference = await self.decided(people, approve=False, decision="upheld", to_pay=[ORDERED])
        assert (await people.reads("bmet-one", f"/{reference}/redress"))["state"] == "nothing_claimed"
        await people.does("bmet-two", reference, "approve")
        money = await people.reads("bmet-one", f"/{reference}/redress")
        assert (money["state"], money["due_on"]) == ("ordered", "2099-01-31")
        assert [(one["head"], one["ordered"], one["basis"]) for one in money["lines"]] == [("fee", 20_000_000, "decision")]

    async def test_an_award_stands_as_an_award(self, people: People) -> None:
        reference = await self.decided(people, decision="partly", to_pay=[ORDERED], basis="arbitration")
        assert (await people.reads("bmet-one", f"/{reference}/redress"))["lines"][0]["basis"] == "arbitration"

    async def test_a_rejection_orders_nothing(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        asked = await people.tries("bmet-one", reference, "propose", decision="rejected", summary="প্রমাণ নেই।", to_pay=[ORDERED])
        assert asked.status_code == 409
        assert asked.json()["detail"] == "Only a decision for the complainant orders a payment."

    async def test_an_appeal_that_overturns_it_lifts_the_order_and_one_that_succeeds_orders(self, people: People) -> None:
        lost = await self.decided(people, decision="upheld", to_pay=[ORDERED])
        await self.appealed(people, lost, "respondent", replaces="rejected")
        money = await people.reads("bmet-one", f"/{lost}/redress")
        assert (money["state"], money["lines"][0]["ordered"], money["due_on"]) == ("claimed", None, None)
        won = await self.decided(people, decision="rejected")
        await self.appealed(people, won, "complainant", replaces="upheld", to_pay=[ORDERED])
        assert (await people.reads("bmet-one", f"/{won}/redress"))["lines"][0]["ordered"] == 20_000_000

    async def appealed(self, people: People, reference: str, by: str, **proposed: Any) -> None:
        who = "agency-one" if by == "respondent" else "agent"
        appeal = (await people.does(who, reference, "appeal", by=by, grounds="আবার দেখুন।"))["reference"]
        await people.does("appeals-one", appeal, "take")
        await people.does("appeals-one", appeal, "propose", decision="upheld", summary="রশিদ জাল।", **proposed)
        await people.does("appeals-two", appeal, "approve")


class TestWhatASettlementOwes:
    @pytest.mark.parametrize(("made_by", "basis"), [("shalish", "settlement"), ("ngo", "settlement"), ("arbitration", "arbitration")])
    async def test_is_followed_as_redress_until_it_is_paid(self, people: People, made_by: str, basis: str) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        agreed = {"complainant_agrees": True, "respondent_agrees": True, "agreed_on": "2026-11-01"}
        owed = {"amount": 5_000_000, "currency": "BDT", "due_on": "2026-11-02"}
        await people.does("bmet-one", reference, "settle", made_by=made_by, terms="দুই কিস্তিতে।", **agreed, **owed)
        money = await people.reads("bmet-one", f"/{reference}/redress")
        assert money["state"] == "overdue"
        (line,) = money["lines"]
        assert (line["head"], line["ordered"], line["basis"], line["ordered_on"]) == ("fee", 5_000_000, basis, "2026-11-01")
        await people.does(
            "bmet-one", reference, "settle", made_by=made_by, terms="ফেরত।", head="damages", **agreed, amount=1, currency="BDT"
        )
        assert [one["head"] for one in (await people.reads("bmet-one", f"/{reference}/redress"))["lines"]] == ["fee", "damages"]

    async def test_without_an_amount_nothing_is_owed(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        agreed = {"complainant_agrees": True, "respondent_agrees": True, "agreed_on": "2026-11-01"}
        await people.does("bmet-one", reference, "settle", made_by="union", terms="পাসপোর্ট ফেরত।", **agreed)
        assert (await people.reads("bmet-one", f"/{reference}/redress"))["lines"] == []
