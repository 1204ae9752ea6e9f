"""Lineage over HTTP on the real database: any order of arrival, tombstones, conflicts, links, twins."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from runner.testing import Running

Cap = Callable[..., bytes]
Post = Callable[..., Awaitable[dict[str, Any]]]
ALERTS = "/v1/crisis/alerts"
MET = {"sender": "warnings@ncm.gov.sa", "country": "SA"}
BOX = "<area><areaDesc>{name}</areaDesc><polygon>24,46 24,47 25,47 25,46 24,46</polygon></area>"


def partner(crisis: Running) -> httpx.AsyncClient:
    """Speaks for Saudi Arabia's authority (data of sources, for trials)."""
    return crisis.client("service", sub="partner", azp="partner-cap")


def supervisor(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("supervisor", sub="dhaka")


def at(minute: int) -> str:
    return f"2026-11-20T10:{minute:02}:00+00:00"


def names(identifier: str, minute: int) -> str:
    return f"{MET['sender']},{identifier},{at(minute)}"


async def states(crisis: Running) -> dict[str, str]:
    async with crisis.sessions() as session:
        return {str(row.identifier): str(row.state) for row in await session.execute(text("select identifier, state from alert"))}


async def told(crisis: Running) -> list[str]:
    async with crisis.sessions() as session:
        rows = await session.execute(
            text("select a.identifier from alert_change c join alert a on a.id = c.alert_id where c.kind = 'raised'")
        )
        return sorted(rows.scalars())


async def detail(crisis: Running, alert: dict[str, Any]) -> dict[str, Any]:
    answer = await supervisor(crisis).get(f"{ALERTS}/{alert['id']}")
    body: dict[str, Any] = answer.json()
    return body


class TestAnyOrder:
    @pytest.mark.parametrize("order", list(permutations(range(4)))[::3])
    async def test_a_chain_comes_to_the_same(self, crisis: Running, cap: Cap, post: Post, order: tuple[int, ...]) -> None:
        chain = [
            cap(**MET, identifier="a", sent=at(0)),
            cap(**MET, identifier="u", sent=at(1), msgType="Update", references=names("a", 0)),
            cap(**MET, identifier="v", sent=at(2), msgType="Update", references=names("a", 0)),
            cap(**MET, identifier="c", sent=at(3), msgType="Cancel", infos="", references=names("u", 1)),
        ]
        for place in order:
            await post(partner(crisis), chain[place])
        assert await states(crisis) == {"a": "superseded", "u": "cancelled", "v": "standing", "c": "notice"}


class TestWhoMayTakeBack:
    async def test_a_stranger_takes_nothing_back_in_an_authoritys_name(self, crisis: Running, cap: Cap, post: Post) -> None:
        await post(partner(crisis), cap(**MET, identifier="a", sent=at(0)))
        stranger = crisis.client("service", sub="stranger", azp="svc-somebody")
        await post(stranger, cap(**MET, identifier="c", sent=at(1), msgType="Cancel", infos="", references=names("a", 0)))
        assert (await states(crisis))["a"] == "standing"

    async def test_what_a_stranger_took_back_stands_again_once_its_authority_brings_it(self, crisis: Running, cap: Cap, post: Post) -> None:
        stranger = crisis.client("service", sub="stranger", azp="svc-somebody")
        raw = cap(**MET, identifier="a", sent=at(0))
        alert = await post(stranger, raw)
        await post(stranger, cap(**MET, identifier="c", sent=at(1), msgType="Cancel", infos="", references=names("a", 0)))
        assert (await states(crisis))["a"] == "cancelled"
        await post(partner(crisis), raw)
        assert (await states(crisis))["a"] == "standing"
        decision = (await supervisor(crisis).get(f"{ALERTS}/{alert['id']}/decision")).json()
        assert (decision["outcome"], decision["level"]) == ("window", 4)

    async def test_a_wing_takes_nothing_back_that_an_earlier_version_said_to_others(self, crisis: Running, cap: Cap, post: Post) -> None:
        await post(partner(crisis), cap(**MET | {"country": None}, identifier="a", sent=at(0)), query="?country=SA&country=LB")
        await post(partner(crisis), cap(**MET, identifier="u", sent=at(1), msgType="Update", references=names("a", 0)), query="?country=LB")
        wing = crisis.client("wing", sub="wing-beirut", countries=["LB"])
        raw = cap(identifier="c", sent=at(2), msgType="Cancel", infos="", references=names("u", 1))
        answer = await wing.post(ALERTS, content=raw, headers={"Content-Type": "application/cap+xml"})
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:probashi:problem:not-only-your-country")
        assert (await states(crisis))["u"] == "standing"


class TestOver:
    async def test_an_all_clear_ends_what_it_names_and_warns_of_nothing(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(partner(crisis), cap(**MET, identifier="a", sent=at(0)))
        raw = cap(**MET, identifier="u", sent=at(1), msgType="Update", urgency="Past", references=names("a", 0))
        over = await post(partner(crisis), raw)
        assert ((await detail(crisis, alert))["status"], over["status"]) == ("ended", "ended")
        assert await told(crisis) == ["a"]
        listed = (await supervisor(crisis).get(f"{ALERTS}?live=true")).json()["items"]
        assert listed == []
        decision = (await supervisor(crisis).get(f"{ALERTS}/{over['id']}/decision")).json()
        assert (decision["level"], decision["outcome"], decision["inputs"]["all_clear"]) == (0, "logged", True)


class TestVanished:
    async def test_what_left_its_sources_list_still_stands_and_says_so(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(partner(crisis), cap(**MET, identifier="a"))
        listed = """insert into source_entry (source, link, version_key, named, first_seen, last_seen, vanished_at, raw_id)
            select 'one', :link, 'k', '{}', now(), now(), :vanished, id from raw_message"""
        async with crisis.sessions.begin() as session:
            await session.execute(text(listed), {"link": "https://one.test/a", "vanished": datetime(2026, 11, 20, 12, tzinfo=UTC)})
        shown = await detail(crisis, alert)
        assert (shown["vanished_at"], shown["status"]) == ("2026-11-20T12:00:00Z", "raised")
        async with crisis.sessions.begin() as session:
            await session.execute(text(listed), {"link": "https://two.test/a", "vanished": None})
        assert (await detail(crisis, alert))["vanished_at"] is None


class TestConflicts:
    async def test_other_text_under_one_identity_is_kept_beside_the_first_and_shown(self, crisis: Running, cap: Cap, post: Post) -> None:
        raw = cap(**MET, identifier="a", severity="Minor")
        alert = await post(partner(crisis), raw)
        other = raw.replace(b"Minor", b"Extreme")
        answer = await partner(crisis).post(ALERTS, content=other, headers={"Content-Type": "application/cap+xml"})
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:probashi:problem:cap-identity-reused")
        shown = await detail(crisis, alert)
        assert (shown["severity"], shown["conflicts"]) == ("minor", 1)
        async with crisis.sessions() as session:
            kept = await session.execute(text("select raw, state from raw_message where conflicts_with is not null"))
            assert [(bytes(row.raw), row.state) for row in kept] == [(other, "quarantined")]


class TestOddities:
    """What real messages do, on messages of our own."""

    async def test_a_cancel_that_names_nothing_waits_for_a_person_and_nobody_is_told(self, crisis: Running, cap: Cap, post: Post) -> None:
        await post(partner(crisis), cap(**MET, identifier="a", sent=at(0)))
        raw = cap(**MET, msgType="Cancel", infos="", references="nothing-readable")
        answer = await partner(crisis).post(ALERTS, content=raw, headers={"Content-Type": "application/cap+xml"})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:probashi:problem:cap-invalid")
        assert await states(crisis) == {"a": "standing"}
        async with crisis.sessions() as session:
            kept = await session.execute(text("select raw, state from raw_message order by received_at"))
            assert [row.state for row in kept] == ["taken", "quarantined"]
        assert await told(crisis) == ["a"]

    async def test_one_language_twice_and_a_long_address_are_taken(
        self, crisis: Running, cap: Cap, post: Post, info: Callable[..., str]
    ) -> None:
        long = "<web>https://example.test/" + "x" * 700 + "</web>"
        infos = info(language="en-CA", area=BOX.format(name="One")).replace("<area>", long + "<area>") + info(
            language="en-CA", headline="Two"
        )
        shown = await detail(crisis, await post(partner(crisis), cap(**MET, infos=infos)))
        assert [one["language"] for one in shown["infos"]] == ["en-ca", "en-ca"]
        assert len(shown["infos"][0]["web"]) > 700
        assert shown["headline"]["en"] == "Stay indoors, away from windows"


class TestLinks:
    async def test_arabic_and_english_of_one_authority_are_linked_and_go_out_once(self, crisis: Running, cap: Cap, post: Post) -> None:
        english = await post(partner(crisis), cap(**MET, identifier="en", event="Flood", language="en", area=BOX.format(name="Riyadh")))
        arabic = await post(partner(crisis), cap(**MET, identifier="ar", event="فيضان", language="ar", area=BOX.format(name="الرياض")))
        decisions = [(await supervisor(crisis).get(f"{ALERTS}/{one['id']}/decision")).json() for one in (english, arabic)]
        assert [(one["outcome"], one["reasons"]) for one in decisions] == [("window", []), ("waits", ["same-event"])]
        [link] = (await detail(crisis, arabic))["links"]
        assert (link["alert"], link["same_event_in_another_language"]) == (english["id"], True)
        assert [one["alert"] for one in (await detail(crisis, english))["links"]] == [arabic["id"]]

    async def test_a_graver_edition_is_not_kept_back(self, crisis: Running, cap: Cap, post: Post) -> None:
        await post(partner(crisis), cap(**MET, identifier="en", event="Flood", language="en", severity="Severe"))
        arabic = await post(partner(crisis), cap(**MET, identifier="ar", event="فيضان", language="ar", severity="Extreme"))
        assert (await supervisor(crisis).get(f"{ALERTS}/{arabic['id']}/decision")).json()["outcome"] == "window"

    async def test_two_authorities_are_linked_and_each_stays_its_own(self, crisis: Running, cap: Cap, post: Post) -> None:
        first = await post(partner(crisis), cap(**MET, identifier="one", event="Flood", area=BOX.format(name="Riyadh")))
        second = await post(supervisor(crisis), cap(identifier="two", event="Flash flooding", area=BOX.format(name="Riyadh")))
        [link] = (await detail(crisis, second))["links"]
        assert (link["alert"], link["same_event_in_another_language"], link["reasons"]) == (first["id"], False, ["hazard", "time", "area"])
        assert (await states(crisis)) == {"one": "standing", "two": "standing"}


class TestWhere:
    async def test_a_polygon_finds_its_country_where_nothing_else_names_one(self, crisis: Running, cap: Cap, post: Post) -> None:
        area = "<area><areaDesc>The southern hills</areaDesc><polygon>33.1,35.2 33.1,35.5 33.3,35.5 33.3,35.2</polygon></area>"
        alert = await post(supervisor(crisis), cap(area=area))
        assert (alert["countries"], alert["matched_by"]) == (["LB"], "geometry")
        shown = await detail(crisis, alert)
        assert "polygon-not-closed" in shown["defects"]
        answer = await supervisor(crisis).get(f"{ALERTS}/{alert['id']}/area")
        assert answer.json()["geometry"]["type"] == "MultiPolygon"
        assert answer.json()["properties"] == {
            "countries": ["LB"],
            "whole_countries": False,
            "hazard": "attack",
            "defects": ["polygon-not-closed"],
        }

    async def test_without_a_shape_it_holds_for_its_whole_countries(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(supervisor(crisis), cap())
        area = (await supervisor(crisis).get(f"{ALERTS}/{alert['id']}/area")).json()
        assert (area["geometry"], area["properties"]["whole_countries"]) == (None, True)

    async def test_an_authority_that_draws_beyond_its_land_waits_for_a_person(self, crisis: Running, cap: Cap, post: Post) -> None:
        area = "<area><areaDesc>Baghdad</areaDesc><polygon>33,44 33,45 34,45 34,44 33,44</polygon></area>"
        alert = await post(partner(crisis), cap(**MET, area=area))
        decision = (await supervisor(crisis).get(f"{ALERTS}/{alert['id']}/decision")).json()
        assert (decision["outcome"], decision["reasons"]) == ("waits", ["outside-jurisdiction"])
