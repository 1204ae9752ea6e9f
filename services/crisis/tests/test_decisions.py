"""Decisions over HTTP, with the real timer: what goes out by itself, what a second person releases, what never does."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import text

from kit.testing.waiting import until
from runner.testing import Running, make_owner_engine

Cap = Callable[..., bytes]
Post = Callable[..., Awaitable[dict[str, Any]]]
ALERTS = "/v1/crisis/alerts"
OFFICIAL = {"sender": "warnings@ncm.gov.sa", "country": "SA"}


def partner(crisis: Running) -> httpx.AsyncClient:
    """A client that a source of the data is bound to."""
    return crisis.client("service", sub="0f-partner", azp="partner-cap")


def supervisor(crisis: Running, sub: str = "dhaka-one") -> httpx.AsyncClient:
    return crisis.client("supervisor", sub=sub)


async def decision_of(crisis: Running, alert: dict[str, Any]) -> dict[str, Any]:
    answer = await supervisor(crisis).get(f"{ALERTS}/{alert['id']}/decision")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert answer.headers["etag"] == f'"{body["version"]}"'
    return body


async def act(client: httpx.AsyncClient, alert: dict[str, Any], name: str, version: int = 1) -> httpx.Response:
    return await client.post(f"{ALERTS}/{alert['id']}/decision/{name}", headers={"If-Match": f'"{version}"'})


async def released(crisis: Running) -> list[dict[str, Any]]:
    async with crisis.sessions() as session:
        rows = await session.execute(text("select convert_from(envelope, 'utf8')::jsonb from outbox order by position"))
        return [one for one in rows.scalars() if one["type"] == "bd.probashi.crisis.alert.released.v1"]


async def end_windows(crisis: Running) -> None:
    """As if their minutes had passed; the service's own timer does the rest."""
    async with make_owner_engine(crisis) as owner, owner.begin() as connection:
        await connection.execute(text("update alert_decision set due = due - interval '10 minutes' where due is not null"))
        await connection.execute(text("update timer set next_try = now() where kind = 'window-ends'"))
        await connection.execute(text("select pg_notify('timer', '')"))


async def open_timers(crisis: Running) -> int:
    async with crisis.sessions() as session:
        return int((await session.execute(text("select count(*) from timer where kind = 'window-ends' and done_at is null"))).scalar_one())


def names(alert: dict[str, Any]) -> str:
    return f"{alert['sender']},{alert['identifier']},{alert['sent']}".replace("Z", "+00:00")


