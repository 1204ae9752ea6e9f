"""What an officer sees of sources and of countries without one, and what becomes of a message that could not be read."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from runner.testing import Running
from services.crisis.sources import advice, lists, repository, rules, watching
from services.crisis.sources.rules import Watched
from services.crisis.tests.conftest import written
from services.crisis.tests.test_oddities import ODD
from services.crisis.warnings.service import DIRECTORY

Cap = Callable[..., bytes]
Post = Callable[..., Awaitable[dict[str, Any]]]
SOURCES = "/v1/crisis/sources"
QUARANTINE = "/v1/crisis/quarantine"
OFFICIAL = {"sender": "warnings@ncm.gov.sa", "country": "SA"}


async def pushed(crisis: Running, raw: bytes, query: str = "") -> httpx.Response:
    partner = crisis.client("service", sub="0f-partner", azp="partner-cap")
    return await partner.post(f"/v1/crisis/alerts{query}", content=raw, headers={"Content-Type": "application/cap+xml"})


async def overview(crisis: Running, *roles: str, **claims: Any) -> dict[str, Any]:
    answer = await crisis.client(*(roles or ("supervisor",)), **claims).get(SOURCES)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def of(found: dict[str, Any], country: str) -> dict[str, Any]:
    return next(one for one in found["countries"] if one["country"] == country)


class TestCountries:
    @pytest.mark.parametrize("country", ["AE", "MY", "LB", "BN", "JP"])
    async def test_without_an_official_feed_say_so(self, crisis: Running, country: str) -> None:
        row = of(await overview(crisis), country)
        assert (row["state"], row["note"]["bn"] != "", row["sources"]) == ("no-official-feed", True, [])

    async def test_whose_feed_is_known_and_not_connected_say_so(self, crisis: Running) -> None:
        found = await overview(crisis)
        assert of(found, "QA")["state"] == "not-connected"
        assert of(found, "SA")["state"] == "not-connected", "what a partner brings when it will is no watch"

    async def test_that_no_row_speaks_of_are_watched_by_nobody(self, crisis: Running) -> None:
        assert of(await overview(crisis), "RU")["state"] == "no-official-feed"

    async def test_are_read_silent_or_not_read_yet(self, crisis: Running) -> None:
        assert of(await overview(crisis), "KW")["state"] == "not-yet"
        now = datetime.now(UTC)
        async with crisis.sessions.begin() as session:
            await repository.watch_over(session, ["kw-met-en"], now)
            await repository.change_state(session, "kw-met-en", {"last_ok": now})
        assert of(await overview(crisis), "KW")["state"] == "read"
        async with crisis.sessions.begin() as session:
            await repository.change_state(session, "kw-met-en", {"last_ok": now - timedelta(hours=1)})
            await watching.look_for_silence(session, lists.load(DIRECTORY.sources, "test"), now)
        found = await overview(crisis)
        assert (of(found, "KW")["state"], of(found, "KW")["sources"][0]["state_label"]["en"]) == ("silent", "Silent: not read for too long")
        assert {one["source"] for one in found["alarms"]} == {"kw-met-en", None}

    async def test_are_seen_by_a_wing_as_far_as_they_are_its_own(self, crisis: Running) -> None:
        assert [one["country"] for one in (await overview(crisis, "wing", countries=["LB"]))["countries"]] == ["LB"]

    async def test_here_nothing_is_read_from_the_internet(self, crisis: Running) -> None:
        assert (await overview(crisis))["is_reading"] is False
        assert await crisis.count("source_state") == 0


class TestHeartbeat:
    async def beat(self, crisis: Running) -> tuple[int, dict[str, Any]]:
        async with httpx.AsyncClient(base_url=crisis.url, timeout=240) as stranger:
            answer = await stranger.get("/v1/crisis/heartbeat")
        assert answer.headers["cache-control"] == "no-store"
        return answer.status_code, answer.json()

    async def read(self, crisis: Running, source: str, ago: timedelta) -> datetime:
        at = datetime.now(UTC) - ago
        async with crisis.sessions.begin() as session:
            await repository.watch_over(session, [source], at)
            await repository.change_state(session, source, {"last_ok": at})
        return at

    async def test_tells_a_stranger_when_anything_was_last_read(self, crisis: Running) -> None:
        await self.read(crisis, "gdacs", timedelta(hours=2))
        at = await self.read(crisis, "kw-met-en", timedelta(minutes=1))
        status, told = await self.beat(crisis)
        assert (status, told["state"], datetime.fromisoformat(told["last_read"])) == (200, "beating", at)
        assert told.keys() == {"as_of", "state", "state_label", "last_read", "silent_after_minutes"}

    async def test_fails_when_nothing_was_read_though_nobody_raised_an_alarm(self, crisis: Running) -> None:
        at = await self.read(crisis, "kw-met-en", timedelta(hours=1))
        status, told = await self.beat(crisis)
        assert (status, told["state"], datetime.fromisoformat(told["last_read"])) == (503, "silent", at)
        assert await crisis.count("source_alarm") == 0

    async def test_fails_where_nothing_was_ever_read(self, crisis: Running) -> None:
        status, told = await self.beat(crisis)
        assert (status, told["state"], told["last_read"]) == (503, "never", None)

    async def test_does_not_take_a_source_that_is_no_longer_read_for_a_sign_of_life(self, crisis: Running) -> None:
        await self.read(crisis, "gone-long-ago", timedelta(minutes=1))
        assert (await self.beat(crisis))[0] == 503


class TestQuarantine:
    async def test_keeps_what_a_partner_brought_though_it_is_refused(self, crisis: Running) -> None:
        answer = await pushed(crisis, b"<alert>\x80")
        assert answer.status_code == 400
        supervisor = crisis.client("supervisor")
        [row] = (await supervisor.get(QUARANTINE)).json()["items"]
        assert (row["source"], row["problem"], row["bytes"]) == ("partner-demo", "malformed-body", 8)
        detail = await supervisor.get(f"{QUARANTINE}/{row['id']}")
        assert (detail.json()["text"], detail.json()["advice"], detail.headers["etag"]) == ("<alert>\ufffd", ["not-xml"], '"2"')
        assert (await overview(crisis))["quarantined"] == 1

    @pytest.mark.parametrize("name", [name for name, odd in ODD.items() if odd.seen in {"hostile", "xee"}])
    async def test_what_is_hostile_does_to_a_partners_door_what_it_does_to_a_feed(self, crisis: Running, name: str) -> None:
        """Refused and kept, or taken as a partner's word about another country; the next message is taken as ever."""
        odd = ODD[name]
        answer = await pushed(crisis, odd.raw)
        is_taken = odd.became.startswith("standing")
        if is_taken:
            assert answer.status_code == 201, answer.text
            assert b"root:" not in await crisis.raw("alert")
        else:
            assert answer.json()["type"] == f"urn:probashi:problem:{odd.became}"
        [row] = await crisis.rows("raw_message")
        assert (row.state, bytes(row.raw)) == ("taken" if is_taken else "quarantined", odd.raw)
        assert (await pushed(crisis, written(**OFFICIAL, sent=datetime.now(UTC).isoformat(timespec="seconds")))).status_code == 201

    async def test_the_same_again_is_the_same_row(self, crisis: Running) -> None:
        for _ in range(3):
            assert (await pushed(crisis, b"<alert")).status_code == 400
        assert await crisis.count("raw_message") == 1

    @pytest.mark.parametrize("is_closed", [False, True])
    async def test_a_partner_mends_it_by_naming_the_country(self, crisis: Running, cap: Cap, *, is_closed: bool) -> None:
        raw = cap(sender="warnings@elsewhere.test", country=None, area_name="Somewhere")
        assert (await pushed(crisis, raw)).status_code == 422
        if is_closed:
            officer = crisis.client("admin")
            [row] = (await officer.get(QUARANTINE)).json()["items"]
            path = f"{QUARANTINE}/{row['id']}/closing"
            assert (await officer.post(path, json={"reason": "Says nothing"}, headers={"If-Match": '"2"'})).status_code == 201
        answer = await pushed(crisis, raw, "?country=SA")
        assert (answer.status_code, answer.json()["countries"]) == (201, ["SA"])
        assert [one.state for one in await crisis.rows("raw_message")] == ["closed" if is_closed else "taken"]

    async def test_an_officers_mistake_is_told_and_not_kept(self, crisis: Running) -> None:
        headers = {"Content-Type": "application/cap+xml"}
        assert (await crisis.client("supervisor").post("/v1/crisis/alerts", content=b"<alert", headers=headers)).status_code == 400
        assert await crisis.count("raw_message") == 0

    async def test_an_officer_names_the_country_and_another_releases_it(self, crisis: Running, cap: Cap) -> None:
        """Read again it is the officer's word, though the authority's own client brought it."""
        raw = cap(sender="warnings@ncm.gov.sa", country="ZZ", area_name="Somewhere")
        assert (await pushed(crisis, raw)).status_code == 422
        officer = crisis.client("supervisor", sub="one")
        [row] = (await officer.get(QUARANTINE)).json()["items"]
        path = f"{QUARANTINE}/{row['id']}/reading"
        stale = await officer.post(path, json={"countries": ["SA"]}, headers={"If-Match": '"1"'})
        assert stale.status_code == 412
        answer = await officer.post(path, json={"countries": ["SA"]}, headers={"If-Match": '"2"'})
        assert (answer.status_code, answer.json()["countries"]) == (201, ["SA"])
        decision = (await officer.get(f"/v1/crisis/alerts/{answer.json()['id']}/decision")).json()
        assert (decision["outcome"], decision["inputs"]["origin"]) == ("waits", "officer")
        again = await officer.post(path, json={"countries": ["SA"]}, headers={"If-Match": '"3"'})
        assert (again.status_code, again.json()["type"]) == (409, "urn:probashi:problem:message-already-handled")
        assert (await officer.get(QUARANTINE)).json()["items"] == []

    async def test_an_officer_closes_it_with_a_reason(self, crisis: Running) -> None:
        await pushed(crisis, b"<alert")
        officer = crisis.client("admin", sub="one")
        [row] = (await officer.get(QUARANTINE)).json()["items"]
        path = f"{QUARANTINE}/{row['id']}/closing"
        assert (await officer.post(path, json={"reason": "  "}, headers={"If-Match": '"2"'})).status_code == 422
        answer = await officer.post(path, json={"reason": "A page of an outage"}, headers={"If-Match": '"2"'})
        assert (answer.status_code, answer.json()["state"]) == (201, "closed")
        assert (await overview(crisis))["quarantined"] == 0

    async def test_is_seen_by_the_wing_whose_countries_the_source_speaks_for(self, crisis: Running) -> None:
        await pushed(crisis, b"<alert")
        [row] = (await crisis.client("wing", sub="riyadh", countries=["SA"]).get(QUARANTINE)).json()["items"]
        beirut = crisis.client("wing", sub="beirut", countries=["LB"])
        assert (await beirut.get(QUARANTINE)).json()["items"] == []
        assert (await beirut.get(f"{QUARANTINE}/{row['id']}")).status_code == 404
        closing = await beirut.post(f"{QUARANTINE}/{row['id']}/closing", json={"reason": "not mine"}, headers={"If-Match": '"2"'})
        assert closing.status_code == 404

    async def test_the_bytes_cannot_be_changed(self, crisis: Running) -> None:
        await pushed(crisis, b"<alert")
        connection = await asyncpg.connect(crisis.settings.required_database_url())
        try:
            for statement in ("update raw_message set raw = ''", "update raw_message set sha256 = sha256", "delete from raw_message"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        finally:
            await connection.close()


class TestFetches:
    async def test_of_a_source_that_is_unknown_are_not_found(self, crisis: Running) -> None:
        assert (await crisis.client("admin").get(f"{SOURCES}/nobody/fetches")).status_code == 404
        assert (await crisis.client("admin").get(f"{SOURCES}/gdacs/fetches")).json() == {"items": [], "next": None}


class TestAdvice:
    def test_a_message_as_the_standard_wants_it_has_no_fault(self, cap: Cap) -> None:
        assert set(advice.of(cap())) <= {
            "instruction-recommended", "expires-recommended", "senderName-recommended", "responseType-recommended", "area-without-shape",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("change", "name"),
        [
            ((b"<status>Actual</status>", b""), "alert-without-status"),
            ((b"<scope>Public</scope>", b"<scope>public</scope>"), "scope-not-in-the-list"),
            ((b"<category>Safety</category>", b"<category>Weather</category>"), "category-not-in-the-list"),
            ((b"<sender>", b"<scope>Public</scope><sender>"), "alert-with-several-scope"),
            ((b"<status>", b"<note>n</note><status>"), "alert-out-of-order"),
            ((b"<status>", b"<odd/><status>"), "alert-with-unknown-element"),
            ((b"cap:1.2", b"cap:1.1"), "not-cap-1.2"),
            ((b"duty@warnings.test", b"duty, warnings"), "sender-with-forbidden-characters"),
            ((b"</areaDesc>", b"</areaDesc><polygon>1,1 2,2 3,3</polygon>"), "polygon-unreadable"),
            ((b"</areaDesc>", b"</areaDesc><polygon>1,1 2,2 3,3 4,4</polygon>"), "polygon-not-closed"),
            ((b"</areaDesc>", b"</areaDesc><circle>1,1 0</circle>"), "circle-without-radius"),
            ((b"</areaDesc>", b"</areaDesc><circle>(1,1)</circle>"), "circle-unreadable"),
            ((b"Stay indoors", b"S" * 200), "headline-too-long"),
            ((b"<urgency>Immediate", b"<urgency>Unknown"), "urgency-unknown-discouraged"),
            ((b"+00:00</sent>", b"Z</sent>"), "sent-not-in-the-form-of-cap"),
            ((b"<msgType>Alert", b"<msgType>Update"), "references-recommended"),
        ],
    )
    def test_names_each_fault(self, cap: Cap, change: tuple[bytes, bytes], name: str) -> None:
        before, after = cap(), cap().replace(*change)
        assert name not in advice.of(before)
        assert name in advice.of(after)

    @pytest.mark.parametrize("raw", [b"", b"<a", b"<a/>", b"<alert/>", b"\xff"])
    def test_never_fails(self, raw: bytes) -> None:
        assert advice.of(raw)


class TestRules:
    def test_a_country_is_as_well_watched_as_the_best_of_its_sources(self) -> None:
        assert rules.country_state([Watched.NOT_CONNECTED, Watched.READ, Watched.SILENT]) is Watched.READ
        assert rules.country_state([Watched.NOT_CONNECTED, Watched.SILENT]) is Watched.SILENT
        assert rules.country_state([]) is Watched.NO_FEED

    def test_a_source_that_fails_is_asked_less_and_less(self) -> None:
        minute = timedelta(minutes=1)
        assert [rules.next_poll(minute, failures, 0.5) for failures in (0, 1, 3, 50)] == [minute, 2 * minute, 8 * minute, 60 * minute]
        assert rules.next_poll(timedelta(hours=3), 9, 0.5) == timedelta(hours=3)
        assert rules.next_poll(minute, 0, 0.0) == timedelta(seconds=54)
