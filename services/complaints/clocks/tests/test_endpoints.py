"""Deadlines over HTTP, with the reason in both languages; and data that does not hold together."""

from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from pydantic import ValidationError

from kit.calendars import IN_FORCE
from runner.testing import Running
from services.complaints.clocks import calendars, clock_list
from services.complaints.offices import OFFICES

BODY: dict[str, Any] = {
    "channel": "phone",
    "category": "wages",
    "country": "SA",
    "reporter": {"relation": "anonymous"},
    "narrative": "বেতন দেয় না।",
    "occurred_on": "2021-11-25",  # five years ago: the clocks run from receipt
}


async def lodge(client: httpx.AsyncClient, **changes: Any) -> str:
    answer = await client.post("/v1/complaints", json={**BODY, **changes})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


def by_clock(told: dict[str, Any]) -> dict[tuple[str, int], Any]:
    return {(one["clock"], one["round"]): one for one in told["items"]}


class TestDeadlines:
    async def test_say_when_and_why_in_both_languages(self, complaints: Running) -> None:
        agent = complaints.client("agent")
        reference = await lodge(agent)
        told = (await agent.get(f"/v1/complaints/{reference}/deadlines")).json()
        law = by_clock(told)["investigation", 1]
        assert law["standing"] == "running"
        assert law["source"].startswith("OEMA 2013 s.41(2)")
        english, bangla = (" ".join(one[tongue] for one in law["why"]) for tongue in ("en", "bn"))
        assert "30 working days" in english
        assert "Labour Welfare Wing, Riyadh" in english
        assert "Asia/Riyadh" in english
        assert "৩০ কার্যদিবস" in bangla
        assert "শেষ সময়" in bangla

    async def test_a_contact_meets_the_first_and_moves_the_next(self, complaints: Running) -> None:
        agent = complaints.client("agent")
        reference = await lodge(agent)
        answer = await agent.post(f"/v1/complaints/{reference}/contacts", json={"how": "phone", "note": "কথা হয়েছে"})
        assert answer.status_code == 201
        found = by_clock(answer.json())
        assert found["first_response", 1]["standing"] == "met"
        assert found["next_update", 2]["standing"] == "running"
        assert "কথা হয়েছে".encode() not in await complaints.raw("happening")

    async def test_the_acts_of_the_procedure_meet_and_start_the_clocks_of_the_law(self, complaints: Running) -> None:
        reference = await lodge(complaints.client("agent"))
        wing = complaints.client("wing", countries=["SA"])
        for act, body in (("take", {}), ("start-investigation", {}), ("complete-investigation", {"finding": "সত্য"})):
            answer = await wing.post(f"/v1/complaints/{reference}/actions/{act}", json=body, headers={"If-Match": "*"})
            assert answer.status_code == 201, answer.text
        found = by_clock((await wing.get(f"/v1/complaints/{reference}/deadlines")).json())
        assert found["investigation", 1]["standing"] == "met"
        assert found["disposal", 1]["standing"] == "running"

    async def test_the_party_it_is_about_is_not_told(self, complaints: Running) -> None:
        reference = await lodge(complaints.client("agent"), respondent={"kind": "agency", "licence": "RL-0001"})
        agency = complaints.client("agency", licence=["RL-0001"])
        assert (await agency.get(f"/v1/complaints/{reference}/deadlines")).status_code == 403
        assert (await complaints.client("wing", countries=["LB"]).get(f"/v1/complaints/{reference}/deadlines")).status_code == 404


def changed(path: Path, tmp_path: Path, **changes: Any) -> Path:
    data = yaml.safe_load(path.read_text("utf-8"))
    copy = tmp_path / path.name
    copy.write_text(yaml.safe_dump({**data, **changes}, allow_unicode=True), "utf-8")
    return copy


class TestData:
    def test_every_office_has_a_calendar_and_a_ladder(self) -> None:
        for office in OFFICES.by_code:
            assert calendars.CALENDARS.of(office).shifts
            assert clock_list.LADDERS.seats_for(office)

    @pytest.mark.parametrize(
        ("hours", "message"),
        [
            ({"office": ["17:00-09:00"]}, "no shift"),
            ({"office": ["09:00-13:00", "12:00-17:00"]}, "overlap"),
            ({"office": ["09:00-24:30"]}, "no shift"),
        ],
    )
    def test_hours_that_are_none(self, tmp_path: Path, hours: dict[str, list[str]], message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            calendars.load(changed(IN_FORCE, tmp_path, hours=hours))

    def test_an_office_without_a_calendar(self, tmp_path: Path) -> None:
        with pytest.raises(ValidationError, match="no calendar for"):
            calendars.load(changed(IN_FORCE, tmp_path, used_by=[{"kind": "demo", "calendar": "dhaka"}]))

    def test_a_zone_that_is_none(self, tmp_path: Path) -> None:
        used = [{"kind": "*", "calendar": "dhaka", "zone": "Asia/Sylhet"}]
        with pytest.raises(ValidationError, match="no time zone"):
            calendars.load(changed(IN_FORCE, tmp_path, used_by=used))

    def test_months_that_pause_and_limits_of_two_units(self, tmp_path: Path) -> None:
        clock = clock_list.CLOCKS.by_code["charter"].model_dump(mode="json", exclude={"limits"})
        for pauses, limit, message in ((True, {"months": 3}, "cannot pause"), (False, {"months": 3, "days": 1}, "one unit")):
            broken = [{**clock, "pauses": pauses, "limits": [limit]}]
            with pytest.raises(ValidationError, match=message):
                clock_list.load_clocks(changed(clock_list.CLOCKS_FILE, tmp_path, clocks=broken))

    def test_a_ladder_to_an_office_that_is_none(self, tmp_path: Path) -> None:
        ladders = yaml.safe_load(clock_list.LADDERS_FILE.read_text("utf-8"))["ladders"]
        ladders[0]["rungs"] = [{"office": "nowhere", "role": "head"}]
        with pytest.raises(ValidationError, match="no such seat"):
            clock_list.load_ladders(changed(clock_list.LADDERS_FILE, tmp_path, ladders=ladders))
