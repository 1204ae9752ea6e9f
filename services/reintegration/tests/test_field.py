"""Queues of devices that had no connection: each registration once, whatever happens to it on its way."""

import asyncio
import base64
import json
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from kit.boxes import seal_box
from kit.errors import UnavailableError
from kit.reference import make
from runner.testing import Running
from services.reintegration.field import rules
from services.reintegration.field.lane import Lane
from services.reintegration.field.rules import MOST_BOX_BYTES, by_our_clock, clock_is_off, context_of
from services.reintegration.tests.test_endpoints import RETURNEE, URL, accesses, demo, register, returnee

SYNC = f"{URL}/sync"
CONFLICTS = f"{URL}/conflicts"
MEND = f"{URL}/mend"


class Device:
    """What the page does in a browser, with the same formats."""

    def __init__(self, client: httpx.AsyncClient, *, ahead: timedelta = timedelta()) -> None:
        self.client = client
        client.timeout = httpx.Timeout(60)  # ten parts of a queue at once take long where many suites share two cores
        self.id = str(uuid4())
        self.ahead = ahead

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def seal(self, registration: Any, *, entry: str = "", reference: str | None = None, **changes: Any) -> dict[str, Any]:
        key = (await self.client.get(f"{SYNC}/key")).json()
        entry = entry or str(uuid4())
        content = {"registration": registration, "reference": reference, "written_at": self.now.isoformat(), **changes}
        receiver = base64.urlsafe_b64decode(key["public_key"] + "=")
        box = seal_box(receiver, json.dumps(content).encode(), context_of(key["key_id"], self.id, entry))
        return {"id": entry, "key_id": key["key_id"], "sealed": base64.urlsafe_b64encode(box).decode().rstrip("=")}

    async def send(self, *entries: dict[str, Any], device_now: datetime | None = None) -> dict[str, Any]:
        body = {"device_id": self.id, "device_now": (device_now or self.now).isoformat(), "entries": list(entries)}
        answer = await self.client.post(SYNC, json=body)
        while answer.status_code == 503:
            await asyncio.sleep(0.2)
            answer = await self.client.post(SYNC, json=body)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def one(self, registration: Any, **more: Any) -> dict[str, Any]:
        result: dict[str, Any] = (await self.send(await self.seal(registration, **more)))["results"][0]
        return result


@pytest.fixture
def device(reintegration: Running) -> Device:
    return Device(demo(reintegration))


class TestSync:
    async def test_keeps_the_number_that_is_on_the_slip(self, reintegration: Running, device: Device) -> None:
        printed = make("R")
        result = await device.one(RETURNEE, reference=printed)
        assert (result["outcome"], result["reference"], result["again"]) == ("stored", printed, False)
        assert (await device.client.get(f"{URL}/{printed}")).json()["name"] == RETURNEE["name"]
        assert await reintegration.count("field_entry") == 1

    async def test_a_number_that_somebody_has_is_not_given_twice(self, device: Device) -> None:
        taken = (await register(device.client))["reference"]
        result = await device.one(returnee(name="Another"), reference=taken)
        assert result["outcome"] == "stored"
        assert result["reference"] != taken
        assert "slip" in result["notes"][0]["en"]

    async def test_two_hundred_come_once_though_the_queue_is_sent_twice_at_once(self, reintegration: Running, device: Device) -> None:
        queue = [await device.seal(returnee(name=f"Person {number}", phone=None, documents=[])) for number in range(200)]
        parts = [queue[start : start + 40] for start in range(0, 200, 40)]
        told = await asyncio.gather(*(device.send(*part) for part in [*parts, *(part[::-1] for part in parts)]))
        results = [one for answer in told for one in answer["results"]]
        assert {one["outcome"] for one in results} == {"stored"}
        assert sum(one["again"] for one in results) == 200
        assert len({one["reference"] for one in results}) == await reintegration.count("returnee") == 200

    async def test_nothing_of_the_content_stands_beside_the_sealed_record(self, reintegration: Running, device: Device) -> None:
        await device.one(returnee(name="Secretname Nomuna"))
        await device.one(returnee(name="Secretname Nomuna", returned_on="2031-01-01"))
        kept = await reintegration.raw("field_entry")
        assert b"Secretname" not in kept

    async def test_a_child_alone_opens_its_task_at_once(self, device: Device) -> None:
        result = await device.one(returnee(age_band="under_18"))
        assert [one["code"] for one in result["urgent"]] == ["child_alone"]
        assert len((await device.client.get(f"{URL}/tasks")).json()["items"]) == 1

    async def test_is_for_those_who_register(self, reintegration: Running) -> None:
        answer = await reintegration.client("agent").post(SYNC, json={})
        assert answer.status_code == 403
        assert (await reintegration.client().get(f"{SYNC}/key")).status_code == 200


