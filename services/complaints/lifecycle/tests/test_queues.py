"""Queues and search: what is shown to whom, oldest first, and found without opening a name."""

from typing import Any

import pytest

from runner.testing import Running
from services.complaints.lifecycle.tests.conftest import People


async def listed(people: People, who: str, query: str) -> list[str]:
    return [one["reference"] for one in (await people.reads(who, f"?{query}"))["items"]]


class TestQueues:
    async def test_each_shows_what_is_to_be_done_oldest_first(self, people: People) -> None:
        first, second, third = [await people.lodge() for _ in range(3)]
        await people.does("bmet-one", second, "take")
        await people.does("bmet-one", third, "transfer", office="wing-SA", reason="x")
        assert await listed(people, "bmet-one", "queue=unassigned") == [first, third]
        assert await listed(people, "bmet-one", "queue=office") == [first, second, third]
        assert await listed(people, "bmet-one", "queue=mine") == [second]
        assert await listed(people, "wing-riyadh", "queue=incoming") == [third]
        assert await listed(people, "wing-beirut", "queue=office") == []

    async def test_a_proposal_waits_for_the_colleague_not_for_its_maker(self, people: People) -> None:
        reference = await people.lodge()
        await people.does("bmet-one", reference, "take")
        await people.does("bmet-one", reference, "propose", decision="upheld", summary="x")
        assert await listed(people, "bmet-two", "queue=to_check") == [reference]
        assert await listed(people, "bmet-one", "queue=to_check") == []
        await people.does("bmet-two", reference, "approve")
        assert await listed(people, "bmet-two", "queue=office") == []
        assert await listed(people, "bmet-two", "state=resolved") == [reference]

    async def test_pages_go_on_to_the_newest(self, people: People) -> None:
        lodged = [await people.lodge() for _ in range(5)]
        seen, address = [], "/v1/complaints?queue=office&limit=2"
        while address:
            page = (await people["bmet-one"].get(address)).json()
            seen += [one["reference"] for one in page["items"]]
            address = page["next"]
        assert seen == lodged

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("category=overcharged", 1),
            ("country=LB", 1),
            ("severity=4", 0),
            ("kind=distress", 1),
            ("status=assigned", 0),
            ("office=wing-SA", 0),
        ],
    )
    async def test_narrow(self, people: People, query: str, count: int) -> None:
        await people.lodge()
        await people.lodge(category="stranded", country="LB")
        assert len(await listed(people, "agent", query)) == count

    async def test_a_word_that_is_no_filter_value_is_refused(self, people: People) -> None:
        for query in ("queue=all", "status=x", "country=XX", "severity=9", "kind=x"):
            assert (await people["agent"].get(f"/v1/complaints?{query}")).status_code == 422, query


class TestSearch:
    async def find(self, people: People, who: str, **asked: str) -> list[str]:
        answer = await people[who].post("/v1/complaints/search", json=asked)
        assert answer.status_code == 200, answer.text
        return [one["reference"] for one in answer.json()["items"]]

    @pytest.mark.parametrize(
        "asked",
        [
            {"phone": "০১৭১২৩৪৫৬৭৮"},
            {"phone": "+966 50 123 4567"},
            {"name": "রহিমা বেগম"},
            {"name": "Rahima Begum"},
            {"name": "করিম মিঞা"},
            {"name": "SHAPLA overseas (fictional)"},
            {"licence": "RL-0001", "name": "Rohima Begum"},
        ],
    )
    async def test_finds_by_number_and_name_in_either_script(self, people: People, asked: dict[str, str]) -> None:
        reference = await people.lodge()
        await people.lodge(reporter={"relation": "anonymous"}, victim=None, respondent=None)
        assert await self.find(people, "agent", **asked) == [reference]

    async def test_by_reference_in_digits_of_either_script(self, people: People) -> None:
        reference = await people.lodge()
        assert await self.find(people, "agent", reference=reference.lower().replace("-", " ")) == [reference]
        wrong = await people["agent"].post("/v1/complaints/search", json={"reference": "C-0000-0001"})
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/reference")

    async def test_everything_given_must_fit_and_something_must_be(self, people: People) -> None:
        await people.lodge()
        assert await self.find(people, "agent", phone="01712345678", licence="RL-0009") == []
        assert (await people["agent"].post("/v1/complaints/search", json={})).status_code == 422

    async def test_is_narrowed_and_leaves_a_record(self, people: People, complaints: Running) -> None:
        reference = await people.lodge(category="trafficking")
        found: dict[str, Any] = {
            who: await self.find(people, who, phone="01712345678") for who in ("agent", "agent-two", "supervisor", "agency-one")
        }
        assert found == {"agent": [reference], "agent-two": [], "supervisor": [reference], "agency-one": []}
        assert [row.purpose for row in await complaints.rows("access_log")].count("search") == 2
