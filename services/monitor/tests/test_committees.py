"""Safe Migration Committees: a quarter is returned once and corrected in the open, and cases are told so that nobody is found in them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from contracts.days import DHAKA
from kit.quarters import quarter_of
from kit.testing.waiting import until
from runner.testing import Running, make_owner_engine
from services.monitor.committees import rules
from services.monitor.committees.models import CommitteeReturn
from services.monitor.committees.rules import WHOLE, Counts

RETURNS, OPEN = "/v1/framework/committee-returns", "/v1/framework/committees"
QUARTER = "2026-Q2"
SAID: dict[str, Any] = {"quarter": QUARTER, "district": "BD-08", "unions": 15, "formed": 12, "met": 9, "trained": 4, "referred": 30}
PAPER = {"document": "Memo 14 of 3 July 2026", "document_url": "https://probashi.gov.bd/memo/14"}


async def send(client: httpx.AsyncClient, upazila: str = "Debidwar", **more: Any) -> httpx.Response:
    return await client.post(RETURNS, json=SAID | {"upazila": upazila} | more, headers={"Idempotency-Key": str(uuid4())})


async def correct(client: httpx.AsyncClient, identity: str, version: int, **more: Any) -> httpx.Response:
    numbers = {name: value for name, value in SAID.items() if isinstance(value, int)}
    headers = {"If-Match": f'"{version}"', "Idempotency-Key": str(uuid4())}
    said = numbers | {"reason": "Two unions sent their registers late."} | more
    return await client.post(f"{RETURNS}/{identity}/corrections", json=said, headers=headers)


async def told(monitor: Running, quarter: str = QUARTER) -> dict[str, Any]:
    answer = await monitor.client().get(OPEN, params={"quarter": quarter})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def in_time(monitor: Running) -> None:
    """As if everything that was returned so far had come before the quarter's figures were fixed."""
    async with make_owner_engine(monitor) as owner, owner.begin() as connection:
        await connection.execute(text("update committee_return set returned_at = '2026-07-10T12:00:00Z'"))


def cumilla(monitor: Running) -> httpx.AsyncClient:
    return monitor.client("demo", districts=["BD-08"], sub="cumilla")


def ministry(monitor: Running) -> httpx.AsyncClient:
    return monitor.client("analyst", districts=["*"], sub="ministry")


@pytest.mark.parametrize("spelt", ["Muradnagar", "muradnagar  UPAZILA", "Muradnagar upazilla", "Murádnagar"])
def test_an_upazila_is_one_however_it_is_spelt(spelt: str) -> None:
    assert rules.place_of(spelt) == rules.place_of("Muradnagar")
    assert rules.place_of("মুরাদনগর উপজেলা") == rules.place_of("মুরাদনগর") != rules.place_of("Muradnagar")
    assert rules.place_of("Upazila") != ""


def a_row(district: str, counts: Counts) -> CommitteeReturn:
    none: dict[str, Any] = dict.fromkeys(("document", "document_url", "reason"))
    identity, at = uuid4(), datetime.now(DHAKA)
    named: dict[str, Any] = {
        "id": identity,
        "first": identity,
        "version": 1,
        "quarter": QUARTER,
        "district": district,
        "upazila": "A",
        "place": "a",
    }
    return CommitteeReturn(**named, **asdict(counts), **none, office="district", returned_at=at, returned_by="one")


class TestReturned:
    async def test_a_district_returns_its_upazila_and_everybody_reads_what_it_says(self, monitor: Running) -> None:
        made = await send(cumilla(monitor), **PAPER)
        assert (made.status_code, made.json()["version"], made.json()["office"]) == (201, 1, "district")
        await send(ministry(monitor), "Laksam", met=0, formed=3, trained=0, referred=0)
        found = await told(monitor)
        [district] = found["districts"]
        assert {name: district[name] for name in ("upazilas", "unions", "formed", "met", "trained")} == {
            "upazilas": 2,
            "unions": 30,
            "formed": 15,
            "met": 9,
            "trained": 4,
        }
        papers = {one["upazila"]: (one["document"], one["office"]) for one in district["returns"]}
        assert papers == {"Debidwar": (PAPER["document"], "district"), "Laksam": (None, "ministry")}
        assert "referred" not in district["returns"][0]
        assert found["quarters"] == [QUARTER]
        assert found["label"] == "illustrative"

    async def test_a_quarter_reported_twice_is_refused_and_a_correction_keeps_both(self, monitor: Running) -> None:
        client = cumilla(monitor)
        first = (await send(client)).json()
        for spelt in ("Debidwar", "  debidwar "):
            twice = await send(ministry(monitor), spelt, formed=13)
            assert (twice.status_code, twice.json()["type"]) == (409, "urn:probashi:problem:quarter-returned-already")
        assert (await correct(client, first["id"], 2)).status_code == 412
        assert (await correct(client, first["id"], 1, reason="")).status_code == 422
        assert (await correct(client, first["id"], 1, formed=13, met=10)).status_code == 201
        overtaken = await correct(ministry(monitor), first["id"], 1)
        assert (overtaken.status_code, overtaken.json()["type"]) == (412, "urn:probashi:problem:stale-version")
        whole = (await client.get(f"{RETURNS}/{first['id']}")).json()
        assert (whole["version"], whole["formed"], [one["formed"] for one in whole["earlier"]]) == (2, 13, [12])
        assert (await told(monitor))["total"]["met"] == 10

    @pytest.mark.parametrize(
        ("more", "status", "problem"),
        [
            ({"formed": 16}, 422, "committee-counts"),
            ({"met": 13}, 422, "committee-counts"),
            ({"trained": 13}, 422, "committee-counts"),
            ({"formed": 0, "met": 0, "trained": 0}, 422, "committee-counts"),
            ({"met": -1}, 422, "invalid"),
            ({"quarter": "2018-Q4"}, 422, "quarter-too-early"),
            ({"quarter": "2026-Q5"}, 422, "invalid"),
            ({"district": "BD-60"}, 403, "committees-of-another-district"),
            ({"upazila": "Debidwar 01712345678"}, 422, "number-of-a-person"),
            ({"document_url": "https://probashi.gov.bd"}, 422, "invalid"),
        ],
    )
    async def test_bad_input(self, monitor: Running, more: dict[str, Any], status: int, problem: str) -> None:
        answer = await send(cumilla(monitor), **more)
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (status, problem), answer.text

    async def test_a_quarter_that_is_not_over(self, monitor: Running) -> None:
        answer = await send(cumilla(monitor), quarter=quarter_of(datetime.now(DHAKA).date()))
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:probashi:problem:quarter-not-over")

    async def test_another_district_sees_none_of_it_and_the_row_cannot_be_changed(self, monitor: Running) -> None:
        made = (await send(cumilla(monitor))).json()
        sylhet = monitor.client("demo", districts=["BD-60"])
        assert (await sylhet.get(f"{RETURNS}/{made['id']}")).status_code == 404
        assert (await correct(sylhet, made["id"], 1)).status_code == 404
        assert (await sylhet.get(RETURNS)).json()["items"] == []
        [seen] = (await cumilla(monitor).get(RETURNS, params={"quarter": QUARTER})).json()["items"]
        assert (seen["upazila"], seen["referred"]) == ("Debidwar", 30)
        for statement in ("update committee_return set formed = 0", "delete from committee_return"):
            with pytest.raises(DBAPIError, match="permission denied"):
                async with monitor.sessions.begin() as session:
                    await session.execute(text(statement))


