"""Whom a warning concerns: the real register is asked, over HTTP, as this service."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
import httpx
import pytest
from sqlalchemy import text

from kit.testing.waiting import until
from runner.testing import Running, Start, make_owner_engine
from services.crisis.decisions import lists as matrices
from services.crisis.decisions.rules import Outcome, Reason
from services.crisis.exposure import lists, rules
from services.crisis.exposure.rules import Raised

Cap = Callable[..., bytes]
Post = Callable[..., Awaitable[dict[str, Any]]]
ALERTS: Final = "/v1/crisis/alerts"
RIYADH: Final = "<area><areaDesc>Riyadh</areaDesc><polygon>24.5,46.5 24.5,47 25,47 25,46.5 24.5,46.5</polygon></area>"
IN_RIYADH: Final = {"kind": "work_site", "country": "SA", "lon": 46.7, "lat": 24.7}
FAR: Final = IN_RIYADH | {"lon": 39.2, "lat": 21.5}
NOW: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)
MATRIX: Final = matrices.in_force(matrices.load(), NOW.date())


class TestRules:
    def test_by_their_number_or_by_one_who_is_vulnerable(self) -> None:
        assert rules.why(MATRIX.people, 99, {"no_phone": 3}) == ()
        assert rules.why(MATRIX.people, 100, {}) == ("inside",)
        assert rules.why(MATRIX.people, 1, {"pregnant": 1, "child": 2}) == ("child", "pregnant")
        assert rules.why(None, 10_000, {"child": 1}) == ()

    def test_an_approved_level_becomes_one_with_a_window(self) -> None:
        made = rules.raised(2, None, (Reason.LEVEL,), ("inside",), MATRIX, NOW)
        assert made == Raised(3, ("inside",), NOW + timedelta(minutes=5), Outcome.WINDOW, ())

    def test_a_running_window_is_never_made_longer(self) -> None:
        soon = NOW + timedelta(seconds=20)
        assert rules.raised(3, soon, (), ("child",), MATRIX, NOW) == Raised(4, ("child",), soon, Outcome.WINDOW, ())

    def test_what_waits_for_another_reason_still_waits(self) -> None:
        made = rules.raised(2, None, (Reason.NOT_OFFICIAL, Reason.LEVEL), ("inside",), MATRIX, NOW)
        assert made == Raised(3, ("inside",), None, Outcome.WAITS, (Reason.NOT_OFFICIAL,))

    @pytest.mark.parametrize(("level", "because"), [(4, ("inside",)), (0, ("inside",)), (2, ())])
    def test_nothing_else_is_raised(self, level: int, because: tuple[str, ...]) -> None:
        assert rules.raised(level, None, (), because, MATRIX, NOW) is None

    def test_an_estimate_has_its_year_and_a_country_without_one_is_not_known(self) -> None:
        known = lists.load()[0]
        assert (lebanon := known.present_in("LB")) is not None
        assert (lebanon.low, lebanon.high, lebanon.as_of) == (70_000, 100_000, 2024)
        assert known.present_in("AE") is None


@pytest.fixture
async def registry(start_service: Start) -> Running:
    running = await start_service("registry")
    await running.empty()
    return running


def partner(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("service", sub="partner", azp="partner-cap")


def supervisor(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("supervisor", sub="dhaka")


def official(cap: Cap, **changed: Any) -> bytes:
    return cap(**{"sender": "warnings@ncm.gov.sa", "country": "SA", "area": RIYADH, **changed})


async def person(registry: Running, *places: dict[str, Any], **more: Any) -> None:
    said = {"name": "Jamal", "country": "SA", "contacts": [{"address": "+966501234567"}], "places": places, **more}
    answer = await registry.client().post("/v1/nationals", json=said)
    assert answer.status_code == 201, answer.text


async def figures(crisis: Running, alert: dict[str, Any]) -> dict[str, Any]:
    """Once they are there."""

    async def known() -> bool:
        answer = await supervisor(crisis).get(f"{ALERTS}/{alert['id']}/exposure")
        assert answer.status_code == 200, answer.text
        return answer.json()["registered"] is not None

    await until(known, True)
    found: dict[str, Any] = (await supervisor(crisis).get(f"{ALERTS}/{alert['id']}/exposure")).json()
    return found


async def decision(crisis: Running, alert: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await supervisor(crisis).get(f"{ALERTS}/{alert['id']}/decision")).json()
    return found


class TestFigures:
    async def test_stand_beside_what_is_thought_to_be_present(self, crisis: Running, registry: Running, cap: Cap, post: Post) -> None:
        await person(registry, IN_RIYADH)
        await person(registry, FAR)
        await person(registry)
        found = await figures(crisis, await post(partner(crisis), official(cap)))
        assert found["registered"] == {"inside": 1, "near": 0, "same_country": 1, "unknown": 1}
        assert (found["contactable"], found["whole_countries"], found["near_km"], found["of_what_went_out"]) == (1, False, 30.0, False)
        [present] = found["present"]
        assert (present["country"], present["low"], present["as_of"], present["confidence"]) == ("SA", 3_200_000, 2025, "B")
        assert found["raised"] is None

    async def test_are_counted_again_when_it_goes_out(self, crisis: Running, registry: Running, cap: Cap, post: Post) -> None:
        alert = await post(supervisor(crisis), official(cap))
        assert (await figures(crisis, alert))["registered"]["inside"] == 0
        await person(registry, IN_RIYADH)
        headers = {"If-Match": f'"{(await decision(crisis, alert))["version"]}"'}
        second = crisis.client("supervisor", sub="dhaka-two")
        assert (await second.post(f"{ALERTS}/{alert['id']}/decision/release", headers=headers)).status_code == 201

        async def inside() -> tuple[bool, int]:
            now = await figures(crisis, alert)
            return now["of_what_went_out"], now["registered"]["inside"]

        await until(inside, (True, 1))

    async def test_of_a_drill_count_only_who_takes_part_in_drills(self, crisis: Running, registry: Running, cap: Cap, post: Post) -> None:
        await person(registry, IN_RIYADH)
        found = await figures(crisis, await post(partner(crisis), official(cap, status="Exercise")))
        assert (found["is_drill"], found["registered"]["inside"]) == (True, 0)

    async def test_a_wing_elsewhere_is_not_told(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(partner(crisis), official(cap))
        answer = await crisis.client("wing", sub="wing-beirut", countries=["LB"]).get(f"{ALERTS}/{alert['id']}/exposure")
        assert answer.status_code == 404


class TestRaise:
    async def test_somebody_vulnerable_inside_raises_the_level_by_one(
        self, crisis: Running, registry: Running, cap: Cap, post: Post
    ) -> None:
        await person(registry, IN_RIYADH, flags=["pregnant"])
        alert = await post(partner(crisis), official(cap, severity="Moderate"))
        assert (await decision(crisis, alert))["level"] == 2
        found = await figures(crisis, alert)
        assert (found["raised"]["from_level"], found["raised"]["to_level"], found["raised"]["reasons"]) == (2, 3, ["pregnant"])
        made = await decision(crisis, alert)
        assert (made["level"], made["outcome"], made["reasons"]) == (3, "window", [])
        async with crisis.sessions() as session:
            due = await session.scalar(text("select count(*) from timer where kind = 'window-ends' and done_at is null"))
        assert due == 1

    async def test_stays_when_the_authoritys_own_feed_brings_what_an_officer_pasted(
        self, crisis: Running, registry: Running, cap: Cap, post: Post
    ) -> None:
        await person(registry, IN_RIYADH, flags=["child"])
        raw = official(cap, severity="Moderate")
        alert = await post(supervisor(crisis), raw)
        await figures(crisis, alert)
        assert ((await decision(crisis, alert))["level"], (await decision(crisis, alert))["outcome"]) == (3, "waits")
        await post(partner(crisis), raw)
        assert ((await decision(crisis, alert))["level"], (await decision(crisis, alert))["outcome"]) == (3, "window")
        found = (await crisis.client("auditor").get("/v1/crisis/replay")).json()
        assert found["differences"] == []

    async def test_no_level_changes_without_it(self, crisis: Running, cap: Cap, post: Post) -> None:
        await post(partner(crisis), official(cap))
        connection = await asyncpg.connect(crisis.settings.required_database_url())
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="by more trust or a raise"):
                await connection.execute("update alert_decision set level = level - 1, version = version + 1")
        finally:
            await connection.close()


class TestTheRegisterAway:
    async def test_a_warning_does_not_wait_for_it_and_its_figures_come_later(
        self, crisis: Running, registry: Running, cap: Cap, post: Post
    ) -> None:
        """The register's table is renamed away: each of its answers fails until it is back."""
        async with make_owner_engine(registry) as owner, owner.begin() as connection:
            await connection.execute(text("alter table national_place rename to away"))
        try:
            alert = await post(partner(crisis), official(cap))
            assert (await decision(crisis, alert))["outcome"] == "window"
            shown = (await supervisor(crisis).get(f"{ALERTS}/{alert['id']}/exposure")).json()
            assert shown["registered"] is None
        finally:
            async with make_owner_engine(registry) as owner, owner.begin() as connection:
                await connection.execute(text("alter table away rename to national_place"))
        assert (await figures(crisis, alert))["registered"]["inside"] == 0
