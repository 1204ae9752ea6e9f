"""Brought home from a crisis: told by event and manifest in any order, confirmed by a person alone."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson

from contracts.crisis import EvacueeArrived
from contracts.reintegration import ArrivalConfirmed, ReturneeRegistered
from kit.bus import Bus
from kit.testing.waiting import until
from runner.testing import Engines, Running
from services.reintegration.tests.test_endpoints import RETURNEE, URL, demo, register, told

ARRIVALS = f"{URL}/arrivals"
ANY = {"If-Match": "*"}
ROW: dict[str, Any] = {
    "name": RETURNEE["name"],
    "phone": RETURNEE["phone"],
    "sex": "male",
    "age_band": "25_34",
    "district": "BD-08",
    "country": "LY",
    "arrived_on": "2026-11-20",
    "documents": [{"kind": "passport", "number": "BX 0123456"}],
}


def crisis(running: Running) -> httpx.AsyncClient:
    return running.client("service", sub="svc-crisis", districts=["*"], countries=["*"])


def row(evacuee: UUID, **changes: Any) -> dict[str, Any]:
    return {"id": str(evacuee), **ROW, **changes}


async def hand_over(running: Running, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await crisis(running).post(ARRIVALS, json={"rows": rows})
    assert answer.status_code == 201, answer.text
    outcomes: list[dict[str, Any]] = answer.json()["rows"]
    return outcomes


async def tell(engines: Engines, evacuee: UUID, *, times: int = 1, **changes: Any) -> None:
    """As crisis does, by its own user of NATS; without an id for NATS, so that the inbox has to drop what comes twice."""
    data = {"message_status": "actual", "arrived_at": "2026-11-20T04:00:00+06:00"}
    data |= {name: ROW[name] for name in ("country", "district", "sex", "age_band", "arrived_on")} | changes
    envelope = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/services/crisis",
        "type": EvacueeArrived.type,
        "subject": str(evacuee),
        "time": "2026-11-20T00:00:00Z",
        "dataschema": f"urn:probashi:schema:{EvacueeArrived.type}",
        "sequence": 1,
        "data": data,
    }
    bus = await Bus(engines.nats_url("crisis"), "crisis").connect()
    try:
        await bus.ensure_stream("crisis")
        for _ in range(times):
            await bus.jetstream.publish(EvacueeArrived.nats_subject(), orjson.dumps(envelope))
    finally:
        await bus.close()


async def waiting(running: Running) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await demo(running).get(ARRIVALS)).json()["items"]
    return items


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit(":", 1)[1]


class TestTold:
    async def test_by_event_first_and_by_manifest_after_it_is_one_person(self, reintegration: Running, engines: Engines) -> None:
        evacuee = uuid4()
        await tell(engines, evacuee, times=2)

        async def known() -> int:
            return len(await waiting(reintegration))

        await until(known, 1)
        assert (await waiting(reintegration))[0]["person"] is None
        assert [one["outcome"] for one in await hand_over(reintegration, row(evacuee))] == ["taken"]
        (one,) = await waiting(reintegration)
        assert (one["id"], one["person"]["name"], one["person"]["phone"]) == (str(evacuee), RETURNEE["name"], "+8801712345678")
        assert [one["outcome"] for one in await hand_over(reintegration, row(evacuee))] == ["again"]
        assert await reintegration.count("evacuee_arrival") == 1

    async def test_an_event_that_comes_late_changes_nothing_that_was_decided(self, reintegration: Running, engines: Engines) -> None:
        evacuee, drill, last = uuid4(), uuid4(), uuid4()
        await hand_over(reintegration, row(evacuee))
        confirmed = await demo(reintegration).post(f"{ARRIVALS}/{evacuee}/confirmation", json=RETURNEE, headers=ANY)
        assert confirmed.status_code == 201
        await tell(engines, evacuee)
        await tell(engines, drill, message_status="exercise")
        await tell(engines, last)

        async def heard() -> list[str]:
            return [one["id"] for one in await waiting(reintegration)]

        await until(heard, [str(last)])
        assert [one["outcome"] for one in await hand_over(reintegration, row(evacuee))] == ["decided"]
        assert await reintegration.count("returnee") == 1
        assert await reintegration.count("evacuee_arrival") == 2

    async def test_one_row_that_is_wrong_keeps_no_other_out_and_is_not_quoted(self, reintegration: Running) -> None:
        wrong = row(uuid4(), country="XX-secret", arrived_on="2026-13-01")
        outcomes = await hand_over(reintegration, wrong, {"name": "নাম"}, row(uuid4(), arrived_on="২০২৬-১১-২০"))
        assert [one["outcome"] for one in outcomes] == ["refused", "refused", "taken"]
        assert [one["field"] for one in outcomes[0]["problems"]] == ["country", "arrived_on"]
        assert "secret" not in str(outcomes)
        assert all(one["detail"]["bn"] for one in outcomes[1]["problems"])

    async def test_no_other_client_hands_over_a_manifest(self, reintegration: Running) -> None:
        exchange = reintegration.client("service", sub="cti")
        assert (await exchange.post(ARRIVALS, json={"rows": [row(uuid4())]})).status_code == 403
        assert (await demo(reintegration).post(ARRIVALS, json={"rows": [row(uuid4())]})).status_code == 403


class TestConfirmed:
    async def test_by_a_person_into_a_registration_that_is_matched_and_never_merged(self, reintegration: Running) -> None:
        officer, evacuee = demo(reintegration), uuid4()
        earlier = await register(officer)
        await hand_over(reintegration, row(evacuee))
        assert await reintegration.count("returnee") == 1
        receipt = (await officer.post(f"{ARRIVALS}/{evacuee}/confirmation", json=RETURNEE, headers={"If-Match": '"1"'})).json()
        assert receipt["matches"] == 1
        assert await reintegration.count("returnee") == 2
        assert (await officer.get(f"{URL}/{receipt['reference']}")).json()["same_as"] is None
        arrival = (await officer.get(f"{ARRIVALS}/{evacuee}")).json()
        assert (arrival["state"], arrival["person"], arrival["returnee_reference"]) == ("confirmed", None, receipt["reference"])
        assert await waiting(reintegration) == []
        assert slug(await officer.post(f"{ARRIVALS}/{evacuee}/confirmation", json=RETURNEE, headers=ANY)) == (409, "arrival-decided")
        kinds = [one["type"] for one in await told(reintegration)]
        assert (kinds.count(ReturneeRegistered.type), kinds.count(ArrivalConfirmed.type)) == (2, 1)
        assert earlier["reference"] != receipt["reference"]

    async def test_somebody_who_was_registered_before_is_linked_by_a_person(self, reintegration: Running) -> None:
        officer, evacuee = demo(reintegration), uuid4()
        earlier = (await register(officer))["reference"]
        await hand_over(reintegration, row(evacuee))
        known = {"because": "registered_before", "returnee": earlier}
        unseen = (await register(demo(reintegration, "BD-60", sub="other"), district="BD-60"))["reference"]
        address = f"{ARRIVALS}/{evacuee}/dismissal"
        assert (await officer.post(address, json={"because": "registered_before"}, headers=ANY)).status_code == 422
        assert (await officer.post(address, json={**known, "returnee": unseen}, headers=ANY)).status_code == 404
        assert (await officer.post(address, json=known, headers=ANY)).status_code == 200
        assert (await officer.get(f"{ARRIVALS}/{evacuee}")).json()["returnee_reference"] == earlier
        assert await reintegration.count("returnee") == 2
        (event,) = [one["data"] for one in await told(reintegration) if one["type"] == ArrivalConfirmed.type]
        assert event["known"] is True


class TestWhoSeesIt:
    async def test_the_desk_of_the_home_district(self, reintegration: Running) -> None:
        evacuee = uuid4()
        await hand_over(reintegration, row(evacuee), row(uuid4(), district="BD-60"), row(uuid4(), district=None))
        assert [one["id"] for one in await waiting(reintegration)] == [str(evacuee)]
        other = demo(reintegration, "BD-60", sub="other")
        assert (await other.get(f"{ARRIVALS}/{evacuee}")).status_code == 404
        assert (await other.post(f"{ARRIVALS}/{evacuee}/confirmation", json=RETURNEE, headers=ANY)).status_code == 404
        assert len((await reintegration.client("wewb").get(ARRIVALS)).json()["items"]) == 3

    async def test_one_of_another_district_is_sent_on_by_who_sees_the_country(self, reintegration: Running) -> None:
        evacuee = uuid4()
        await hand_over(reintegration, row(evacuee))
        await demo(reintegration).post(f"{ARRIVALS}/{evacuee}/dismissal", json={"because": "not_here"}, headers=ANY)
        assert await waiting(reintegration) == []
        sent = await reintegration.client("wewb").put(f"{ARRIVALS}/{evacuee}/district", json={"district": "BD-60"}, headers=ANY)
        assert sent.json()["state"] == "waiting"
        assert len((await demo(reintegration, "BD-60", sub="other").get(ARRIVALS)).json()["items"]) == 1

    async def test_one_who_may_have_been_trafficked_is_seen_by_fewer(self, reintegration: Running) -> None:
        await hand_over(reintegration, row(uuid4(), flags=["trafficking"]))
        assert (await reintegration.client("wewb").get(ARRIVALS)).json()["items"] == []
        assert len(await waiting(reintegration)) == 1

    async def test_nothing_personal_lies_open(self, reintegration: Running) -> None:
        await hand_over(reintegration, row(uuid4()))
        for table in ("evacuee_arrival", "outbox", "idempotency"):
            stored = await reintegration.raw(table)
            assert [one for one in ("Karim", "1712345678", "0123456") if one.encode() in stored] == [], table