class TestCases:
    async def spread(self, monitor: Running) -> None:
        """40 cases in Cumilla, 22 in Sylhet, 3 in Dhaka, of whom nobody may know."""
        for district, cases in (("BD-08", 40), ("BD-60", 22), ("BD-13", 3)):
            assert (await send(ministry(monitor), district=district, referred=cases)).status_code == 201
        await in_time(monitor)

    async def test_small_numbers_are_left_out_and_cannot_be_worked_out(self, monitor: Running) -> None:
        await self.spread(monitor)
        found = await told(monitor)
        assert {one["district"]: one["referred"] for one in found["districts"]} == {"BD-08": 40, "BD-60": None, "BD-13": None}
        assert found["total"]["referred"] == 65

    async def test_what_is_corrected_later_changes_no_number_that_was_told(self, monitor: Running) -> None:
        """Somebody keeps the page of before, and subtracts it from that of after."""
        await self.spread(monitor)
        before = await told(monitor)
        [sylhet] = [one["id"] for one in (await ministry(monitor).get(RETURNS)).json()["items"] if one["district"] == "BD-60"]
        assert (await correct(ministry(monitor), sylhet, 1, referred=24)).status_code == 201
        assert (await send(ministry(monitor), "Laksam", referred=2)).status_code == 201
        after = await told(monitor)
        assert (before["late"], after["late"]) == ("none", "few")
        assert after["total"]["referred"] == before["total"]["referred"]
        cases = [{one["district"]: one["referred"] for one in page["districts"]} for page in (before, after)]
        assert cases[0] == cases[1]
        assert after["total"]["formed"] == before["total"]["formed"] + 12

    def test_cases_of_a_quarter_whose_returns_still_come_are_not_told(self) -> None:
        rows = [a_row("BD-08", Counts(unions=5, formed=4, met=2, trained=1, referred=50))]
        assert rules.summed(rows, None)[WHOLE].referred is None
        assert rules.summed(rows, {"BD-08": 50})["BD-08"].referred == 50

    async def test_the_open_data_hold_the_quarter_and_are_made_anew_when_it_is_returned(self, monitor: Running) -> None:
        address = f"/v1/framework/data/{QUARTER}/committees.csv"
        empty = (await monitor.client().get(address)).text
        await self.spread(monitor)
        rows = (await monitor.client().get(address)).text.splitlines()
        assert f"{QUARTER},all,3,45,36,27,12,65,false" in rows
        assert f"{QUARTER},BD-13,1,15,12,9,4,,true" in rows
        assert len(empty.splitlines()) == 1
        described = [
            one["name"] for one in (await monitor.client().get(f"/v1/framework/data/{QUARTER}/datapackage.json")).json()["resources"]
        ]
        assert {"committees", "committees-json"} <= set(described)


class TestRules:
    def test_counts_that_hold(self) -> None:
        rules.judge_counts(Counts(unions=15, formed=15, met=15, trained=15, referred=100))

    def test_a_meeting_is_told_once(self) -> None:
        assert rules.first_meeting([], 3)
        assert rules.first_meeting([0], 3)
        assert not rules.first_meeting([3], 4)
        assert not rules.first_meeting([], 0)


class TestEvidence:
    async def test_committees_that_met_are_evidence_once(self, monitor: Running) -> None:
        client = cumilla(monitor)
        made = (await send(client, met=0)).json()
        assert (await correct(client, made["id"], 1, met=5)).status_code == 201
        assert (await correct(client, made["id"], 2, met=6)).status_code == 201
        await until(lambda: monitor.count("fact"), 1)
        activity = (await monitor.client().get("/v1/framework/activities/6.4.1.4")).json()
        assert (activity["evidence"], activity["progress"]["standing"]) == (1, "evidence_only")
