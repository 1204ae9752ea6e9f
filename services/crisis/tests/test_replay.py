"""Stored messages judged anew: the same decisions, at any instant, and nothing can be sent by it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from runner.testing import Running, make_owner_engine
from services.crisis.decisions import deciding
from services.crisis.lineage import replaying
from services.crisis.warnings import repository
from services.crisis.warnings.service import DIRECTORY

Cap = Callable[..., bytes]
Post = Callable[..., Awaitable[dict[str, Any]]]
ALERTS = "/v1/crisis/alerts"
MET = {"sender": "warnings@ncm.gov.sa", "country": "SA"}


def partner(crisis: Running) -> httpx.AsyncClient:
    return crisis.client("service", sub="partner", azp="partner-cap")


def supervisor(crisis: Running, sub: str = "dhaka") -> httpx.AsyncClient:
    return crisis.client("supervisor", sub=sub)


def names(identifier: str, minute: int) -> str:
    return f"{MET['sender']},{identifier},{at(minute)}"


def at(minute: int) -> str:
    return f"2026-11-20T10:{minute:02}:00+00:00"


async def replay(crisis: Running, moment: datetime | None = None) -> dict[str, Any]:
    answer = await crisis.client("auditor").get("/v1/crisis/replay", params={"at": moment.isoformat()} if moment else {})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def a_night(crisis: Running, cap: Cap, post: Post) -> list[datetime]:
    """Everything that happens to warnings; answers the moments between two arrivals."""
    stranger = crisis.client("service", sub="stranger", azp="svc-somebody")
    flood = {"event": "Flood", "expires": "2026-12-30T00:00:00+00:00"}
    shape = "<area><areaDesc>The hills</areaDesc><polygon>33.1,35.2 33.1,35.5 33.3,35.5 33.3,35.2</polygon></area>"
    again = cap(**MET, identifier="again", sent=at(4))
    sent = [
        (partner(crisis), cap(**MET, identifier="c", sent=at(5), msgType="Cancel", infos="", references=names("late", 3))),
        (partner(crisis), cap(**MET, identifier="a", sent=at(0), **flood)),
        (partner(crisis), cap(**MET, identifier="ar", sent=at(1), language="ar", **flood | {"event": "فيضان"})),
        (partner(crisis), cap(**MET, identifier="late", sent=at(3))),
        (stranger, again),
        (stranger, cap(**MET, identifier="c2", sent=at(6), msgType="Cancel", infos="", references=names("again", 4))),
        (partner(crisis), again),
        (partner(crisis), cap(**MET, identifier="u", sent=at(7), msgType="Update", references=names("a", 0))),
        (supervisor(crisis), cap(area=shape, identifier="officer")),
        (partner(crisis), cap(**MET, identifier="drill", status="Exercise")),
        (partner(crisis), cap(**MET, identifier="over", sent=at(9), msgType="Update", urgency="Past", references=names("u", 7))),
        (partner(crisis), cap(**MET, identifier="words", headline="The flood warning is cancelled")),
    ]
    moments = []
    for client, raw in sent:
        await post(client, raw)
        moments.append(datetime.now(UTC))
        await asyncio.sleep(0.002)
    return moments


# Figures of the register arrive at a moment of their own.
TABLES = ("outbox", "timer where kind <> 'page-step'", "alert_change where kind not in ('counted', 'reached')", "alert_step")


class TestReplay:
    async def test_says_of_every_instant_what_is_written_down_of_it(self, crisis: Running, cap: Cap, post: Post) -> None:
        moments = await a_night(crisis, cap, post)
        for number, moment in enumerate(moments):
            found = await replay(crisis, moment)
            assert (found["differences"], found["arrivals"], found["complete"]) == ([], number + 1, True)
        whole = await replay(crisis)
        assert (whole["arrivals"], whole["warnings"], whole["compared"], whole["decisions"], whole["differing"]) == (12, 11, 11, 8, 0)

    async def test_takes_what_people_decided_as_it_is(self, crisis: Running, cap: Cap, post: Post) -> None:
        english = await post(supervisor(crisis), cap(**MET, event="Flood", language="en"))
        headers = {"If-Match": '"1"'}
        await supervisor(crisis, "other").post(f"{ALERTS}/{english['id']}/decision/release", headers=headers)
        arabic = await post(partner(crisis), cap(**MET, event="فيضان", language="ar"))
        made = (await supervisor(crisis).get(f"{ALERTS}/{arabic['id']}/decision")).json()
        assert made["reasons"] == ["same-event"]
        assert (await replay(crisis))["differences"] == []

    @pytest.mark.parametrize(
        ("change", "what"),
        [
            ("update alert_step set state = 'cancelled' where state = 'standing'", "state"),
            ("update alert_decision set level = 1", "level"),
            ("update alert_decision set inputs = jsonb_set(inputs, '{severity}', '\"minor\"')", "inputs"),
            ("update alert_country set country = 'LB'", "countries"),
            ("delete from alert_decision", "decided"),
        ],
    )
    async def test_finds_what_was_changed_behind_the_rules(self, crisis: Running, cap: Cap, post: Post, change: str, what: str) -> None:
        alert = await post(partner(crisis), cap(**MET))
        async with make_owner_engine(crisis) as owner, owner.begin() as connection:
            await connection.execute(text(change))
        found = await replay(crisis)
        assert {(one["alert"], one["what"]) for one in found["differences"]} == {(alert["id"], what)}

    async def test_another_rule_shows_which_decisions_it_would_change(
        self, crisis: Running, cap: Cap, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await post(partner(crisis), cap(**MET))
        stricter = [one.model_copy(update={"veto_minutes": {}}) for one in deciding.MATRICES]
        monkeypatch.setattr(deciding, "MATRICES", stricter)
        found = await replay(crisis)
        assert {one["what"] for one in found["differences"]} == {"reasons", "due"}

    async def test_each_decision_is_made_anew_by_the_edition_of_its_day(
        self, crisis: Running, cap: Cap, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alert = await post(partner(crisis), cap(**MET))
        made = (await supervisor(crisis).get(f"{ALERTS}/{alert['id']}/decision")).json()
        day = datetime.fromisoformat(made["made_at"]).astimezone(UTC).date()
        stricter = deciding.MATRICES[0].model_copy(update={"version": "next", "since": day + timedelta(days=1), "veto_minutes": {}})
        monkeypatch.setattr(deciding, "MATRICES", [stricter, *deciding.MATRICES])
        assert (await replay(crisis))["differences"] == []
        monkeypatch.setattr(deciding, "MATRICES", [stricter.model_copy(update={"since": day}), *deciding.MATRICES[1:]])
        assert {one["what"] for one in (await replay(crisis))["differences"]} == {"rule_version", "reasons", "due"}

    async def test_can_send_nothing(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(partner(crisis), cap(**MET))
        before = [await crisis.count(table) for table in TABLES]
        await replay(crisis)
        assert [await crisis.count(table) for table in TABLES] == before
        async with crisis.sessions() as session:
            await replaying.replay(session, datetime.now(UTC), DIRECTORY.sources)
            with pytest.raises(DBAPIError, match="read-only transaction"):
                await repository.add_change(session, alert["id"], "raised")

    async def test_plays_what_comes_in_many_parts(self, crisis: Running, cap: Cap, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(replaying, "READ_AT_ONCE", 3)
        chain = [cap(**MET, identifier="a", sent=at(minute)) for minute in (3, 0, 6, 1, 5, 2, 4)]
        for raw in chain:
            await post(partner(crisis), raw)
        found = await replay(crisis)
        assert (found["arrivals"], found["complete"], found["differences"]) == (7, True, [])
        monkeypatch.setattr(replaying, "MOST_ARRIVALS", 3)
        assert (await replay(crisis))["complete"] is False