class TestManyQueues:
    async def test_who_finds_no_place_is_asked_to_come_again_and_gets_one_later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rules, "PATIENCE_S", 0.01)
        lane = Lane()
        async with AsyncExitStack() as taken:
            for _ in range(rules.PARTS_AT_ONCE):
                await taken.enter_async_context(lane.turn())
            with pytest.raises(UnavailableError) as refused:
                async with lane.turn():
                    pytest.fail("there was no place left")
        assert refused.value.headers["Retry-After"] == str(rules.COME_AGAIN_S)
        async with lane.turn():
            pass

    def test_the_more_were_sent_away_the_later_they_come(self) -> None:
        assert rules.come_again_s(1, 0.5) == rules.COME_AGAIN_S
        assert rules.come_again_s(200, 0.5) == 25
        assert rules.come_again_s(100_000, 0.5) == rules.LATEST_AGAIN_S


class TestClock:
    @pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=-1)])
    async def test_a_day_off_stops_nothing_and_is_said(self, reintegration: Running, ahead: timedelta) -> None:
        device = Device(demo(reintegration), ahead=ahead)
        told = await device.send(await device.seal(RETURNEE))
        assert told["results"][0]["outcome"] == "stored"
        assert abs(told["clock_off_s"] - ahead.total_seconds()) < 60
        kept = (await device.client.get(f"{URL}/{told['results'][0]['reference']}")).json()
        assert abs(datetime.fromisoformat(kept["device_at"]) - datetime.fromisoformat(kept["registered_at"]) - ahead) < timedelta(minutes=1)

    def test_how_long_ago_it_was_is_known_all_the_same(self) -> None:
        now = datetime(2026, 11, 25, 12, tzinfo=UTC)
        wrong = now + timedelta(days=1)
        assert by_our_clock(wrong - timedelta(hours=3), wrong, now) == now - timedelta(hours=3)
        assert clock_is_off(now + timedelta(minutes=9), now) == timedelta()
        assert clock_is_off(now - timedelta(minutes=11), now) == -timedelta(minutes=11)


class TestWhatCannotBeTaken:
    async def test_stops_no_other_entry(self, reintegration: Running, device: Device) -> None:
        good, tampered, moved, unknown = [await device.seal(returnee(name=f"Person {number}", phone=None)) for number in range(4)]
        body = bytearray(base64.urlsafe_b64decode(tampered["sealed"] + "=="))
        body[-1] ^= 1
        tampered["sealed"] = base64.urlsafe_b64encode(body).decode()
        moved["id"] = str(uuid4())
        unknown["key_id"] = "ffffffff"
        enormous = {**good, "id": str(uuid4()), "sealed": "A" * (MOST_BOX_BYTES * 2)}
        garbage = {**good, "id": str(uuid4()), "sealed": "not base64 at all!"}
        told = await device.send(tampered, moved, unknown, enormous, garbage, good)
        assert [one["outcome"] for one in told["results"]] == [
            *("unreadable", "unreadable", "unknown_key", "too_large", "unreadable", "stored"),
        ]
        assert all(any("\u0980" <= letter <= "\u09ff" for letter in one["message"]["bn"]) for one in told["results"])
        assert await reintegration.count("returnee") == await reintegration.count("field_entry") == 1

    async def test_another_device_cannot_send_it(self, reintegration: Running, device: Device) -> None:
        stolen = await device.seal(RETURNEE)
        told = await Device(demo(reintegration)).send(stolen)
        assert told["results"][0]["outcome"] == "unreadable"

    @pytest.mark.parametrize("content", [{"registration": []}, {"registration": None}])
    async def test_what_is_no_registration(self, device: Device, content: dict[str, Any]) -> None:
        assert (await device.one(**content))["outcome"] == "unreadable"

    async def test_more_entries_than_a_part_may_have(self, device: Device) -> None:
        entry = await device.seal(RETURNEE)
        body = {"device_id": device.id, "device_now": device.now.isoformat(), "entries": [entry] * 51}
        assert (await device.client.post(SYNC, json=body)).status_code == 422


