"""The stream of complaints, heard over NATS: counted, drafted, answered by a person."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest

from contracts.complaints import ComplaintLodged, ComplaintMerged
from contracts.events import CloudEvent, Event
from kit.bus import Bus
from kit.testing.days import today
from kit.testing.waiting import until
from runner.testing import Engines, Running
from services.crisis.signals import service
from services.crisis.tests.test_incidents import INCIDENTS, opened, problem

URL = "/v1/crisis/signals"


def told(event: type[Event], complaint: UUID, data: dict[str, Any], *, restricted: bool = False) -> tuple[str, bytes]:
    envelope = CloudEvent(
        id=uuid4(),
        source="/services/complaints",
        type=event.type,
        subject=complaint,
        time=datetime.now(UTC),
        dataschema=f"urn:probashi:schema:{event.type}",
        sequence=1,
        restricted=restricted,
        data=data,
    )
    return event.nats_subject(), orjson.dumps(envelope.model_dump())


def lodged(complaint: UUID | None = None, *, country: str = "LB", days_ago: int = 0, restricted: bool = False) -> tuple[str, bytes]:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    data = {
        "channel": "phone",
        "category": "wages.unpaid",
        "country": country,
        "district": None,
        "victim_sex": "male",
        "victim_age_band": "25_34",
        "respondent_kind": None,
        "respondent_licence": None,
        "lodged_at": at.isoformat(),
    }
    return told(ComplaintLodged, complaint or uuid4(), data, restricted=restricted)


async def hear(engines: Engines, *messages: tuple[str, bytes]) -> None:
    """As complaints does, by its own user of NATS."""
    bus = await Bus(engines.nats_url("complaints"), "complaints").connect()
    try:
        await bus.ensure_stream("complaints")
        for subject, body in messages:
            await bus.jetstream.publish(subject, body)
    finally:
        await bus.close()


@pytest.fixture
def wing(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("wing", countries=["LB"])


async def run(crisis: Running) -> None:
    async with crisis.sessions.begin() as session:
        await service.run(session, today())


async def drafts(client: httpx.AsyncClient, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(f"{URL}{query}")).json()["items"]
    return items


@pytest.fixture
async def burst(crisis: Running, engines: Engines) -> dict[str, Any]:
    """Seven complaints from Lebanon in one day, and nothing before; drafted."""
    await hear(engines, *(lodged() for _ in range(7)))
    await until(lambda: crisis.count("complaint_seen"), 7)
    await run(crisis)
    return (await drafts(crisis.client("supervisor")))[0]


class TestCounted:
    async def test_each_complaint_once_and_none_that_is_restricted(self, crisis: Running, engines: Engines) -> None:
        twice = uuid4()
        await hear(engines, lodged(twice), lodged(twice), lodged(restricted=True), lodged(country="SA", days_ago=1))
        await until(lambda: crisis.count("complaint_seen"), 2)
        rows = {(row.country, row.complaint_id) for row in await crisis.rows("complaint_seen")}
        assert ("LB", twice) in rows

    async def test_what_turned_out_to_be_the_same_counts_once(self, crisis: Running, engines: Engines) -> None:
        same = uuid4()
        await hear(engines, lodged(same), lodged())
        await until(lambda: crisis.count("complaint_seen"), 2)
        data = {"respondent_licence": None, "into": str(uuid4()), "merged_at": datetime.now(UTC).isoformat()}
        await hear(engines, told(ComplaintMerged, same, data))
        await until(lambda: crisis.count("complaint_seen"), 1)

    async def test_a_run_is_due_at_the_next_step_of_the_clock(self, crisis: Running, engines: Engines) -> None:
        before = datetime.now(UTC)
        await hear(engines, lodged(), lodged())
        await until(lambda: crisis.count("complaint_seen"), 2)
        (due, *_) = [row.due for row in await crisis.rows("timer") if row.kind == service.RUN]
        assert due.minute % service.NUMBERS.every_minutes == 0
        assert due > before

    async def test_what_no_window_reaches_is_forgotten(self, crisis: Running, engines: Engines) -> None:
        await hear(engines, lodged(days_ago=service.NUMBERS.reach_days + 2), lodged())
        await until(lambda: crisis.count("complaint_seen"), 2)
        await run(crisis)
        assert await crisis.count("complaint_seen") == 1


class TestDrafted:
    async def test_as_a_draft_that_tells_nobody_abroad(self, crisis: Running, burst: dict[str, Any]) -> None:
        assert (burst["state"], burst["country"], burst["observed"], len(burst["complaints"])) == ("draft", "LB", 7, 7)
        assert burst["expected"] < burst["upper"] + 1 < 7
        assert await crisis.count("alert") == 0
        assert await crisis.rows("outbox") == []

    async def test_once_and_renewed_when_it_grows(self, crisis: Running, engines: Engines, burst: dict[str, Any]) -> None:
        await run(crisis)
        assert (await drafts(crisis.client("supervisor")))[0]["version"] == burst["version"]
        await hear(engines, lodged())
        await until(lambda: crisis.count("complaint_seen"), 8)
        await run(crisis)
        (grown,) = await drafts(crisis.client("supervisor"))
        assert (grown["id"], grown["observed"], len(grown["complaints"])) == (burst["id"], 8, 8)

    async def test_a_wing_sees_its_own_countries(self, crisis: Running, burst: dict[str, Any], wing: httpx.AsyncClient) -> None:
        assert [one["id"] for one in await drafts(wing)] == [burst["id"]]
        other = crisis.client("wing", countries=["SA"])
        assert await drafts(other) == []
        assert (await other.get(f"{URL}/{burst['id']}")).status_code == 404
        said = await other.post(f"{URL}/{burst['id']}/dismissal", json={"because": "x"}, headers=headers(burst))
        assert said.status_code == 404


def headers(signal: dict[str, Any]) -> dict[str, str]:
    return {"If-Match": f'"{signal["version"]}"', "Idempotency-Key": str(uuid4())}


class TestAnswered:
    @pytest.mark.parametrize(("act", "state"), [("confirmation", "confirmed"), ("dismissal", "dismissed")])
    async def test_a_person_says_what_it_is(
        self, crisis: Running, burst: dict[str, Any], wing: httpx.AsyncClient, act: str, state: str
    ) -> None:
        at = f"{URL}/{burst['id']}/{act}"
        answer = await wing.post(at, json={"because": "Camp fire at Bourj Hammoud"}, headers=headers(burst))
        assert (answer.status_code, answer.json()["state"]) == (201, state)
        assert answer.json()["because"] == "Camp fire at Bourj Hammoud"
        assert b"Camp fire" not in await crisis.raw("signal") + await crisis.raw("outbox")
        (event,) = await crisis.rows("outbox")
        assert event.nats_subject == "crisis.signal.answered.v1"
        again = await wing.post(at, json={"because": "once more"}, headers=headers(answer.json()))
        assert (again.status_code, again.json()["type"]) == (409, "urn:probashi:problem:signal-answered")
        assert await drafts(wing, "?waiting=true") == []

    async def test_who_saw_an_older_draft_is_told(self, burst: dict[str, Any], wing: httpx.AsyncClient) -> None:
        stale = headers(burst | {"version": 9})
        assert (await wing.post(f"{URL}/{burst['id']}/dismissal", json={"because": "x"}, headers=stale)).status_code == 412

    async def test_it_stays_silent_until_it_is_news(
        self, crisis: Running, engines: Engines, burst: dict[str, Any], wing: httpx.AsyncClient
    ) -> None:
        await wing.post(f"{URL}/{burst['id']}/dismissal", json={"because": "One letter, copied"}, headers=headers(burst))
        await hear(engines, lodged())
        await until(lambda: crisis.count("complaint_seen"), 8)
        await run(crisis)
        assert await drafts(wing, "?waiting=true") == []
        await hear(engines, *(lodged() for _ in range(5)))
        await until(lambda: crisis.count("complaint_seen"), 13)
        await run(crisis)
        assert [one["observed"] for one in await drafts(wing, "?waiting=true")] == [13]

    async def test_a_reason_is_needed(self, burst: dict[str, Any], wing: httpx.AsyncClient) -> None:
        answer = await wing.post(f"{URL}/{burst['id']}/dismissal", json={"because": " "}, headers=headers(burst))
        assert answer.status_code == 422


class TestOpensAnIncident:
    async def test_once_a_person_confirmed_it_and_of_its_own_country(
        self, crisis: Running, burst: dict[str, Any], wing: httpx.AsyncClient
    ) -> None:
        body = {"country": "LB", "hazard": "conflict", "commander": "First Secretary", "reason": "Wages", "signal": burst["id"]}
        assert await problem(wing.post(INCIDENTS, json=body)) == (409, "signal-unconfirmed")
        said = await wing.post(f"{URL}/{burst['id']}/confirmation", json={"because": "A factory has closed"}, headers=headers(burst))
        assert said.status_code == 201
        assert await problem(wing.post(INCIDENTS, json=body | {"is_drill": True})) == (409, "drill-mixed")
        anywhere = crisis.client("supervisor")
        assert await problem(anywhere.post(INCIDENTS, json=body | {"country": "SA"})) == (409, "other-country")
        assert await problem(wing.post(INCIDENTS, json=body | {"signal": str(uuid4())})) == (404, "not-found")
        incident = await opened(wing, **body)
        assert (incident["opened_from"], incident["signal_id"]) == ("signal", burst["id"])