class TestOfItself:
    async def test_an_official_warning_goes_out_when_its_window_ends(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(partner(crisis), cap(**OFFICIAL))
        made = await decision_of(crisis, alert)
        assert (made["level"], made["outcome"], made["moment"], made["reasons"]) == (4, "window", "now", [])
        assert (made["inputs"]["origin"], made["inputs"]["in_jurisdiction"], made["rule_version"]) == ("official", True, "2026-11-26")
        assert await released(crisis) == []
        await end_windows(crisis)

        async def outcome() -> tuple[str, bool]:
            now = await decision_of(crisis, alert)
            return now["outcome"], now["by_itself"]

        await until(outcome, ("released", True))
        [event] = await released(crisis)
        assert (event["subject"], event["data"]["level"], event["data"]["by_itself"]) == (alert["id"], 4, True)
        figures = (await supervisor(crisis).get(f"{ALERTS}/{alert['id']}/figures")).json()
        assert (figures["by_itself"], figures["outcome"], figures["acknowledged_s"]) == (True, "released", None)

    async def test_what_was_taken_back_in_its_window_never_goes_out(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(partner(crisis), cap(**OFFICIAL))
        await post(partner(crisis), cap(sender="warnings@ncm.gov.sa", msgType="Cancel", infos="", references=names(alert)))
        assert (await decision_of(crisis, alert))["outcome"] == "lapsed"
        assert await open_timers(crisis) == 0

    async def test_what_expired_in_its_window_never_goes_out(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(partner(crisis), cap(**OFFICIAL, expires="2026-01-01T00:00:00+00:00"))
        await end_windows(crisis)

        async def outcome() -> str:
            return str((await decision_of(crisis, alert))["outcome"])

        await until(outcome, "lapsed")
        assert await released(crisis) == []

    @pytest.mark.parametrize(
        ("change", "reasons"),
        [
            ({"sender": "somebody@else.test"}, ["not-official"]),
            ({"country": "YE"}, ["outside-jurisdiction"]),
            ({"status": "Exercise"}, ["drill"]),
            ({"headline": "Probealarm"}, ["looks-like-drill"]),
        ],
    )
    async def test_nothing_else_does(self, crisis: Running, cap: Cap, post: Post, change: dict[str, str], reasons: list[str]) -> None:
        alert = await post(partner(crisis), cap(**{**OFFICIAL, **change}))
        made = await decision_of(crisis, alert)
        assert (made["outcome"], made["reasons"], made["due"]) == ("waits", reasons, None)
        assert await open_timers(crisis) == 0


class TestFourEyes:
    async def test_an_officers_alert_goes_out_by_another_officer(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(supervisor(crisis), cap(**OFFICIAL))
        assert (await decision_of(crisis, alert))["mine"] is True
        assert (await supervisor(crisis, "dhaka-two").get(f"{ALERTS}/{alert['id']}/decision")).json()["mine"] is False
        refused = await act(supervisor(crisis), alert, "release")
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:probashi:problem:author-may-not-approve")
        answer = await act(supervisor(crisis, "dhaka-two"), alert, "release")
        assert (answer.status_code, answer.json()["outcome"], answer.json()["by_itself"]) == (201, "released", False)
        [event] = await released(crisis)
        assert event["data"]["by_itself"] is False

    async def test_two_at_once_release_it_once(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(supervisor(crisis), cap())
        answers = await asyncio.gather(*(act(supervisor(crisis, f"other-{place}"), alert, "release") for place in range(5)))
        assert sorted(one.status_code for one in answers) == [201, 412, 412, 412, 412]
        assert len(await released(crisis)) == 1

    async def test_held_back_in_its_window_it_stays_in_until_somebody_else_releases_it(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(partner(crisis), cap(**OFFICIAL))
        wing = crisis.client("wing", sub="wing-riyadh", countries=["SA"])
        assert (await act(wing, alert, "withholding")).json()["outcome"] == "withheld"
        assert await open_timers(crisis) == 0
        assert (await act(supervisor(crisis), alert, "release", version=2)).json()["outcome"] == "released"
        late = await act(wing, alert, "withholding", version=3)
        assert (late.status_code, late.json()["type"]) == (409, "urn:probashi:problem:decision-closed")

    async def test_a_wing_decides_for_its_own_countries_alone(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(partner(crisis), cap(country=None), query="?country=LB&country=JO")
        wing = crisis.client("wing", sub="wing-beirut", countries=["LB"])
        answer = await act(wing, alert, "release")
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:probashi:problem:not-only-your-country")
        elsewhere = await act(crisis.client("wing", sub="wing-riyadh", countries=["SA"]), alert, "release")
        assert elsewhere.status_code == 404

    async def test_needs_the_version_that_was_seen(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(partner(crisis), cap())
        answer = await supervisor(crisis).post(f"{ALERTS}/{alert['id']}/decision/release")
        assert answer.status_code == 428

    @pytest.mark.parametrize(
        "statement",
        [
            "update alert_decision set outcome = 'released', decided_by = author, decided_at = now()",
            "update alert_decision set outcome = 'released', decided_at = now()",
            "update alert_decision set level = 4",
            "delete from message_receipt",
        ],
    )
    async def test_the_database_holds_it_too(self, crisis: Running, cap: Cap, post: Post, statement: str) -> None:
        await post(partner(crisis), cap(status="Exercise"))
        connection = await asyncpg.connect(crisis.settings.required_database_url())
        try:
            with pytest.raises((asyncpg.CheckViolationError, asyncpg.InsufficientPrivilegeError)):
                await connection.execute(statement)
        finally:
            await connection.close()


class TestReceiptsAndVersions:
    async def test_each_arrival_is_kept_and_one_decision(self, crisis: Running, cap: Cap, post: Post) -> None:
        raw = cap(**OFFICIAL)
        for _ in range(3):
            await post(partner(crisis), raw)
        assert (await crisis.count("message_receipt"), await crisis.count("alert_decision")) == (3, 1)

    async def test_a_later_alert_of_the_same_identifier_replaces_the_earlier(self, crisis: Running, cap: Cap, post: Post) -> None:
        earlier, later = ((datetime.now(UTC) - timedelta(hours=ago)).isoformat(timespec="seconds") for ago in (2, 1))
        first = await post(partner(crisis), cap(**OFFICIAL, identifier="one", sent=earlier))
        second = await post(partner(crisis), cap(**OFFICIAL, identifier="one", sent=later))
        states = [(await supervisor(crisis).get(f"{ALERTS}/{one['id']}")).json()["status"] for one in (first, second)]
        assert states == ["superseded", "raised"]
        assert (await decision_of(crisis, first))["outcome"] == "lapsed"

    async def test_also_where_the_earlier_comes_late(self, crisis: Running, cap: Cap, post: Post) -> None:
        await post(partner(crisis), cap(**OFFICIAL, identifier="one", sent="2026-11-20T11:00:00+00:00"))
        first = await post(partner(crisis), cap(**OFFICIAL, identifier="one", sent="2026-11-20T10:00:00+00:00"))
        assert first["status"] == "superseded"
        answer = await supervisor(crisis).get(f"{ALERTS}/{first['id']}/decision")
        assert answer.status_code == 404
