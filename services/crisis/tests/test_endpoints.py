"""The crisis API over HTTP, on a real database, with real tokens."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy import text

from kit.testing.waiting import until
from runner.testing import Running

Cap = Callable[..., bytes]
Post = Callable[..., Awaitable[dict[str, Any]]]
ALERTS = "/v1/crisis/alerts"
XML = {"Content-Type": "application/cap+xml"}


def service_of(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("service", sub="svc-feeds")


def beirut(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("wing", sub="wing-beirut", countries=["LB"])


async def stored(crisis: Running) -> dict[str, int]:
    tables = ("alert", "cap_message", "alert_country", "alert_change", "outbox")
    async with crisis.sessions() as session:
        return {name: int((await session.execute(text(f"select count(*) from {name}"))).scalar_one()) for name in tables}


async def events(crisis: Running) -> list[dict[str, Any]]:
    async with crisis.sessions() as session:
        rows = await session.execute(text("select convert_from(envelope, 'utf8')::jsonb from outbox order by position"))
        return list(rows.scalars())


def reference(cap_identity: dict[str, Any]) -> str:
    return f"{cap_identity['sender']},{cap_identity['identifier']},{cap_identity['sent']}".replace("Z", "+00:00")


class TestTake:
    async def test_a_warning_becomes_an_alert_of_the_mission_responsible(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(service_of(crisis), cap(country="LB"))
        assert alert["mission"] == {"code": "LWW-BEIRUT", "name": {"en": "Labour Welfare Wing, Beirut", "bn": "শ্রম কল্যাণ উইং, বৈরুত"}}
        assert (alert["countries"], alert["matched_by"]) == (["LB"], "geocode")
        assert (alert["status"], alert["message_status"], alert["severity"]) == ("raised", "actual", "extreme")
        assert alert["headline"] == {"en": "Stay indoors, away from windows", "bn": None, "original": None}
        assert alert["title"]["bn"] == "চরম বিপদ · লেবানন"
        assert alert["acknowledged_at"] is None

    async def test_the_event_names_codes_and_no_text(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(service_of(crisis), cap(headline="Secret words", country="LB"))
        event = (await events(crisis))[0]
        assert event["type"] == "bd.probashi.crisis.alert.raised.v1"
        assert (event["subject"], event["sequence"]) == (alert["id"], 1)
        assert (event["data"]["countries"], event["data"]["missions"]) == (["LB"], ["LWW-BEIRUT"])
        assert "Secret" not in str(event)

    async def test_the_event_reaches_nats(self, crisis: Running, cap: Cap, post: Post) -> None:
        await post(service_of(crisis), cap())

        async def unsent() -> int:
            async with crisis.sessions() as session:
                return int((await session.execute(text("select count(*) from outbox where sent_at is null"))).scalar_one())

        await until(unsent, 0)

    async def test_the_message_is_kept_as_it_came(self, crisis: Running, cap: Cap, post: Post) -> None:
        raw = cap()
        await post(service_of(crisis), raw)
        async with crisis.sessions() as session:
            assert (await session.execute(text("select raw from cap_message"))).scalar_one() == raw

    @pytest.mark.parametrize(
        "statement",
        [
            "update cap_message set raw = ''",
            "delete from cap_message",
            "update alert set severity = 'minor'",
            "delete from acknowledgement",
        ],
    )
    async def test_the_role_that_runs_cannot_change_what_was_said(self, crisis: Running, statement: str) -> None:
        connection = await asyncpg.connect(crisis.settings.required_database_url())
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        finally:
            await connection.close()

    async def test_the_same_message_again_is_the_same_alert(self, crisis: Running, cap: Cap, post: Post) -> None:
        raw = cap()
        first = await post(service_of(crisis), raw)
        assert (await post(service_of(crisis), raw.replace(b"><", b">\n<")))["id"] == first["id"]
        assert await stored(crisis) == dict.fromkeys(("alert", "cap_message", "alert_country", "alert_change", "outbox"), 1)

    async def test_twenty_at_once_are_one_alert(self, crisis: Running, cap: Cap, post: Post) -> None:
        client, raw = service_of(crisis), cap()
        alerts = await asyncio.gather(*(post(client, raw) for _ in range(20)))
        assert len({alert["id"] for alert in alerts}) == 1
        assert (await stored(crisis))["outbox"] == 1

    async def test_other_content_under_the_same_identity_is_refused(self, crisis: Running, cap: Cap, post: Post) -> None:
        raw = cap(severity="Minor")
        await post(service_of(crisis), raw)
        answer = await service_of(crisis).post(ALERTS, content=raw.replace(b"Minor", b"Extreme"), headers=XML)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:probashi:problem:cap-identity-reused")

    async def test_an_idempotency_key_belongs_to_one_body(self, crisis: Running, cap: Cap, post: Post) -> None:
        key, raw, client = {"Idempotency-Key": str(uuid4())}, cap(), service_of(crisis)
        assert await post(client, raw, **key) == await post(client, raw, **key)
        other = await client.post(ALERTS, content=cap(), headers=XML | key)
        assert (other.status_code, other.json()["type"]) == (422, "urn:probashi:problem:idempotency-key-reused")

    async def test_an_idempotency_key_belongs_to_one_country(self, crisis: Running, cap: Cap, post: Post) -> None:
        key, raw, client = {"Idempotency-Key": str(uuid4())}, cap(country=None), service_of(crisis)
        await post(client, raw, query="?country=LB", **key)
        other = await client.post(f"{ALERTS}?country=SA", content=raw, headers=XML | key)
        assert (other.status_code, other.json()["type"]) == (422, "urn:probashi:problem:idempotency-key-reused")

    async def test_the_poster_may_name_the_country(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(service_of(crisis), cap(country=None), query="?country=jo&country=LB")
        assert (alert["countries"], alert["matched_by"]) == (["JO", "LB"], "poster")
        assert [one["code"] for one in alert["missions"]] == ["LWW-AMMAN", "LWW-BEIRUT"]

    async def test_a_country_without_a_mission_falls_to_dhaka(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(service_of(crisis), cap(country="SD"))
        assert alert["mission"]["code"] == "DHAKA"
        assert alert["missions"][0]["illustrative"] is True

    async def test_a_headline_in_another_language_is_shown_as_such(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(service_of(crisis), cap(language="ar", headline="ابقوا في منازلكم"))
        assert alert["headline"] == {
            "en": "Extreme danger · Lebanon",
            "bn": None,
            "original": {"language": "ar", "text": "ابقوا في منازلكم"},
        }

    async def test_english_needs_no_original_beside_it(self, crisis: Running, cap: Cap, post: Post, info: Callable[..., str]) -> None:
        infos = info(language="en", headline="Stay in") + info(language="ar", headline="ابقوا في منازلكم")
        alert = await post(service_of(crisis), cap(infos=infos))
        read = (await beirut(crisis).get(f"{ALERTS}/{alert['id']}")).json()
        assert alert["headline"] == read["headline"] == {"en": "Stay in", "bn": None, "original": None}

    async def test_a_drill_is_labelled_everywhere(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(service_of(crisis), cap(status="Exercise"))
        assert alert["message_status"] == "exercise"
        assert alert["title"]["en"].startswith("EXERCISE")
        assert alert["message_status_label"]["bn"].startswith("মহড়া")
        assert (await events(crisis))[0]["data"]["message_status"] == "exercise"


class TestRefusals:
    """A problem in both languages that says what to mend, and nothing stored."""

    @pytest.fixture(autouse=True)
    async def _nothing_is_stored(self, crisis: Running) -> AsyncIterator[None]:
        yield
        assert set((await stored(crisis)).values()) == {0}

    @pytest.mark.parametrize(
        ("raw", "status", "slug"),
        [
            (b"", 400, "malformed-body"),
            (b"{}", 400, "malformed-body"),
            (b"\xff\xfe<alert/>", 400, "malformed-body"),
            (b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><alert>&c;</alert>', 400, "malformed-body"),
            (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>', 400, "malformed-body"),
            (b"<alert>" + b"<a>" * 200_000, 400, "malformed-body"),
            (b"<alert/>", 422, "cap-invalid"),
            (b"<a>" + b"x" * 10_000_000 + b"</a>", 413, "too-large"),
        ],
    )
    async def test_hostile_bodies(self, crisis: Running, raw: bytes, status: int, slug: str) -> None:
        for language in ("en", "bn"):
            answer = await service_of(crisis).post(ALERTS, content=raw, headers={**XML, "Accept-Language": language})
            assert (answer.status_code, answer.json()["type"]) == (status, f"urn:probashi:problem:{slug}")
            assert answer.headers["content-language"] == language
            assert "passwd" not in answer.text

    @pytest.mark.parametrize(
        ("change", "slug"),
        [
            ({"area": ""}, "alert-without-country"),
            ({"infos": ""}, "cap-invalid"),
            ({"country": "QQ"}, "unknown-country"),
            ({"country": None}, "alert-without-country"),
            ({"status": "Draft"}, "cap-invalid"),
        ],
    )
    async def test_messages_that_cannot_be_used(self, crisis: Running, cap: Cap, change: dict[str, Any], slug: str) -> None:
        answer = await service_of(crisis).post(ALERTS, content=cap(**change), headers=XML)
        assert (answer.status_code, answer.json()["type"]) == (422, f"urn:probashi:problem:{slug}")
        assert answer.json()["detail"]

    async def test_a_message_from_an_hour_ahead(self, crisis: Running, cap: Cap) -> None:
        ahead = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="seconds")
        answer = await service_of(crisis).post(ALERTS, content=cap(sent=ahead), headers=XML)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:probashi:problem:cap-from-the-future")

    async def test_an_unknown_country_named_by_the_poster(self, crisis: Running, cap: Cap) -> None:
        answer = await service_of(crisis).post(f"{ALERTS}?country=QQ", content=cap(), headers=XML)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:probashi:problem:unknown-country")

    @pytest.mark.parametrize("content_type", ["application/json", "", "multipart/form-data", "application/cap+xmlx"])
    async def test_another_kind_of_content(self, crisis: Running, cap: Cap, content_type: str) -> None:
        answer = await service_of(crisis).post(ALERTS, content=cap(), headers={"Content-Type": content_type})
        assert (answer.status_code, answer.json()["type"]) == (415, "urn:probashi:problem:unsupported-media-type")

    async def test_a_wing_brings_in_no_warning_of_anothers_country(self, crisis: Running, cap: Cap) -> None:
        answer = await beirut(crisis).post(ALERTS, content=cap(country="SA"), headers=XML)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:probashi:problem:not-your-country")

    async def test_a_wing_names_no_country_beside_its_own(self, crisis: Running, cap: Cap) -> None:
        answer = await beirut(crisis).post(f"{ALERTS}?country=LB&country=SA", content=cap(), headers=XML)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:probashi:problem:not-only-your-country")


class TestLineage:
    async def read(self, crisis: Running, alert: dict[str, Any]) -> dict[str, Any]:
        answer = await crisis.client("supervisor").get(f"{ALERTS}/{alert['id']}")
        body: dict[str, Any] = answer.json()
        return body

    async def test_an_update_replaces_what_it_names(self, crisis: Running, cap: Cap, post: Post) -> None:
        first = await post(service_of(crisis), cap())
        second = await post(service_of(crisis), cap(msgType="Update", references=reference(first)))
        assert (await self.read(crisis, first))["status"] == "superseded"
        assert (await self.read(crisis, second))["status"] == "raised"
        assert [event["data"]["update"] for event in await events(crisis)] == [False, True]

    async def test_an_update_without_a_place_concerns_what_it_names(self, crisis: Running, cap: Cap, post: Post) -> None:
        first = await post(service_of(crisis), cap(country="LB"))
        second = await post(service_of(crisis), cap(msgType="Update", country=None, references=reference(first)))
        assert (second["countries"], second["matched_by"]) == (["LB"], "reference")

    async def test_a_cancel_takes_back_what_it_names_and_nothing_else(self, crisis: Running, cap: Cap, post: Post) -> None:
        one, two = await post(service_of(crisis), cap()), await post(service_of(crisis), cap())
        notice = await post(service_of(crisis), cap(msgType="Cancel", infos="", references=reference(one)))
        assert (notice["status"], notice["countries"]) == ("notice", ["LB"])
        assert (await self.read(crisis, one))["status"] == "cancelled"
        assert (await self.read(crisis, two))["status"] == "raised"

    async def test_a_cancel_that_comes_first_keeps_the_late_alert_from_standing(self, crisis: Running, cap: Cap, post: Post) -> None:
        late = {"sender": "s@t.test", "identifier": "late-1", "sent": "2026-11-01T00:00:00+00:00"}
        await post(service_of(crisis), cap(sender="s@t.test", msgType="Cancel", infos="", references=reference(late)))
        alert = await post(service_of(crisis), cap(**late))
        assert alert["status"] == "cancelled"
        assert await events(crisis) == []

    async def test_a_drill_takes_back_no_real_warning(self, crisis: Running, cap: Cap, post: Post) -> None:
        real = await post(service_of(crisis), cap())
        await post(service_of(crisis), cap(status="Test", msgType="Cancel", infos="", references=reference(real)))
        assert (await self.read(crisis, real))["status"] == "raised"

    async def test_a_wing_takes_back_no_warning_of_another_country(self, crisis: Running, cap: Cap, post: Post) -> None:
        others = await post(service_of(crisis), cap(country="SA"))
        cancel = cap(msgType="Cancel", infos="", references=reference(others))
        answer = await beirut(crisis).post(f"{ALERTS}?country=LB", content=cancel, headers=XML)
        assert answer.status_code == 403
        assert (await self.read(crisis, others))["status"] == "raised"

    @pytest.mark.parametrize("kind", ["Cancel", "Update"])
    async def test_a_wing_ends_no_warning_that_others_stand_under_too(self, crisis: Running, cap: Cap, post: Post, kind: str) -> None:
        shared = await post(service_of(crisis), cap(country=None), query="?country=LB&country=SA")
        answer = await beirut(crisis).post(ALERTS, content=cap(msgType=kind, references=reference(shared)), headers=XML)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:probashi:problem:not-only-your-country")
        assert (await self.read(crisis, shared))["status"] == "raised"

    async def test_a_wing_brings_in_what_concerns_its_neighbours_too(self, crisis: Running, cap: Cap, post: Post) -> None:
        areas = "".join(
            f"<area><areaDesc>x</areaDesc><geocode><valueName>ISO3166-1</valueName><value>{code}</value></geocode></area>"
            for code in ("LB", "SY")
        )
        assert (await post(beirut(crisis), cap(area=areas)))["countries"] == ["LB", "SY"]

    async def test_a_wing_takes_back_nothing_that_has_not_come(self, crisis: Running, cap: Cap) -> None:
        unknown = cap(msgType="Cancel", infos="", references="a@b.test,nothing,2026-11-01T00:00:00+00:00")
        answer = await beirut(crisis).post(f"{ALERTS}?country=LB", content=unknown, headers=XML)
        assert (answer.status_code, answer.json()["errors"]) == (422, [{"pointer": "/alert/references"}])


class TestRead:
    async def test_a_wing_lists_its_countries_and_others_all(self, crisis: Running, cap: Cap, post: Post) -> None:
        here = await post(service_of(crisis), cap(country="LB"))
        there = await post(service_of(crisis), cap(country="SA"))
        mine = (await beirut(crisis).get(ALERTS)).json()
        assert [one["id"] for one in mine["items"]] == [here["id"]]
        assert [one["id"] for one in (await crisis.client("analyst").get(ALERTS)).json()["items"]] == [there["id"], here["id"]]

    async def test_pages_by_cursor(self, crisis: Running, cap: Cap, post: Post) -> None:
        posted = [(await post(service_of(crisis), cap()))["id"] for _ in range(5)]
        client, address, seen = beirut(crisis), f"{ALERTS}?limit=2", []
        while address:
            page = (await client.get(address)).json()
            seen += [one["id"] for one in page["items"]]
            address = page["next"]
        assert seen == posted[::-1]

    async def test_live_leaves_out_what_is_over(self, crisis: Running, cap: Cap, post: Post) -> None:
        stands = await post(service_of(crisis), cap())
        expired = await post(service_of(crisis), cap(expires="2026-01-01T00:00:00+00:00"))
        gone = await post(service_of(crisis), cap())
        await post(service_of(crisis), cap(msgType="Cancel", infos="", references=reference(gone)))
        client = beirut(crisis)
        assert [one["id"] for one in (await client.get(f"{ALERTS}?live=true")).json()["items"]] == [stands["id"]]
        statuses = {one["id"]: one["status"] for one in (await client.get(ALERTS)).json()["items"]}
        assert statuses == {stands["id"]: "raised", expired["id"]: "expired", gone["id"]: "cancelled"}

    async def test_shows_what_was_said_in_each_language(self, crisis: Running, cap: Cap, post: Post, info: Callable[..., str]) -> None:
        alert = await post(service_of(crisis), cap(infos=info(language="en") + info(language="bn", headline="ঘরে থাকুন")))
        detail = (await beirut(crisis).get(f"{ALERTS}/{alert['id']}")).json()
        assert [one["language"] for one in detail["infos"]] == ["en", "bn"]
        assert detail["infos"][0]["areas"][0]["geocodes"] == [{"name": "ISO3166-1", "value": "LB"}]
        assert detail["headline"]["bn"] == "ঘরে থাকুন"
        assert len(detail["sha256"]) == 64

    async def test_a_warning_of_another_country_is_not_found(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(service_of(crisis), cap(country="SA"))
        assert (await beirut(crisis).get(f"{ALERTS}/{alert['id']}")).status_code == 404
        assert (await beirut(crisis).post(f"{ALERTS}/{alert['id']}/acknowledgements")).status_code == 404

    async def test_posting_a_warning_of_another_country_again_shows_nothing_of_it(self, crisis: Running, cap: Cap, post: Post) -> None:
        raw = cap(country="SA")
        await post(service_of(crisis), raw)
        for content in (raw, raw.replace(b"Extreme", b"Minor")):
            answer = await beirut(crisis).post(ALERTS, content=content, headers=XML)
            assert (answer.status_code, answer.json()["type"]) == (403, "urn:probashi:problem:not-your-country")


class TestAcknowledge:
    async def test_a_wing_acknowledges_once(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(service_of(crisis), cap())
        address, client = f"{ALERTS}/{alert['id']}/acknowledgements", beirut(crisis)
        first, second = await client.post(address), await client.post(address)
        assert (first.status_code, first.json()["status"], first.json()["acknowledged_by_role"]) == (201, "acknowledged", "wing")
        assert second.json()["acknowledged_at"] == first.json()["acknowledged_at"]
        told = [event for event in await events(crisis) if event["type"].endswith("acknowledged.v1")]
        assert [(event["subject"], event["sequence"], event["data"]["mission"]) for event in told] == [(alert["id"], 2, "LWW-BEIRUT")]

    async def test_ten_at_once_are_one(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(service_of(crisis), cap())
        client = beirut(crisis)
        answers = await asyncio.gather(*(client.post(f"{ALERTS}/{alert['id']}/acknowledgements") for _ in range(10)))
        assert {answer.status_code for answer in answers} == {201}
        assert len(await events(crisis)) == 2

    async def test_each_mission_speaks_for_itself(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(service_of(crisis), cap(country=None), query="?country=LB&country=JO")
        mine = (await beirut(crisis).post(f"{ALERTS}/{alert['id']}/acknowledgements")).json()
        assert (mine["status"], mine["mission"]["code"]) == ("acknowledged", "LWW-BEIRUT")
        all_in_all = (await crisis.client("supervisor").get(f"{ALERTS}/{alert['id']}")).json()
        assert (all_in_all["status"], all_in_all["acknowledged_at"]) == ("raised", None)
        assert [one["acknowledged_at"] is None for one in all_in_all["missions"]] == [True, False]

    async def test_an_administrator_acknowledges_for_all(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(service_of(crisis), cap(country="SD"))
        answer = await crisis.client("admin").post(f"{ALERTS}/{alert['id']}/acknowledgements")
        assert (answer.json()["status"], answer.json()["acknowledged_by_role"]) == ("acknowledged", "admin")

    async def test_what_was_taken_back_is_refused(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(service_of(crisis), cap())
        await post(service_of(crisis), cap(msgType="Cancel", infos="", references=reference(alert)))
        answer = await beirut(crisis).post(f"{ALERTS}/{alert['id']}/acknowledgements")
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:probashi:problem:alert-not-standing")

    async def test_what_expired_may_still_be_acknowledged(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(service_of(crisis), cap(expires="2026-01-01T00:00:00+00:00"))
        answer = (await beirut(crisis).post(f"{ALERTS}/{alert['id']}/acknowledgements")).json()
        assert answer["status"] == "expired"
        assert answer["acknowledged_at"] is not None
