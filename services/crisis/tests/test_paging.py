"""Officers paged until enough of them say that they have it, over the real service and a company that remembers what it took."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from kit.messengers import SIGNATURE, signature
from kit.testing.carrier import Carrier
from kit.testing.waiting import until
from kit.timer import DueTimer
from runner.testing import Running, Start
from services.crisis.paging import service
from services.crisis.sources import lists
from services.crisis.sources.watching import look_for_silence
from services.crisis.warnings.service import DIRECTORY

ALARMS: Final = "/v1/crisis/pagings"
ROTA: Final = "/v1/crisis/rota"
SECRET: Final = "shared-with-the-company"
FIRST, SECOND, AMMAN, DHAKA = "+96170000001", "+96170000002", "+96270000003", "+8801712345678"
Post = Callable[..., Awaitable[dict[str, Any]]]
Cap = Callable[..., bytes]


@pytest.fixture(autouse=True)
async def nobody_registered(start_service: Start) -> None:
    """Whom other tests left in the register would raise a warning's level, at a moment of their own."""
    await (await start_service("registry")).empty()


@pytest.fixture
def beirut(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("wing", sub="wing-beirut", countries=["LB"])


@pytest.fixture
def dhaka(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("supervisor", sub="dhaka", countries=["*"])


async def seated(dhaka: httpx.AsyncClient, mission: str, seat: str, phone: str, **more: Any) -> dict[str, Any]:
    ends = (datetime.now(UTC) + timedelta(hours=8)).isoformat()
    body = {"mission": mission, "seat": seat, "name": "Nomuna Officer", "phone": phone, "ends_at": ends, "language": "en"} | more
    answer = await dhaka.post(ROTA, json=body)
    assert answer.status_code == 201, answer.text
    shift: dict[str, Any] = answer.json()
    return shift


async def crew(dhaka: httpx.AsyncClient) -> None:
    """Beirut's first and second; the head's seat is empty; Amman stands in; Dhaka."""
    await seated(dhaka, "LWW-BEIRUT", "on_duty", FIRST)
    await seated(dhaka, "LWW-BEIRUT", "second", SECOND)
    await seated(dhaka, "LWW-AMMAN", "on_duty", AMMAN)
    await seated(dhaka, "DHAKA", "on_duty", DHAKA)


async def paged(carrier: Carrier, *phones: str) -> None:
    """Each of these was paged so often, and nobody else."""

    async def accepted() -> Counter[str]:
        return Counter(one["to"] for one in carrier.taken.values())

    await until(accepted, Counter(phones), within=240)


async def alarm(client: httpx.AsyncClient) -> dict[str, Any]:
    (one,) = (await client.get(ALARMS)).json()["items"]
    found: dict[str, Any] = one
    return found


async def pass_time(crisis: Running) -> None:
    """An hour passes for what waits: the running service takes the step that is due then."""
    async with crisis.sessions.begin() as session:
        await session.execute(text("update paging_step set taken_at = taken_at - interval '1 hour'"))
        await session.execute(text("update timer set next_try = now() where kind = 'page-step' and done_at is null"))
        await session.execute(text("select pg_notify('timer', '')"))


async def bring(crisis: Running, sender: str, written: str) -> int:
    body = json.dumps({"id": str(uuid4()), "from": sender, "text": written}, ensure_ascii=False).encode()
    answer = await crisis.client().post("/v1/crisis/messages/sms", content=body, headers={SIGNATURE: signature(SECRET, body)})
    assert answer.status_code == 200, answer.text
    taken: int = answer.json()["taken"]
    return taken


class TestAWarning:
    async def test_pages_seat_after_seat_and_ends_with_the_wing_and_dhaka(
        self, crisis: Running, beirut: httpx.AsyncClient, dhaka: httpx.AsyncClient, carrier: Carrier, cap: Cap, post: Post
    ) -> None:
        await crew(dhaka)
        alert = await post(crisis.client("supervisor", sub="writer"), cap())
        await paged(carrier, FIRST)
        (first,) = carrier.taken.values()
        assert first["path"] == "/calls"
        assert "Lebanon" in first["text"]
        await pass_time(crisis)
        await paged(carrier, FIRST, SECOND)
        await pass_time(crisis)  # nobody is the head: who stands in is not kept waiting for an empty seat
        await paged(carrier, FIRST, SECOND, AMMAN)
        await pass_time(crisis)
        await paged(carrier, FIRST, SECOND, AMMAN, DHAKA)
        await pass_time(crisis)
        await paged(carrier, FIRST, SECOND, AMMAN, DHAKA, DHAKA)
        assert [one["who"] for one in (await alarm(beirut))["steps"]] == ["on_duty", "second", "head", "stand_in", "dhaka", "dhaka"]
        noted = await beirut.post(f"{ALARMS}/{(await alarm(beirut))['id']}/acknowledgements")
        assert (noted.status_code, noted.json()["waits_for"]) == (201, ["dhaka"])
        (row,) = await crisis.rows("acknowledgement")
        assert (str(row.alert_id), row.mission) == (alert["id"], "LWW-BEIRUT"), "it is the acknowledgement of the warning too"
        await pass_time(crisis)
        await paged(carrier, FIRST, SECOND, AMMAN, DHAKA, DHAKA, DHAKA)
        ended = (await dhaka.post(f"{ALARMS}/{noted.json()['id']}/acknowledgements")).json()
        assert (ended["closed_because"], ended["waits_for"], ended["next_step_at"]) == ("acknowledged", [], None)
        assert (await dhaka.get(f"{ALARMS}?open=true")).json()["items"] == []

    async def test_taken_note_of_on_its_own_page_ends_a_lesser_alarm(
        self, crisis: Running, beirut: httpx.AsyncClient, dhaka: httpx.AsyncClient, carrier: Carrier, cap: Cap, post: Post
    ) -> None:
        await crew(dhaka)
        alert = await post(crisis.client("supervisor", sub="writer"), cap(severity="Severe"))
        await paged(carrier, FIRST)
        assert next(iter(carrier.taken.values()))["path"] == "/messages"
        await beirut.post(f"/v1/crisis/alerts/{alert['id']}/acknowledgements")
        assert (await alarm(beirut))["closed_because"] == "acknowledged"
        assert [row for row in await crisis.rows("timer") if row.kind == service.PAGE_STEP and row.done_at is None] == []

    async def test_that_nobody_of_the_mission_takes_is_answered_by_dhaka(
        self, crisis: Running, dhaka: httpx.AsyncClient, carrier: Carrier, cap: Cap, post: Post
    ) -> None:
        await seated(dhaka, "DHAKA", "on_duty", DHAKA)
        await post(crisis.client("supervisor", sub="writer"), cap())
        await paged(carrier, DHAKA)  # every seat before it is empty
        closed = await dhaka.post(f"{ALARMS}/{(await alarm(dhaka))['id']}/acknowledgements")
        assert closed.json()["closed_because"] == "acknowledged"

    @pytest.mark.parametrize("changed", [{"status": "Exercise"}, {"severity": "Moderate"}])
    async def test_pages_nobody_where_it_is_a_drill_or_slight(
        self, crisis: Running, dhaka: httpx.AsyncClient, cap: Cap, post: Post, changed: dict[str, str]
    ) -> None:
        await crew(dhaka)
        await post(crisis.client("supervisor", sub="writer"), cap(**changed))
        assert await crisis.count("paging") == 0

    async def test_that_is_over_pages_nobody_more(self, crisis: Running, dhaka: httpx.AsyncClient, cap: Cap, post: Post) -> None:
        alert = await post(crisis.client("supervisor", sub="writer"), cap())
        async with crisis.sessions.begin() as session:
            await session.execute(text("update alert set state = 'cancelled'"))
            record = UUID((await alarm(dhaka))["id"])
            await service.take_step(session, DueTimer(uuid4(), datetime.now(UTC), service.PAGE_STEP, record, {}, 0))
        found = await alarm(dhaka)
        assert (found["record"], found["closed_because"]) == (alert["id"], "over")


class TestAText:
    @pytest.mark.parametrize("written", ["1", " ১।", "OK"])
    async def test_of_an_officer_who_was_paged_acknowledges(
        self, crisis: Running, beirut: httpx.AsyncClient, dhaka: httpx.AsyncClient, carrier: Carrier, cap: Cap, post: Post, written: str
    ) -> None:
        await crew(dhaka)
        await post(crisis.client("supervisor", sub="writer"), cap(severity="Severe"))
        await paged(carrier, FIRST)
        assert await bring(crisis, SECOND, written) == 1, "who was not paged yet is anybody: kept for complaints"
        assert (await alarm(beirut))["waits_for"] == ["mission"]
        assert await bring(crisis, FIRST, written) == 1
        assert (await alarm(beirut))["closed_because"] == "acknowledged"
        assert await bring(crisis, FIRST, written) == 0, "the same word once more is no complaint"
        (noted,) = await crisis.rows("acknowledgement")
        assert (noted.mission, noted.role) == ("LWW-BEIRUT", "wing")
        (said,) = (await alarm(beirut))["acknowledgements"]
        assert (said["name"], said["by"]) == ("Nomuna Officer", None)
        assert b"Nomuna Officer" not in await crisis.raw("paging_acknowledgement")
        assert "crisis.paging" in {row.purpose for row in await crisis.rows("access_log where record_type = 'officer_shift'")}


class TestSilence:
    async def test_of_every_source_pages_dhaka_until_it_is_read_again(
        self, crisis: Running, dhaka: httpx.AsyncClient, carrier: Carrier
    ) -> None:
        await crew(dhaka)
        registry = lists.load(DIRECTORY.sources, "production")
        now = datetime.now(UTC)
        watched = [{"code": one.code, "at": now - timedelta(days=3)} for one in registry.polled]
        async with crisis.sessions.begin() as session:
            await session.execute(
                text("insert into source_state (source, watched_since, next_poll, last_ok) values (:code, :at, :at, :at)"), watched
            )
            await look_for_silence(session, registry, now)
        causes = {one["cause"] for one in (await dhaka.get(ALARMS)).json()["items"]}
        assert causes == {"no_source", "source"}
        await paged(carrier, *[DHAKA] * (len(watched) + 1))
        async with crisis.sessions.begin() as session:
            await session.execute(text("update source_state set last_ok = :now"), {"now": now})
            await look_for_silence(session, registry, now)
        assert {one["closed_because"] for one in (await dhaka.get(ALARMS)).json()["items"]} == {"over"}


class TestAPage:
    async def test_is_accepted_once_though_a_step_comes_twice_and_answers_are_lost(
        self, crisis: Running, dhaka: httpx.AsyncClient, carrier: Carrier, cap: Cap, post: Post
    ) -> None:
        await crew(dhaka)
        carrier.mood = "silent"
        await post(crisis.client("supervisor", sub="writer"), cap())
        await paged(carrier, FIRST)
        record = UUID((await alarm(dhaka))["id"])
        async with crisis.sessions.begin() as session:
            await service.take_step(session, DueTimer(uuid4(), datetime.now(UTC), service.PAGE_STEP, record, {}, 1))
        carrier.mood = "well"

        async def state() -> list[str]:
            return [row.state for row in await crisis.rows("page")]

        await until(state, ["accepted"], within=240)
        assert carrier.asked, "what became of it was asked for"
        assert list(carrier.posts.values()) == [1]

    async def test_whose_sender_was_killed_is_asked_for_and_not_sent_again(
        self, crisis: Running, dhaka: httpx.AsyncClient, carrier: Carrier, cap: Cap, post: Post
    ) -> None:
        await crew(dhaka)
        await post(crisis.client("supervisor", sub="writer"), cap())
        await paged(carrier, FIRST)
        async with crisis.sessions.begin() as session:  # as it stands where the process died before it could settle
            await session.execute(text("update page set state = 'sent', handed_at = null, claimed_until = now() - interval '1 second'"))
            await session.execute(text("select pg_notify('paging', '')"))  # the loop knew of an end later than this

        async def settled() -> bool:
            return all(row.state == "accepted" for row in await crisis.rows("page"))

        await until(settled, expected=True, within=240)
        assert list(carrier.posts.values()) == [1]

    async def test_that_one_company_refuses_goes_the_next_way(
        self, crisis: Running, dhaka: httpx.AsyncClient, carrier: Carrier, cap: Cap, post: Post
    ) -> None:
        await seated(dhaka, "LWW-BEIRUT", "on_duty", FIRST)
        carrier.mood = "refuses"
        await post(crisis.client("supervisor", sub="writer"), cap())

        async def failed() -> list[tuple[str, int]]:
            return [(row.state, row.way) for row in await crisis.rows("page")]

        await until(failed, [("failed", 3)], within=240)
        assert len(carrier.posts) == 3


class TestTheRota:
    async def test_is_a_missions_own_sealed_and_each_read_noted(self, crisis: Running, beirut: httpx.AsyncClient) -> None:
        shift = await seated(beirut, "LWW-BEIRUT", "on_duty", "০১৭১২৩৪৫৬৭৮")
        assert (shift["phone"], shift["is_now"]) == (DHAKA, True)
        amman = crisis.client("wing", sub="wing-amman", countries=["JO"])
        assert (await amman.get(ROTA)).json()["items"] == []
        assert (await amman.post(f"{ROTA}/{shift['id']}/ending", headers={"If-Match": '"1"'})).status_code == 404
        body = {"mission": "LWW-BEIRUT", "seat": "head", "name": "X", "phone": DHAKA, "ends_at": "2030-01-01T00:00:00Z"}
        assert (await amman.post(ROTA, json=body)).status_code == 404
        assert (await beirut.post(ROTA, json=body)).json()["type"].endswith("shift-length")
        assert [one["id"] for one in (await beirut.get(ROTA)).json()["items"]] == [shift["id"]]
        assert [str(row.record) for row in await crisis.rows("access_log where record_type = 'officer_shift'")] == [shift["id"]]
        assert DHAKA.encode() not in await crisis.raw("officer_shift")
        assert (await beirut.post(f"{ROTA}/{shift['id']}/ending", headers={"If-Match": '"7"'})).status_code == 412
        assert (await beirut.post(f"{ROTA}/{shift['id']}/ending", headers={"If-Match": '"1"'})).status_code == 201
        assert (await beirut.get(ROTA)).json()["items"] == []


class TestAHandOver:
    async def test_by_itself_pages_who_has_the_duty_now(
        self, crisis: Running, dhaka: httpx.AsyncClient, carrier: Carrier, cap: Cap, post: Post
    ) -> None:
        await seated(dhaka, "LWW-AMMAN", "on_duty", AMMAN)
        alert = await post(crisis.client("supervisor", sub="writer"), cap())
        await paged(carrier, AMMAN)  # it stands in
        async with crisis.sessions.begin() as session:
            record = UUID(alert["id"])
            await service.hand_over_the_silent(session, DueTimer(uuid4(), datetime.now(UTC), "mission.silent", record, {}, 0))
        await paged(carrier, AMMAN, AMMAN)
        assert {one["cause"] for one in (await dhaka.get(ALARMS)).json()["items"]} == {"alert", "handed_over"}
        assert any("the duty of Lebanon is yours now" in one for one in carrier.texts)
