"""The wing's page of one warning: its figures over a real ledger, and a stream that misses nothing over a reconnect."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from kit.testing.waiting import until
from runner.testing import Running, own_engines, service_fixture
from services.crisis.decisions.rules import Outcome
from services.crisis.duty import counting, lists, rules
from services.crisis.duty.models import DutyCount
from services.crisis.duty.rules import Figures, Group, Situation, Step

Cap = Callable[..., bytes]
Post = Callable[..., Awaitable[dict[str, Any]]]
Warn = Callable[..., Awaitable[dict[str, Any]]]
Release = Callable[..., Awaitable[None]]
Register = Any
ALERTS: Final = "/v1/crisis/alerts"
NOW: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)
CALM: Final = Situation(
    stands=True,
    is_seen=True,
    level=4,
    outcome=Outcome.RELEASED,
    has_incident=True,
    incident_from_level=3,
    relays=1,
    figures=Figures(),
    first_unreached=0,
)


engines, start_service = own_engines()
crisis = service_fixture("crisis")


def wing(crisis: Running, *countries: str) -> httpx.AsyncClient:
    return crisis.client("wing", sub=f"wing-{'-'.join(countries)}", countries=list(countries))


async def duty(client: httpx.AsyncClient, alert: dict[str, Any]) -> dict[str, Any]:
    answer = await client.get(f"{ALERTS}/{alert['id']}/duty")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def told(client: httpx.AsyncClient, alert: dict[str, Any], start: dict[str, str], last: str) -> list[tuple[int, str]]:
    """What the stream tells from there until `last` was told, each with its id; `start` is a header or a question."""
    heard: list[tuple[int, str]] = []
    headers = {name: value for name, value in start.items() if name == "Last-Event-ID"}
    asked = {name: value for name, value in start.items() if name == "after"}
    async with asyncio.timeout(240), client.stream("GET", f"{ALERTS}/{alert['id']}/duty/stream", headers=headers, params=asked) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name, place = "", 0
        async for line in answer.aiter_lines():
            field, _, value = line.partition(": ")
            name, place = (value if field == "event" else name), (int(value) if field == "id" else place)
            if field == "data" and name == "alert":
                change = json.loads(value)
                assert change["position"] == place
                heard.append((place, change["change"]))
                if change["change"] == last:
                    return heard
    raise AssertionError(f"the stream ended before {last}: {heard}")


class TestSteps:
    def test_what_burns_stands_first(self) -> None:
        figures = Figures(to_visit=2, texts=3, statuses={"unreached": 5, "need_help": 1, "safe": 4})
        now = replace(CALM, is_seen=False, figures=figures, first_unreached=2, has_incident=False, relays=0)
        assert rules.steps(now) == [
            (Step.ACKNOWLEDGE, None),
            (Step.HELP, 1),
            (Step.FIRST, 2),
            (Step.TEXTS, 3),
            (Step.INCIDENT, None),
            (Step.VISIT, 2),
            (Step.UNREACHED, 5),
            (Step.RELAYS, None),
        ]

    def test_nothing_is_asked_where_nothing_is_left(self) -> None:
        assert rules.steps(CALM) == []

    @pytest.mark.parametrize(
        ("outcome", "step"), [(Outcome.WAITS, Step.DECIDE), (Outcome.WINDOW, Step.WATCH_WINDOW), (Outcome.WITHHELD, None)]
    )
    def test_before_it_went_out_somebody_decides(self, outcome: Outcome, step: Step | None) -> None:
        now = replace(CALM, outcome=outcome, relays=0, has_incident=False)
        assert [code for code, _ in rules.steps(now)] == ([step] if step else [])

    def test_a_warning_that_is_over_asks_after_the_silent_alone(self) -> None:
        now = replace(CALM, stands=False, is_seen=False, has_incident=False, relays=0, figures=Figures(statuses={"unreached": 2}))
        assert rules.steps(now) == [(Step.OVER, None), (Step.UNREACHED, 2)]

    def test_a_low_level_asks_for_no_incident(self) -> None:
        assert rules.steps(replace(CALM, level=2, has_incident=False)) == []


class TestFigures:
    def test_of_several_countries_are_summed_and_others_left_out(self) -> None:
        one = Figures(handed=2, statuses={"safe": 1, "unreached": 2}, groups={"child": Group(2, 1, 1, 0)})
        other = Figures(handed=1, statuses={"unreached": 1}, groups={"child": Group(1, 1, 1, 1), "ill": Group(1, 0, 1, 0)})
        total = rules.summed({"LB": one, "SA": other, "": Figures(texts=1)}, None)
        assert (total.people, total.unreached, total.handed, total.texts) == (4, 3, 3, 1)
        assert total.groups == {"child": Group(3, 2, 2, 1), "ill": Group(1, 0, 1, 0)}
        assert rules.summed({"LB": one, "SA": other, "": Figures(texts=1)}, {"LB"}) == one

    def test_every_group_has_words_in_both_languages(self) -> None:
        assert lists.FIRST.groups[0].code == "child"
        assert all(one.how.bn != one.how.en for one in lists.FIRST.groups)

    @pytest.mark.parametrize(
        ("counted", "changed", "took_ms", "woken", "is_due"),
        [
            (1, 100, 5, 50, False),  # just counted
            (3, 100, 5, 50, False),  # quiet
            (3, 100, 5, 2, True),  # somebody answered since
            (3, 4, 5, 50, True),  # it moves
            (3, 4, 900, 2, False),  # a count of 0.9 s is not made each 3 s
            (31, 100, 5, 50, True),  # now and then in any case
        ],
    )
    def test_are_counted_when_something_may_have_changed(
        self, counted: int, changed: int, took_ms: int, woken: int, *, is_due: bool
    ) -> None:
        ago = {name: NOW - timedelta(seconds=one) for name, one in {"counted_at": counted, "changed_at": changed}.items()}
        known = DutyCount(root=uuid4(), is_drill=False, figures={}, took_ms=took_ms, **ago)
        assert counting.is_due(known, NOW - timedelta(seconds=woken), NOW) is is_due


@pytest.mark.usefixtures("carrier")
class TestThePage:
    async def test_tells_whom_it_concerns_the_vulnerable_first_and_what_to_do(
        self, crisis: Running, register: Register, warn: Warn
    ) -> None:
        here = wing(crisis, "LB")
        mother = register.add(flags=["pregnant"])
        register.add(flags=["child", "no_phone"], channels=[])
        register.add(country="SA", flags=["ill"])
        register.add()
        alert = await warn(area="<area><areaDesc>Both</areaDesc>" + GEOCODES + "</area>")

        async def counts() -> dict[str, Any]:
            found = await duty(here, alert)
            return {one["code"]: one["low"] for one in found["figures"] if one["code"] in {"to_warn", "handed", "unreached", "to_visit"}}

        await until(counts, {"to_warn": 3, "handed": 2, "unreached": 3, "to_visit": 1})
        said = {"person": mother, "status": "need_help", "reporter": "officer", "made_contact": True}
        answer = await here.post(f"{ALERTS}/{alert['id']}/checkins", json=said)
        assert answer.status_code == 201, answer.text

        async def in_need() -> int:
            return int((await duty(here, alert))["in_need"])

        await until(in_need, 1)
        found = await duty(here, alert)
        groups = {one["kind"]: (one["warned"], one["unreached"], one["in_need"]) for one in found["groups"]}
        assert groups == {"child": (1, 1, 0), "pregnant": (1, 0, 1), "no_phone": (1, 1, 0)}, "of its own countries alone"
        assert next(iter(groups)) == "child"
        assert [one["code"] for one in found["steps"]][:3] == ["acknowledge", "help", "first"]
        assert {one["status"]: one["people"] for one in found["statuses"]} == {"need_help": 1, "unreached": 2}
        everybody = await duty(crisis.client("analyst"), alert)
        assert sum(one["people"] for one in everybody["statuses"]) == 4
        assert (found["decision"]["level"], found["decision"]["outcome"]) == (4, "released")

    async def test_is_of_ones_own_countries(self, crisis: Running, cap: Cap, post: Post) -> None:
        alert = await post(crisis.client("service"), cap())
        for path in ("duty", "duty/stream"):
            assert (await wing(crisis, "SA").get(f"{ALERTS}/{alert['id']}/{path}")).status_code == 404


@pytest.mark.usefixtures("carrier")
class TestTheStream:
    async def test_tells_all_that_changed_while_nobody_listened_once_each(
        self, crisis: Running, cap: Cap, post: Post, release: Release
    ) -> None:
        """A page is drawn, hears the first change, loses the line; three things happen; it comes back with what it heard last."""
        here, alert = wing(crisis, "LB"), await post(crisis.client("supervisor", sub="first"), cap())
        await post(crisis.client("service"), cap(country="SA"))
        drawn = await duty(here, alert)
        await here.post(f"{ALERTS}/{alert['id']}/acknowledgements")
        before = await told(here, alert, {"after": str(drawn["position"])}, "acknowledged")
        assert [kind for _, kind in before] == ["acknowledged"]
        await release(crisis, alert["id"])
        opened = {"country": "LB", "hazard": "conflict", "commander": "First Secretary", "reason": "Air strikes", "phase": "during"}
        answer = await here.post("/v1/crisis/incidents", json={**opened, "alerts": [alert["id"]], "is_drill": False})
        assert answer.status_code == 201, answer.text
        await post(crisis.client("service"), cap(country="LB"))
        named = f"{alert['sender']},{alert['identifier']},{alert['sent'].replace('Z', '+00:00')}"
        await post(crisis.client("supervisor", sub="first"), cap(msgType="Cancel", infos="", references=named))
        after = await told(here, alert, {"Last-Event-ID": str(before[-1][0]), "after": str(drawn["position"])}, "cancelled")
        assert [kind for _, kind in after if kind not in {"counted", "reached"}] == ["released", "incident", "cancelled"]
        places = [place for place, _ in after]
        assert places == sorted(set(places))
        assert places[0] > before[-1][0]
        page = await duty(here, alert)
        assert [one["position"] for one in page["changes"]][: len(after)] == places[::-1], "the log of the page says the same"

    async def test_a_change_of_figures_is_told_here_and_not_to_who_watches_all_warnings(
        self, crisis: Running, register: Register, warn: Warn
    ) -> None:
        here = wing(crisis, "LB")
        register.add()
        alert = await warn()
        assert (await told(here, alert, {"after": "0"}, "reached"))[-1][1] == "reached"
        async with asyncio.timeout(240), here.stream("GET", f"{ALERTS}/stream", headers={"Last-Event-ID": "0"}) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data: {") and len(line) > len("data: {}"):
                    assert json.loads(line.removeprefix("data: "))["change"] != "reached"
                if "released" in line:
                    break


GEOCODES: Final = "".join(f"<geocode><valueName>ISO3166-1</valueName><value>{country}</value></geocode>" for country in ("LB", "SA"))
