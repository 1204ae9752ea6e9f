"""Figures over HTTP: narrowed like every list, counted again where something happened, told once to the public."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from runner.testing import Running, make_owner_engine
from services.complaints import service as complaints_service
from services.complaints.clocks import repository as clocks
from services.complaints.figures import service
from services.complaints.rules import Status


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


async def counted(running: Running) -> None:
    async with running.sessions.begin() as session:
        while await service.count(session, datetime.now(UTC)):
            pass


def cells(figures: dict[str, Any], dimension: str) -> dict[str, int | None]:
    return {one["value"]: one["complaints"] for one in figures["cells"] if one["dimension"] == dimension}


class TestFigures:
    async def test_divide_the_whole_by_what_the_law_lets_us_count(self, complaints: Running) -> None:
        agent = complaints.client("agent")
        await lodge(agent, victim={"sex": "female", "age_band": "25_34"})
        await lodge(agent, category="trafficking", country="LB", victim={"sex": "male"})
        await counted(complaints)
        told = (await complaints.client("supervisor").get("/v1/complaints/figures")).json()
        assert (told["complaints"], told["exact"]) == (2, True)
        assert cells(told, "country") == {"SA": 1, "LB": 1}
        assert cells(told, "sex") == {"female": 1, "male": 1}
        assert cells(told, "outcome") == {"open": 2}

    async def test_restricted_ones_are_counted_only_for_those_who_see_them(self, complaints: Running) -> None:
        agent = complaints.client("agent")
        await lodge(agent)
        await lodge(agent, category="trafficking")
        await lodge(agent, category="wages")
        await counted(complaints)
        officer = complaints.client("officer", org=["bmet-complaints"])
        assert (await officer.get("/v1/complaints/figures")).json()["complaints"] == 2
        wing = complaints.client("wing", countries=["SA"])
        assert cells((await wing.get("/v1/complaints/figures")).json(), "category") == {"wages": 1}
        analyst = (await complaints.client("analyst").get("/v1/complaints/figures")).json()
        assert (analyst["complaints"], analyst["cells"], analyst["exact"]) == (None, [], False)

    async def test_an_area_counts_its_own_complaints_whoever_holds_them(self, complaints: Running) -> None:
        """A district's officer sees how many of its people complained, and where that lies; of restricted ones nothing."""
        agent = complaints.client("agent")
        await lodge(agent, district="BD-08")
        await lodge(agent, district="BD-08", category="wages")
        await lodge(agent, district="BD-08", category="trafficking")
        await lodge(agent, district="BD-60")
        await counted(complaints)
        demo = (await complaints.client("demo", districts=["BD-08"]).get("/v1/complaints/figures")).json()
        assert (demo["complaints"], demo["area"]["complaints"], demo["area"]["elsewhere"]) == (0, 2, 2)
        assert {one["office"] for one in demo["area"]["holders"]} == {"bmet-complaints", "wing-SA"}
        wing = (await complaints.client("wing", countries=["SA"]).get("/v1/complaints/figures")).json()
        assert (wing["area"]["complaints"], wing["area"]["elsewhere"]) == (3, 2)
        assert (await complaints.client("supervisor").get("/v1/complaints/figures")).json()["area"] is None
        public = (await complaints.client().get("/v1/complaints/figures/public")).json()
        assert "district" not in {one["dimension"] for one in public["cells"]}

    async def test_what_changed_is_counted_again_and_nothing_twice(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        await counted(complaints)
        async with complaints.sessions.begin() as session:
            complaint = await clocks.lock(session, UUID(receipt["id"]))
            assert complaint is not None
            complaint.status, complaint.decision = Status.RESOLVED, "upheld"
            await complaints_service.note_happening(session, complaint, "decided", by="x", at=datetime.now(UTC))
        for _ in range(2):
            await counted(complaints)
        told = (await complaints.client("supervisor").get("/v1/complaints/figures")).json()
        assert cells(told, "outcome") == {"upheld": 1}
        office = next(one for one in told["offices"] if one["office"] == "bmet-complaints")
        assert (office["open"], office["stays"]) == (0, 1)

    async def test_queues_stand_by_office(self, complaints: Running) -> None:
        await lodge(complaints.client("agent"))
        await counted(complaints)
        told = (await complaints.client("supervisor").get("/v1/complaints/figures")).json()
        assert [(one["office"], one["open"], one["unassigned"]) for one in told["offices"]] == [("bmet-complaints", 1, 1)]

    async def test_an_export_is_a_file_under_the_same_rights_and_is_logged(self, complaints: Running) -> None:
        await lodge(complaints.client("agent"), category="wages")
        await counted(complaints)
        answer = await complaints.client("wing", countries=["LB"], sub="looker").get("/v1/complaints/figures/export")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert "wages" not in answer.text
        assert "wages" in (await complaints.client("supervisor").get("/v1/complaints/figures/export")).text
        async with complaints.sessions() as session:
            logged = await session.execute(text("select purpose, record_type from access_log where caller = 'looker'"))
            assert [tuple(one) for one in logged] == [("export", "figures")]


class TestPublic:
    async def test_this_quarter_is_told_in_tens_only(self, complaints: Running) -> None:
        for _ in range(12):
            await lodge(complaints.client("agent"))
        await counted(complaints)
        told = (await complaints.client().get("/v1/complaints/figures/public")).json()
        assert (told["this_quarter_so_far"], told["cells"]) == (10, [])

    async def test_a_quarter_is_told_once_without_small_counts(self, complaints: Running) -> None:
        agent = complaints.client("agent")
        for country, number in (("SA", 12), ("KW", 10), ("LB", 1)):
            for _ in range(number):
                await lodge(agent, country=country)
        await a_quarter_earlier(complaints)
        first = (await complaints.client().get("/v1/complaints/figures/public")).json()
        assert cells(first, "country") == {"SA": 12, "KW": None, "LB": None}
        await lodge(agent, country="QA")
        await a_quarter_earlier(complaints)
        assert (await complaints.client().get("/v1/complaints/figures/public")).json()["cells"] == first["cells"]
        file = await complaints.client().get("/v1/complaints/figures/public/export")
        assert "suppressed" in file.text

    async def test_a_quarter_that_is_no_quarter(self, complaints: Running) -> None:
        assert (await complaints.client().get("/v1/complaints/figures/public?quarter=2026-Q5")).status_code == 422


async def a_quarter_earlier(running: Running) -> None:
    async with make_owner_engine(running) as owner, owner.begin() as connection:
        await connection.execute(
            text("update complaint set lodged_at = lodged_at - interval '92 days' where lodged_at > now() - interval '1 day'")
        )
        await connection.execute(text("truncate figure, figure_state"))
    await counted(running)
