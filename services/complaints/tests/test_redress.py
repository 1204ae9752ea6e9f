"""Money followed to its end, over HTTP: claimed, ordered, paid, recovered, and asked about; and who may not."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from contracts.days import DHAKA
from kit.testing.days import day, today
from kit.timer import DueTimer
from runner.testing import Running
from services.complaints.redress.tasks.service import SUM_DUE, remind_of_court, remind_of_sum

COMPLAINT: dict[str, Any] = {
    "channel": "phone",
    "category": "overcharged",
    "country": "SA",
    "district": "BD-08",
    "reporter": {"name": "রহিমা বেগম", "phone": "০১৭১২৩৪৫৬৭৮", "relation": "family"},
    "respondent": {"kind": "agency", "name": "Shapla Overseas (fictional)", "licence": "RL-0001"},
    "narrative": "পাঁচ লাখ টাকা নিয়েছে।",
}


def order(**changes: Any) -> dict[str, Any]:
    return {
        "head": "fee",
        "currency": "BDT",
        "amount": 20_000_000,
        "basis": "settlement",
        "ordered_on": day(-3),
        "due_on": day(27),
        **changes,
    }


class Desk:
    """An officer of the complaints cell with one complaint in hand."""

    def __init__(self, running: Running, reference: str) -> None:
        self.running = running
        self.client = running.client("officer", org=["bmet-complaints"], sub="officer-one")
        self.path = f"/v1/complaints/{reference}"
        self.reference = reference

    async def post(self, path: str, body: dict[str, Any], *, expect: int = 201, **headers: str) -> dict[str, Any]:
        answer = await self.client.post(f"{self.path}{path}", json=body, headers=headers)
        assert answer.status_code == expect, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def read(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.client.get(f"{self.path}/redress")).json()
        return found

    async def version(self) -> str:
        return f'"{(await self.read())["version"]}"'

    async def line(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.read())["lines"][0]
        return found

    async def ordered(self, **changes: Any) -> str:
        await self.post("/redress/orders", order(**changes))
        return str((await self.line())["id"])

    async def pay(self, line: str, amount: int, proof: str, *, expect: int = 201, **more: Any) -> dict[str, Any]:
        body = {"line": line, "amount": amount, "paid_on": day(0), "way": "bank", "proof": proof, "confirmed_with": "complainant"}
        return await self.post("/redress/payments", body | more, expect=expect)


async def lodged(running: Running, **changes: Any) -> str:
    answer = await running.client("agent", sub="taker").post("/v1/complaints", json=COMPLAINT | changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


@pytest.fixture
async def desk(complaints: Running) -> Desk:
    return Desk(complaints, await lodged(complaints))


async def events(running: Running, kind: str) -> list[dict[str, Any]]:
    async with running.sessions() as session:
        rows = await session.execute(
            text("select convert_from(envelope, 'utf8')::jsonb from outbox where nats_subject = :kind order by position"), {"kind": kind}
        )
        return [row[0] for row in rows]


class TestOrderedAndPaid:
    async def test_from_the_claim_to_the_last_taka(self, desk: Desk) -> None:
        claimed = await desk.post("/redress/claims", {"head": "fee", "currency": "BDT", "amount": 50_000_000})
        assert claimed["state"] == "claimed"
        line = await desk.ordered()
        assert (await desk.read())["state"] == "ordered"
        assert (await desk.pay(line, 5_000_000, "TT 1"))["state"] == "partly_paid"
        assert (await desk.pay(line, 15_000_000, "TT 2"))["state"] == "paid"
        found = await desk.read()
        assert found["sums"] == [
            {"currency": "BDT", "digits": 2, "claimed": 50_000_000, "ordered": 20_000_000, "paid": 20_000_000, "said": 0, "outstanding": 0}
        ]
        assert found["due_on"] is None
        assert [one["kind"] for one in found["tasks"]] == ["ask_after_payment"]

    async def test_tells_of_each_payment_what_is_still_owed(self, desk: Desk) -> None:
        line = await desk.ordered()
        await desk.pay(line, 5_000_000, "TT 1")
        await desk.pay(line, 15_000_000, "TT 2")
        ordered, paid = (
            await events(desk.running, "complaints.redress.ordered.v1"),
            await events(desk.running, "complaints.redress.paid.v1"),
        )
        assert [one["data"]["respondent_licence"] for one in ordered] == ["RL-0001"]
        assert [(one["data"]["amount"], one["data"]["outstanding"]) for one in paid] == [(5_000_000, 15_000_000), (15_000_000, 0)]
        assert paid[0]["sequence"] < paid[1]["sequence"]

    async def test_a_restricted_complaint_names_no_respondent(self, complaints: Running) -> None:
        reference = await lodged(complaints, category="trafficking")
        supervisor = Desk(complaints, reference)
        supervisor.client = complaints.client("supervisor")
        await supervisor.pay(await supervisor.ordered(), 20_000_000, "TT 9")
        for kind in ("complaints.redress.ordered.v1", "complaints.redress.paid.v1"):
            (found,) = await events(complaints, kind)
            assert found["restricted"] is True
            assert found["data"]["respondent_licence"] is None

    async def test_what_is_said_to_be_paid_is_not_paid_before_somebody_confirms_it(self, desk: Desk) -> None:
        line = await desk.ordered()
        said = await desk.pay(line, 20_000_000, "TT 1", confirmed_with=None)
        assert said["state"] == "ordered"
        assert await events(desk.running, "complaints.redress.paid.v1") == []
        where = f"/redress/payments/{said['id']}/confirmation"
        await desk.post(where, {"confirmed_with": "family"}, expect=428)
        await desk.post(where, {"confirmed_with": "family"}, expect=412, **{"If-Match": '"1"'})
        confirmed = await desk.post(where, {"confirmed_with": "family"}, expect=200, **{"If-Match": await desk.version()})
        assert confirmed["state"] == "paid"
        again = await desk.post(where, {"confirmed_with": "family"}, expect=200, **{"If-Match": await desk.version()})
        assert again["is_new"] is False
        assert len(await events(desk.running, "complaints.redress.paid.v1")) == 1

    async def test_the_same_proof_twice_is_one_payment(self, desk: Desk) -> None:
        line = await desk.ordered()
        first, second = await desk.pay(line, 100, "TrxID 9AB-77"), await desk.pay(line, 100, " trxid ৯ab 77")
        assert (first["id"], second["is_new"]) == (second["id"], False)
        refused = await desk.pay(line, 200, "TrxID 9AB-77", expect=409)
        assert refused["type"].endswith("proof-used")
        assert (await desk.line())["paid"] == 100

    async def test_at_once_it_is_one_too(self, desk: Desk) -> None:
        line = await desk.ordered()
        await asyncio.gather(*(desk.pay(line, 100, "TT 1") for _ in range(8)))
        assert (await desk.line())["paid"] == 100

    async def test_more_than_is_owed_is_refused(self, desk: Desk) -> None:
        line = await desk.ordered()
        refused = await desk.pay(line, 20_000_001, "TT 1", expect=409)
        assert refused["type"].endswith("more-than-owed")

    async def test_a_later_order_takes_the_place_of_the_first(self, desk: Desk) -> None:
        line = await desk.ordered()
        await desk.pay(line, 15_000_000, "TT 1")
        assert (await desk.post("/redress/orders", order(amount=15_000_000)))["state"] == "paid"
        refused = await desk.post("/redress/orders", order(amount=1), expect=409)
        assert refused["type"].endswith("less-than-paid")

    async def test_no_decision_no_order_by_decision(self, desk: Desk) -> None:
        refused = await desk.post("/redress/orders", order(basis="decision"), expect=409)
        assert refused["type"].endswith("no-decision")

    async def test_currencies_stay_apart(self, desk: Desk) -> None:
        await desk.post("/redress/orders", order(head="wages", currency="SAR", amount=700_000))
        await desk.post("/redress/orders", order())
        assert [(one["currency"], one["outstanding"]) for one in (await desk.read())["sums"]] == [("BDT", 20_000_000), ("SAR", 700_000)]

    async def test_given_up_is_none_of_the_others(self, desk: Desk) -> None:
        line = await desk.ordered()
        given = {"reason": "afraid", "note": "ভয় দেখিয়েছে"}
        done = await desk.post(f"/redress/lines/{line}/giving-up", given, expect=200, **{"If-Match": await desk.version()})
        assert done["state"] == "given_up"
        assert (await desk.line())["given_up_note"] == "ভয় দেখিয়েছে"
        await desk.pay(line, 1, "TT 1", expect=409)


class TestBesideTheStatus:
    async def test_a_list_and_a_view_say_how_the_money_stands(self, desk: Desk) -> None:
        await desk.ordered(ordered_on=day(-40), due_on=day(-1))
        row = (await desk.client.get("/v1/complaints")).json()["items"][0]
        one = (await desk.client.get(desk.path)).json()
        assert row["status"] == "lodged"
        for found in (row, one):
            assert (found["redress"], found["redress_due"]) == ("overdue", day(-1))
            assert found["redress_label"]["bn"] == "পরিশোধের সময় পার হয়ে গেছে"

    async def test_an_agency_sees_what_it_owes_and_no_paper(self, desk: Desk) -> None:
        await desk.pay(await desk.ordered(), 100, "private-proof")
        seen = (await desk.running.client("agency", licence=["RL-0001"]).get(f"{desk.path}/redress")).json()
        assert seen["sums"][0]["outstanding"] == 19_999_900
        assert seen["lines"][0]["payments"][0]["proof"] is None
        assert (seen["tasks"], seen["court_cases"], seen["may_change"]) == ([], [], False)

    async def test_who_took_it_down_knows_how_it_stands_and_no_more(self, complaints: Running) -> None:
        reference = str(
            (await complaints.client("udc", sub="centre", org=["udc-1"]).post("/v1/complaints", json=COMPLAINT)).json()["reference"]
        )
        await Desk(complaints, reference).ordered()
        seen = (await complaints.client("udc", sub="centre", org=["udc-1"]).get(f"/v1/complaints/{reference}/redress")).json()
        assert (seen["state"], seen["is_hidden"], seen["sums"], seen["lines"]) == ("ordered", True, [], [])


class TestNotInTheirHands:
    @pytest.mark.parametrize(
        ("role", "claims", "status"),
        [
            ("officer", {"org": ["ministry-appeals"]}, 404),
            ("demo", {"districts": ["BD-08"]}, 409),
            ("demo", {"districts": ["BD-60"]}, 404),
            ("wing", {"countries": ["SA"]}, 409),
            ("wing", {"countries": ["LB"]}, 404),
            ("agent", {}, 403),
            ("agency", {"licence": ["RL-0001"]}, 403),
            ("decider", {}, 403),
            ("ngo", {"org": ["ngo-one"]}, 403),
        ],
    )
    async def test_another_office_orders_nothing(self, desk: Desk, role: str, claims: dict[str, Any], status: int) -> None:
        answer = await desk.running.client(role, **claims).post(f"{desk.path}/redress/orders", json=order())
        assert answer.status_code == status
        assert await desk.running.count("redress_line") == 0

    async def test_a_line_of_another_complaint_is_not_found(self, desk: Desk) -> None:
        other = Desk(desk.running, await lodged(desk.running))
        line = await other.ordered()
        await desk.ordered()
        refused = await desk.pay(line, 100, "TT 1", expect=404)
        assert refused["type"].endswith("not-found")

    async def test_of_a_restricted_one_the_office_alone_changes_nothing(self, complaints: Running) -> None:
        reference = await lodged(complaints, category="trafficking")
        answer = await complaints.client("officer", org=["bmet-complaints"]).post(
            f"/v1/complaints/{reference}/redress/orders", json=order()
        )
        assert answer.status_code == 409
        assert answer.json()["type"].endswith("not-in-your-hands")

    @pytest.mark.parametrize(
        "changes",
        [
            {"amount": 0},
            {"amount": -5},
            {"amount": 1.5},
            {"amount": "100"},
            {"amount": 10**16},
            {"currency": "XXX"},
            {"currency": "bdt"},
            {"head": "love"},
            {"ordered_on": "2026-02-30"},
            {"due_on": "2020-01-01"},
            {"surprise": 1},
        ],
    )
    async def test_an_order_that_makes_no_sense(self, desk: Desk, changes: dict[str, Any]) -> None:
        assert "errors" in await desk.post("/redress/orders", order(**changes), expect=422)

    async def test_proofs_and_courts_lie_sealed(self, desk: Desk) -> None:
        await desk.pay(await desk.ordered(), 100, "zq-proof-77")
        await desk.post("/court-cases", {"law": "oema_31", "body": "zq-police station", "number": "zq-12", "filed_on": day(-1)})
        for table in ("redress_payment", "court_case", "happening", "outbox"):
            assert b"zq-" not in await desk.running.raw(table), table


class TestTheDeposit:
    async def test_step_by_step_to_the_public_demand_for_the_rest(self, desk: Desk) -> None:
        line = await desk.ordered()
        asked = await desk.post(f"/redress/lines/{line}/recourse", {"amount": 20_000_000, "requested_on": day(0)})
        steps = f"/redress/recourse/{asked['id']}/steps"
        again = await desk.post(f"/redress/lines/{line}/recourse", {"amount": 1, "requested_on": day(0)}, expect=409)
        assert again["type"].endswith("recourse-open")
        for body, expect in (
            ({"step": "paid", "on": day(0), "proof": "PO 1"}, 409),
            ({"step": "granted", "on": day(0)}, 422),
            ({"step": "granted", "on": day(0), "amount": 20_000_001}, 422),
            ({"step": "granted", "on": day(0), "amount": 12_000_000}, 200),
            ({"step": "paid", "on": day(0), "proof": "PO 1"}, 200),
            ({"step": "demanded", "on": day(0), "amount": 8_000_001}, 422),
            ({"step": "demanded", "on": day(0), "amount": 8_000_000}, 200),
        ):
            await desk.post(steps, body, expect=expect, **{"If-Match": await desk.version()})
        found = await desk.line()
        assert (found["paid"], found["outstanding"], found["state"]) == (12_000_000, 8_000_000, "partly_paid")
        assert found["recourse"][0]["shortfall"] == 8_000_000
        assert found["payments"][0]["source"] == "security_deposit"

    async def test_those_who_keep_deposits_answer_for_them_and_write_no_payment(self, desk: Desk) -> None:
        asked = await desk.post(f"/redress/lines/{await desk.ordered()}/recourse", {"amount": 100, "requested_on": day(0)})
        licensing = desk.running.client("decider")
        where = f"{desk.path}/redress/recourse/{asked['id']}/steps"
        match = {"If-Match": await desk.version()}
        granted = await licensing.post(where, json={"step": "granted", "on": day(0), "amount": 100}, headers=match)
        assert granted.status_code == 200, granted.text
        paid = await licensing.post(where, json={"step": "paid", "on": day(0), "proof": "PO 1"}, headers={"If-Match": await desk.version()})
        assert paid.status_code == 409

    async def test_who_has_no_licence_has_no_deposit(self, complaints: Running) -> None:
        desk = Desk(complaints, await lodged(complaints, respondent={"kind": "sub_agent", "name": "Someone"}))
        refused = await desk.post(f"/redress/lines/{await desk.ordered()}/recourse", {"amount": 100, "requested_on": day(0)}, expect=409)
        assert refused["type"].endswith("no-deposit")


class TestReminders:
    async def timers(self, running: Running, kind: str) -> list[tuple[UUID, datetime]]:
        async with running.sessions() as session:
            rows = await session.execute(text("select record, due from timer where kind = :kind order by due"), {"kind": kind})
            return [(row.record, row.due) for row in rows]

    async def fire(self, running: Running, line: str, due: datetime) -> None:
        async with running.sessions.begin() as session:
            await remind_of_sum(session, DueTimer(uuid4(), due, SUM_DUE, UUID(line), {}, 0))

    async def test_stand_on_the_days_of_the_data_at_nine_in_dhaka(self, desk: Desk) -> None:
        await desk.ordered()
        days = [due.astimezone(DHAKA) for _, due in await self.timers(desk.running, SUM_DUE)]
        assert [(one.date() - today()).days for one in days] == [20, 26, 28, 42, 57, 87]
        assert {one.hour for one in days} == {9}

    async def test_make_one_task_of_the_office_and_none_once_it_is_paid(self, desk: Desk) -> None:
        line = await desk.ordered()
        due = [one for _, one in await self.timers(desk.running, SUM_DUE)]
        await self.fire(desk.running, line, due[0])
        await self.fire(desk.running, line, due[0])
        assert [one["kind"] for one in (await desk.read())["tasks"]] == ["due_soon"]
        await desk.pay(line, 20_000_000, "TT 1")
        await self.fire(desk.running, line, due[2])
        tasks = (await desk.read())["tasks"]
        assert [(one["kind"], one["done_at"] is None) for one in tasks if one["kind"] != "ask_after_payment"] == [("due_soon", False)]

    async def test_of_an_order_that_was_replaced_come_to_nothing(self, desk: Desk) -> None:
        line = await desk.ordered()
        due = [one for _, one in await self.timers(desk.running, SUM_DUE)]
        await desk.ordered(due_on=day(300))
        await self.fire(desk.running, line, due[0])
        assert (await desk.read())["tasks"] == []

    async def test_an_old_debt_is_one_task_at_once_and_stands_in_the_list(self, desk: Desk) -> None:
        await desk.ordered(ordered_on=day(-90), due_on=day(-70))
        listed = (await desk.client.get("/v1/complaints/redress-tasks")).json()["items"]
        assert [(one["reference"], one["kind"]) for one in listed] == [(desk.reference, "overdue")]
        other = desk.running.client("wing", countries=["SA"])
        assert (await other.get("/v1/complaints/redress-tasks")).json()["items"] == []
        assert (await other.post(f"/v1/complaints/redress-tasks/{listed[0]['id']}/answers", json={})).status_code == 404
        done = await desk.client.post(f"/v1/complaints/redress-tasks/{listed[0]['id']}/answers", json={})
        assert done.status_code == 201
        assert (await desk.client.get("/v1/complaints/redress-tasks")).json()["items"] == []

    async def test_a_court_day_is_told_before_it_comes(self, desk: Desk) -> None:
        case = await desk.post("/court-cases", {"law": "oema_28", "body": "District court", "filed_on": day(-1), "next_date": day(30)})
        due = [one for _, one in await self.timers(desk.running, "court-date")]
        assert [(one.astimezone(DHAKA).date() - today()).days for one in due] == [23, 29]
        for _ in range(2):
            async with desk.running.sessions.begin() as session:
                await remind_of_court(session, DueTimer(uuid4(), due[0], "court-date", UUID(case["id"]), {}, 0))
        assert [one["kind"] for one in (await desk.read())["tasks"]] == ["court_date"]
        step = f"/court-cases/{case['id']}/steps"
        await desk.post(step, {"outcome": "settled"}, expect=422, **{"If-Match": await desk.version()})
        await desk.post(step, {"outcome": "settled", "closed_on": day(0)}, expect=200, **{"If-Match": await desk.version()})
        async with desk.running.sessions.begin() as session:
            await remind_of_court(session, DueTimer(uuid4(), due[1], "court-date", UUID(case["id"]), {}, 0))
        assert len((await desk.read())["tasks"]) == 1
        closed = await desk.post(step, {"next_date": day(9)}, expect=409, **{"If-Match": await desk.version()})
        assert closed["type"].endswith("court-case-closed")


class TestHowItWent:
    async def ask(self, desk: Desk) -> str:
        await desk.pay(await desk.ordered(), 20_000_000, "TT 1")
        async with desk.running.sessions.begin() as session:
            await session.execute(text("update redress_task set due = now() - interval '1 minute'"))
        return str((await desk.client.get("/v1/complaints/redress-tasks")).json()["items"][0]["id"])

    async def answer(self, desk: Desk, task: str, body: dict[str, Any]) -> httpx.Response:
        return await desk.client.post(f"/v1/complaints/redress-tasks/{task}/answers", json=body)

    async def test_the_person_answers_in_their_own_words(self, desk: Desk) -> None:
        task = await self.ask(desk)
        assert (await self.answer(desk, task, {})).status_code == 422
        said = await self.answer(desk, task, {"answer": "partly", "words": "অর্ধেক পেয়েছি"})
        assert (said.status_code, said.json()["words"]) == (201, "অর্ধেক পেয়েছি")
        assert (await self.answer(desk, task, {"answer": "yes"})).status_code == 409
        assert "অর্ধেক".encode() not in await desk.running.raw("redress_task")

    async def test_who_is_not_reached_is_called_again(self, desk: Desk) -> None:
        task = await self.ask(desk)
        assert (await self.answer(desk, task, {"reached": False})).status_code == 201
        waiting = [one for one in (await desk.read())["tasks"] if one["done_at"] is None]
        assert len(waiting) == 1
        assert datetime.fromisoformat(waiting[0]["due"]) > datetime.now(UTC) + timedelta(hours=23)