class TestMend:
    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"documents": [{"kind": "nid", "number": "১২৩৪৫৬৭৮৯০১"}]}, "/documents/0"),
            ({"departed_on": "2026-11-20", "returned_on": "2026-11-02"}, ""),
            ({"district": "BD-99"}, "/district"),
            ({"flags": ["medical", 7, "hungry"]}, "/flags/1"),
            ({"of": "R-0000-0001"}, "/of"),
        ],
    )
    async def test_what_is_refused_waits_with_its_faults(self, device: Device, changes: dict[str, Any], pointer: str) -> None:
        printed = make("R")
        result = await device.one(returnee(**changes), reference=printed)
        assert result["outcome"] == "to_mend"
        (row,) = (await device.client.get(MEND)).json()["items"]
        assert pointer in [one["pointer"] for one in row["faults"]]
        assert all(one["detail"]["bn"] != one["detail"]["en"] for one in row["faults"])
        found = await device.client.get(f"{MEND}/{row['id']}")
        assert found.json()["registration"]["name"] == RETURNEE["name"]
        mended = await device.client.put(f"{MEND}/{row['id']}", json=RETURNEE, headers={"If-Match": found.headers["etag"]})
        assert (mended.status_code, mended.json()["reference"]) == (200, printed)
        assert (await device.client.get(MEND)).json()["items"] == []
        again = await device.client.put(f"{MEND}/{row['id']}", json=RETURNEE, headers={"If-Match": found.headers["etag"]})
        assert again.status_code == 409

    async def test_a_replay_after_mending_registers_nobody_twice(self, reintegration: Running, device: Device) -> None:
        entry = await device.seal(returnee(returned_on="2031-01-01"))
        await device.send(entry)
        (row,) = (await device.client.get(MEND)).json()["items"]
        mended = await device.client.put(f"{MEND}/{row['id']}", json=RETURNEE, headers={"If-Match": "*"})
        (result,) = (await device.send(entry))["results"]
        assert (result["outcome"], result["again"], result["reference"]) == ("stored", True, mended.json()["reference"])
        assert await reintegration.count("returnee") == 1

    async def test_is_closed_with_a_reason(self, device: Device) -> None:
        entry = await device.seal(returnee(returned_on="2031-01-01"))
        await device.send(entry)
        (row,) = (await device.client.get(MEND)).json()["items"]
        path = f"{MEND}/{row['id']}/dismissal"
        assert (await device.client.post(path, json={"because": "a test"})).status_code == 428
        assert (await device.client.post(path, json={"because": "a test"}, headers={"If-Match": '"9"'})).status_code == 412
        assert (await device.client.post(path, json={"because": "a test"}, headers={"If-Match": '"1"'})).status_code == 204
        assert (await device.send(entry))["results"][0]["outcome"] == "dismissed"

    async def test_is_seen_as_a_returnee_is(self, reintegration: Running) -> None:
        operator = reintegration.client("udc", sub="udc-9", org=["udc-9"])
        await Device(operator).one(returnee(flags=["abuse"], returned_on="2031-01-01"))
        seen = {
            "operator": operator,
            "colleague": reintegration.client("udc", sub="other", org=["udc-9"]),
            "demo": demo(reintegration),
            "neighbour": demo(reintegration, "BD-60"),
            "wewb": reintegration.client("wewb"),
            "supervisor": reintegration.client("supervisor"),
        }
        found = {name: len((await client.get(MEND)).json()["items"]) for name, client in seen.items()}
        assert found == {"operator": 1, "colleague": 0, "demo": 1, "neighbour": 0, "wewb": 0, "supervisor": 1}
        assert ("demo", "mend") in [one[:2] for one in await accesses(reintegration)]


