"""What a desk writes down when somebody comes back, and what follows at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from contracts.reintegration import ArrivalServiceNoted, ReturneeRegistered, UrgentNeedFound, UrgentNeedMet
from kit.testing.waiting import until
from runner.testing import Running
from services.reintegration.tasks.service import OVERDUE
from services.reintegration.tests.test_endpoints import RETURNEE, URL, demo, register, returnee, told

GUARDIAN = {"name": "সালেহা", "relation": "নানি", "phone": "01812345678"}
FAMILY = {"father": "আব্দুল গফুর", "mother": "আমেনা", "village": "নমুনাপুর", "birth_year": 1994, "upazila": "Debidwar"}


class TestWhatIsKept:
    async def test_is_read_back_and_sealed_at_rest(self, reintegration: Running) -> None:
        client = demo(reintegration)
        more = {
            **FAMILY,
            "second_phone": "+966501112233",
            "owed": ["wages", "wages", "court_case"],
            "proof": "ticket",
            "neutral_slip": True,
        }
        receipt = await register(client, **more)
        kept = (await client.get(f"{URL}/{receipt['reference']}")).json()
        assert {name: kept[name] for name in (*FAMILY, "second_phone", "proof", "neutral_slip")} == {
            name: more[name] for name in (*FAMILY, "second_phone", "proof", "neutral_slip")
        }
        assert [one["code"] for one in kept["owed"]] == ["wages", "court_case"]
        stored = await reintegration.raw("returnee")
        assert [one for one in ("গফুর", "আমেনা", "নমুনাপুর", "501112233") if one.encode() in stored] == []

    async def test_help_on_arrival_is_told_of(self, reintegration: Running) -> None:
        client = demo(reintegration)
        arrival = [{"kind": "health_check", "outcome": "declined"}, {"kind": "counselling", "outcome": "done"}]
        receipt = await register(client, arrival=arrival)
        kept = (await client.get(f"{URL}/{receipt['reference']}")).json()["arrival"]
        assert [(one["kind"], one["outcome"]) for one in kept] == [("health_check", "declined"), ("counselling", "done")]
        told_of = [one["data"]["service"] for one in await told(reintegration) if one["type"] == ArrivalServiceNoted.type]
        assert told_of == ["health_check", "counselling"]


class TestBadInput:
    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"documents": [{"kind": "nid", "number": "12345678901"}]}, "/documents/0"),
            ({"documents": [{"kind": "nid", "number": "১২৩৪৫৬৭৮৯০১"}]}, "/documents/0"),
            ({"departed_on": "2026-11-20", "returned_on": "2026-11-02"}, ""),
            ({"flags": ["hungry"]}, "/flags/0"),
            ({"owed": ["everything"]}, "/owed/0"),
            ({"birth_year": 1850}, "/birth_year"),
            ({"guardian": {"name": "x"}}, "/guardian/relation"),
            ({"device_at": "2026-11-20T10:00:00"}, "/device_at"),
        ],
    )
    async def test_is_explained_in_both_languages(self, reintegration: Running, changes: dict[str, Any], pointer: str) -> None:
        client = demo(reintegration)
        body = returnee(**changes)
        for language in ("en", "bn"):
            answer = await client.post(URL, json=body, headers={"Accept-Language": language})
            assert answer.status_code == 422
            found = {one["pointer"]: one["detail"] for one in answer.json()["errors"]}
            assert pointer in found
            assert any("\u0980" <= letter <= "\u09ff" for letter in found[pointer]) == (language == "bn")
        assert await reintegration.count("returnee") == 0

    async def test_a_script_in_a_name_is_kept_as_a_name(self, reintegration: Running) -> None:
        client = demo(reintegration)
        receipt = await register(client, name="<script>alert(1)</script>")
        assert (await client.get(f"{URL}/{receipt['reference']}")).json()["name"] == "<script>alert(1)</script>"

    async def test_an_odd_passport_or_year_is_taken_and_said(self, reintegration: Running) -> None:
        papers = [{"kind": "passport", "number": "A1"}, {"kind": "nid", "number": "19801234567890123"}]
        receipt = await register(demo(reintegration), documents=papers, birth_year=1994)
        assert len(receipt["notes"]) == 2

    async def test_a_device_whose_clock_is_a_day_ahead_is_not_believed(self, reintegration: Running) -> None:
        ahead = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        receipt = await register(demo(reintegration), device_at=ahead)
        assert datetime.fromisoformat(receipt["registered_at"]) <= datetime.now(UTC)
        assert "clock" in receipt["notes"][0]["en"]


class TestUrgent:
    async def test_a_flag_opens_a_task_of_the_district_at_once(self, reintegration: Running) -> None:
        airport = reintegration.client("airport", sub="desk")
        receipt = await register(airport, flags=["medical", "destitute"])
        assert [one["code"] for one in receipt["urgent"]] == ["medical", "destitute"]
        items = (await demo(reintegration).get(f"{URL}/tasks")).json()["items"]
        assert [(one["flag"]["code"], one["returnee_reference"]) for one in items] == [
            ("medical", receipt["reference"]),
            ("destitute", receipt["reference"]),
        ]
        assert {(one["name"], one["name_bn"]) for one in items} == {(RETURNEE["name"], RETURNEE["name_bn"])}
        assert (await demo(reintegration, "BD-60").get(f"{URL}/tasks")).json()["items"] == []
        assert (await airport.get(f"{URL}/tasks")).status_code == 403
        assert [one["data"]["flag"] for one in await told(reintegration) if one["type"] == UrgentNeedFound.type] == ["medical", "destitute"]

    async def test_a_child_without_a_guardian_is_alone_whether_ticked_or_not(self, reintegration: Running) -> None:
        client = demo(reintegration)
        alone = await register(client, age_band="under_18")
        cared_for = await register(client, age_band="under_18", guardian=GUARDIAN)
        assert ([one["code"] for one in alone["urgent"]], cared_for["urgent"]) == (["child_alone"], [])
        assert (await client.get(f"{URL}/{cared_for['reference']}")).json()["guardian"]["relation"] == "নানি"

    async def test_abuse_narrows_who_sees_the_person(self, reintegration: Running) -> None:
        taker = reintegration.client("ngo", sub="taker", org=["ngo-one"])
        reference = (await register(taker, flags=["abuse"]))["reference"]
        sees = {
            "taker": taker,
            "colleague": reintegration.client("ngo", sub="colleague", org=["ngo-one"]),
            "wewb": reintegration.client("wewb"),
            "demo": demo(reintegration),
            "neighbour": demo(reintegration, "BD-60"),
            "supervisor": reintegration.client("supervisor"),
        }
        seen = {}
        for name, client in sees.items():
            listed = len((await client.get(URL)).json()["items"])
            seen[name] = ((await client.get(f"{URL}/{reference}")).status_code, listed)
        allowed = {"taker", "demo", "supervisor"}
        assert seen == {name: (200, 1) if name in allowed else (404, 0) for name in sees}
        assert (await sees["wewb"].get(f"{URL}/tasks")).json()["items"] == []
        restricted = {one["type"]: one["restricted"] for one in await told(reintegration)}
        assert restricted == {ReturneeRegistered.type: True, UrgentNeedFound.type: True}

    async def test_taken_by_one_ended_once(self, reintegration: Running) -> None:
        first, second = demo(reintegration, sub="first"), demo(reintegration, sub="second")
        await register(first, flags=["medical"])
        (task,) = (await first.get(f"{URL}/tasks")).json()["items"]
        address, seen = f"{URL}/tasks/{task['id']}", {"If-Match": f'"{task["version"]}"'}
        assert (await first.post(f"{address}/take")).status_code == 428
        taken = await first.post(f"{address}/take", headers=seen)
        assert (taken.status_code, taken.json()["mine"]) == (200, True)
        assert (await second.post(f"{address}/take", headers=seen)).status_code == 412
        now = {"If-Match": f'"{taken.json()["version"]}"'}
        assert (await second.post(f"{address}/take", headers=now)).json()["type"].endswith("task-taken")
        body = {"outcome": "helped", "note": "হাসপাতালে নেওয়া হয়েছে"}
        done = await second.post(f"{address}/finish", json=body, headers=now)
        assert (done.status_code, done.json()["outcome_label"]["en"]) == (200, "Helped")
        again = await first.post(f"{address}/finish", json=body, headers={"If-Match": "*"})
        assert (again.status_code, again.json()["type"].rsplit(":", 1)[1]) == (409, "task-done")
        met = [one["data"] for one in await told(reintegration) if one["type"] == UrgentNeedMet.type]
        assert [(one["outcome"], one["late"]) for one in met] == [("helped", False)]
        assert "হাসপাতালে".encode() not in await reintegration.raw("urgent_task")

    async def test_what_nobody_did_in_time_is_marked_by_itself(self, reintegration: Running) -> None:
        client = demo(reintegration)
        await register(client, flags=["medical"])
        async with reintegration.sessions.begin() as session:
            await session.execute(text("update urgent_task set due_at = now() - interval '1 minute'"))
            await session.execute(text("update timer set due = now(), next_try = now() where kind = :kind"), {"kind": OVERDUE})
            await session.execute(text("select pg_notify('timer', '')"))

        async def overdue() -> int:
            async with reintegration.sessions() as session:
                return int((await session.execute(text("select count(*) from urgent_task where overdue_at is not null"))).scalar_one())

        await until(overdue, 1)
        (task,) = (await client.get(f"{URL}/tasks")).json()["items"]
        assert task["overdue"] is True
