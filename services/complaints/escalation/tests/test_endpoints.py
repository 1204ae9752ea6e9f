"""Queues, seats and the search over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from runner.testing import Running
from services.complaints.clocks import repository
from services.complaints.escalation import service


async def lodge(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    body = {
        "channel": "phone",
        "category": "overcharged",
        "country": "SA",
        "reporter": {"relation": "anonymous"},
        "narrative": "টাকা বেশি নিয়েছে।",
        **changes,
    }
    answer = await client.post("/v1/complaints", json=body)
    assert answer.status_code == 201, answer.text
    receipt: dict[str, Any] = answer.json()
    return receipt


async def later(running: Running, receipt: dict[str, Any], days: float) -> None:
    async with running.sessions.begin() as session:
        complaint = await repository.lock(session, UUID(receipt["id"]))
        assert complaint is not None
        await service.look(session, complaint, datetime.now(UTC) + timedelta(days=days))


async def references(client: httpx.AsyncClient, queue: str, **query: str) -> list[str]:
    answer = await client.get(f"/v1/complaints/queues/{queue}", params=query)
    assert answer.status_code == 200, answer.text
    return [one["reference"] for one in answer.json()["items"]]


class TestQueues:
    async def test_oldest_first_and_none_is_out_of_reach(self, complaints: Running) -> None:
        lodged = [(await lodge(complaints.client("agent")))["reference"] for _ in range(5)]
        supervisor = complaints.client("supervisor")
        seen, address = [], "/v1/complaints/queues/unassigned?limit=2"
        while address:
            page = (await supervisor.get(address)).json()
            seen += [one["reference"] for one in page["items"]]
            address = page["next"]
        assert seen == lodged

    async def test_each_queue_has_what_belongs_there(self, complaints: Running) -> None:
        old, new = [await lodge(complaints.client("agent")) for _ in range(2)]
        await later(complaints, old, 60)
        supervisor = complaints.client("supervisor")
        assert await references(supervisor, "breached") == [old["reference"]]
        assert await references(supervisor, "escalated") == [old["reference"]]
        assert await references(supervisor, "at_risk") == []
        assert set(await references(supervisor, "due")) == {old["reference"], new["reference"]}
        assert await references(supervisor, "due", office="wing-SA") == []

    async def test_narrowed_like_every_list(self, complaints: Running) -> None:
        await lodge(complaints.client("agent"), category="trafficking")
        assert await references(complaints.client("wing", countries=["SA"]), "unassigned") == []
        assert len(await references(complaints.client("officer", org=["bmet-complaints"]), "unassigned")) == 1

    async def test_whoever_sits_in_the_seat_finds_it_there_and_nobody_else_of_that_office(self, complaints: Running) -> None:
        supervisor = complaints.client("supervisor")
        filled = await supervisor.put("/v1/complaints/seats/control-room.secretary", json={"holder": "secretary"})
        assert filled.status_code == 204
        receipt = await lodge(complaints.client("agent"), category="trafficking")
        await later(complaints, receipt, 60)
        sits, other = (complaints.client("officer", org=["control-room"], sub=who) for who in ("secretary", "colleague"))
        assert await references(sits, "mine") == [receipt["reference"]]
        assert (await sits.get(f"/v1/complaints/{receipt['reference']}")).status_code == 200
        assert await references(other, "mine") == []
        assert (await other.get(f"/v1/complaints/{receipt['reference']}")).status_code == 404


class TestSeats:
    async def test_one_sits_there_at_a_time_and_the_past_is_kept(self, complaints: Running) -> None:
        supervisor = complaints.client("supervisor")
        for holder in ("one", "two", None):
            assert (await supervisor.put("/v1/complaints/seats/wing-SA.head", json={"holder": holder})).status_code == 204
        seats = {one["seat"]: one for one in (await supervisor.get("/v1/complaints/seats")).json()["items"]}
        assert seats["wing-SA.head"]["holder"] is None
        assert seats["wing-SA.head"]["name"]["bn"] == "কার্যালয় প্রধান, শ্রম কল্যাণ উইং, রিয়াদ"
        async with complaints.sessions() as session:
            kept = await session.execute(text("select holder, until is not null from seat_holder order by since"))
            assert [tuple(one) for one in kept] == [("one", True), ("two", True)]

    async def test_no_ladder_has_that_seat(self, complaints: Running) -> None:
        answer = await complaints.client("supervisor").put("/v1/complaints/seats/wing-SA.secretary", json={"holder": "x"})
        assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1].rsplit(":", 1)[-1]) == (404, "no-such-seat")


class TestCheck:
    async def test_what_did_not_happen_is_found_shown_and_made_good(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        async with complaints.sessions.begin() as session:
            await session.execute(text("delete from timer"))
        supervisor = complaints.client("supervisor")
        started = await supervisor.post("/v1/complaints/checks")
        assert started.status_code == 201
        newest = (await supervisor.get("/v1/complaints/checks/newest")).json()
        assert [(one["reference"], one["what"]) for one in newest["items"]] == [(receipt["reference"], "no_timer")]
        assert newest["ended_at"] is not None
        again = (await supervisor.post("/v1/complaints/checks")).json()
        assert again["items"] == []

    async def test_a_change_of_data_moves_deadlines_and_says_what_they_were(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        async with complaints.sessions.begin() as session:
            await session.execute(
                text("update deadline set version = 'before', due_at = due_at - interval '1 day' where clock = 'investigation'")
            )
        supervisor = complaints.client("supervisor")
        newest = (await supervisor.post("/v1/complaints/checks")).json()
        assert [one["what"] for one in newest["items"]] == ["old_data"]
        told = (await supervisor.get(f"/v1/complaints/{receipt['reference']}/deadlines")).json()
        why = next(one["why"] for one in told["items"] if one["clock"] == "investigation")
        assert any("changed by order" in one["en"] and "পরিবর্তিত" in one["bn"] for one in why)
        assert (await supervisor.post("/v1/complaints/checks")).json()["items"] == []