class TestConflict:
    async def test_an_update_fills_what_is_missing_and_overwrites_nothing(self, reintegration: Running, device: Device) -> None:
        first = await register(device.client, phone=None, documents=[])
        said = returnee(name="Abdul Karim Mia", phone="01812345678", flags=["medical"], owed=["wages"], of=first["reference"])
        result = await device.one(said)
        assert (result["outcome"], result["reference"], result["waiting"]) == ("compared", first["reference"], 1)
        now = (await device.client.get(f"{URL}/{first['reference']}")).json()
        assert (now["name"], now["phone"]) == (RETURNEE["name"], "+8801812345678")
        assert ([one["code"] for one in now["flags"]], [one["code"] for one in now["owed"]]) == (["medical"], ["wages"])
        assert len(now["documents"]) == 2
        assert len((await device.client.get(f"{URL}/tasks")).json()["items"]) == 1
        found = (await device.client.post(f"{URL}/search", json={"phone": "01812345678"})).json()["items"]
        assert [one["reference"] for one in found] == [first["reference"]]
        assert await reintegration.count("returnee") == 1

    async def test_a_person_chooses_field_by_field(self, reintegration: Running, device: Device) -> None:
        first = await register(device.client)
        await device.one(returnee(name="Abdul Karim Mia", returned_on="2026-11-05", sex="other", of=first["reference"]))
        (row,) = (await device.client.get(CONFLICTS)).json()["items"]
        path = f"{CONFLICTS}/{row['id']}"
        shown = (await device.client.get(path)).json()
        sides = {one["field"]: (one["kept"], one["new"], one["choice"]) for one in shown["fields"]}
        assert sides["name"] == (RETURNEE["name"], "Abdul Karim Mia", None)
        assert shown["written_at"]
        half = await device.client.put(f"{path}/choices", json={"choices": {"name": "new"}}, headers={"If-Match": '"1"'})
        assert (half.status_code, half.json()["waiting"]) == (200, 2)
        stale = await device.client.put(f"{path}/choices", json={"choices": {"sex": "new"}}, headers={"If-Match": '"1"'})
        assert stale.status_code == 412
        rest = {"choices": {"returned_on": "kept", "sex": "kept", "name": "kept"}}
        done = await device.client.put(f"{path}/choices", json=rest, headers={"If-Match": '"2"'})
        assert done.json()["decided_at"] is not None
        now = (await device.client.get(f"{URL}/{first['reference']}")).json()
        assert (now["name"], now["returned_on"], now["sex"]) == ("Abdul Karim Mia", RETURNEE["returned_on"], "male")
        over = await device.client.put(f"{path}/choices", json=rest, headers={"If-Match": "*"})
        assert over.status_code == 409
        of_record = (await device.client.get(f"{URL}/{first['reference']}/conflicts")).json()["items"]
        assert [(one["id"], one["waiting"]) for one in of_record] == [(row["id"], 0)]
        assert (await demo(reintegration, "BD-60", "sylhet").get(f"{URL}/{first['reference']}/conflicts")).status_code == 404
        both = await reintegration.raw("conflict_field")
        assert b"Karim" not in both

    async def test_the_same_number_with_other_words_is_compared(self, reintegration: Running, device: Device) -> None:
        entry = str(uuid4())
        first = await device.one(RETURNEE, entry=entry)
        second = await device.one(returnee(village="Nomunapur", name="Somebody"), entry=entry)
        assert (second["outcome"], second["reference"], second["waiting"]) == ("compared", first["reference"], 1)
        assert await reintegration.count("returnee") == 1

    async def test_two_desks_in_one_hour_are_merged_by_a_person_only(self, reintegration: Running, device: Device) -> None:
        paper = [{"kind": "passport", "number": "AB1234567"}]
        first = await register(device.client, documents=paper)
        other = await Device(reintegration.client("udc", sub="udc-9")).one(returnee(documents=paper, phone="01912345678"))
        assert (other["outcome"], other["matches"]) == ("stored", 0)  # an operator learns of no match
        (match,) = (await device.client.get(f"{URL}/matches")).json()["items"]
        assert (await device.client.get(CONFLICTS)).json()["items"] == []
        for _ in range(2):
            await device.client.put(f"{URL}/matches/{match['id']}/decision", json={"decision": "same"})
        (row,) = (await device.client.get(CONFLICTS)).json()["items"]
        shown = (await device.client.get(f"{CONFLICTS}/{row['id']}")).json()
        assert (shown["returnee_reference"], shown["other_reference"]) == (first["reference"], other["reference"])
        assert [(one["field"], one["new"]) for one in shown["fields"]] == [("phone", "+8801912345678")]

    async def test_a_stay_cannot_end_before_it_began(self, device: Device) -> None:
        first = await register(device.client, departed_on="2026-10-01")
        await device.one(returnee(departed_on="2026-01-01", returned_on="2026-02-01", of=first["reference"]))
        (row,) = (await device.client.get(CONFLICTS)).json()["items"]
        path = f"{CONFLICTS}/{row['id']}/choices"
        answer = await device.client.put(path, json={"choices": {"returned_on": "new"}}, headers={"If-Match": "*"})
        assert answer.status_code == 422
        both = {"choices": {"returned_on": "new", "departed_on": "new"}}
        assert (await device.client.put(path, json=both, headers={"If-Match": "*"})).status_code == 200

    async def test_is_out_of_sight_where_the_record_is(self, reintegration: Running, device: Device) -> None:
        first = await register(device.client, flags=["abuse"])
        await Device(reintegration.client("ngo", org=["ngo-one"])).one(returnee(name="Other", of=first["reference"]))
        (row,) = (await device.client.get(CONFLICTS)).json()["items"]
        for client in (demo(reintegration, "BD-60", "sylhet"), reintegration.client("wewb")):
            assert (await client.get(CONFLICTS)).json()["items"] == []
            assert (await client.get(f"{CONFLICTS}/{row['id']}")).status_code == 404
            choice = {"choices": {"name": "new"}}
            assert (await client.put(f"{CONFLICTS}/{row['id']}/choices", json=choice, headers={"If-Match": "*"})).status_code == 404

    async def test_an_unknown_slip_registers_as_new(self, device: Device) -> None:
        result = await device.one(returnee(of=make("R")))
        assert result["outcome"] == "stored"
        assert "earlier slip" in result["notes"][0]["en"]
