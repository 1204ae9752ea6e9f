"""Reports: drafted from the facts, approved by another person, corrected in the open, and told so that nobody is found by subtraction."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any
from uuid import uuid4

from httpx import AsyncClient, Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.complaints import DistressReported, ProtectionOpened
from contracts.reintegration import ReturneeRegistered, VictimIdentified
from kit.counts import SMALLEST
from kit.spreadsheet import MARK
from runner.testing import Running
from services.monitor.evidence import repository
from services.monitor.evidence.models import Fact
from services.monitor.evidence.rules import Group
from services.monitor.reports import lists, rules
from services.monitor.reports.rules import Counts, Late, Told

REPORTS = "/v1/framework/reports"
DRAFTS = "/v1/framework/report-drafts"
SPRING, IN_TIME = datetime(2026, 5, 10, 12, tzinfo=UTC), datetime(2026, 6, 1, 12, tzinfo=UTC)
LATE = datetime(2026, 8, 1, 12, tzinfo=UTC)
PROFILE = "migration-profile"
RETURNED = ReturneeRegistered.type


MEN = Group("BD-08", "SA", "male", "25_34")


async def keep(monitor: Running, number: int, group: Group = MEN, kind: str = RETURNED, received: datetime = IN_TIME) -> None:
    facts = [
        Fact(event_id=uuid4(), event_type=kind, record=uuid4(), happened_at=SPRING, received_at=received, **group._asdict())
        for _ in range(number)
    ]
    async with monitor.sessions.begin() as session:
        await repository.lock_shared(session)
        await repository.add_facts(session, facts)


async def drafted(client: AsyncClient, status: int = 201, **more: Any) -> dict[str, Any]:
    answer = await client.post(DRAFTS, json={"report": PROFILE, "period": "2026-H1", **more})
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def step(client: AsyncClient, draft: dict[str, Any], what: str, version: int) -> Response:
    return await client.post(f"{DRAFTS}/{draft['id']}/{what}", headers={"If-Match": f'"{version}"'})


async def publish(monitor: Running, **more: Any) -> dict[str, Any]:
    first, second = monitor.client("analyst", sub="one"), monitor.client("analyst", sub="two")
    draft = await drafted(first, **more)
    assert (await step(second, draft, "approval", 1)).status_code == 200
    assert (await step(first, draft, "publication", 2)).status_code == 200
    return draft


async def told(monitor: Running, edition: str = "latest", kind: str = RETURNED, quarter: str = "2026-Q2") -> dict[str, Any]:
    answer = await monitor.client().get(f"{REPORTS}/{PROFILE}/2026-H1/{edition}")
    assert answer.status_code == 200, answer.text
    [table] = [one for one in answer.json()["content"]["tables"] if one["event_type"] == kind]
    [found] = [one for one in table["quarters"] if one["quarter"] == quarter]
    return dict(found)


class TestSteps:
    async def test_another_person_approves_and_only_then_everybody_reads(self, monitor: Running) -> None:
        await keep(monitor, 40)
        first, second = monitor.client("analyst", sub="one"), monitor.client("admin", sub="two")
        draft = await drafted(first)
        assert (await monitor.client().get(f"{REPORTS}/{PROFILE}/2026-H1/latest")).status_code == 404
        own = await step(first, draft, "approval", 1)
        assert (own.status_code, own.json()["type"]) == (409, "urn:probashi:problem:another-person-approves")
        assert (await step(first, draft, "publication", 1)).status_code == 409
        assert (await step(second, draft, "approval", 1)).status_code == 200
        assert (await step(first, draft, "publication", 1)).status_code == 412
        assert (await step(first, draft, "publication", 2)).status_code == 200
        assert (await step(first, draft, "withdrawal", 3)).status_code == 409
        [listed] = (await monitor.client().get(REPORTS)).json()["items"]
        assert (listed["edition"], listed["digest"]) == (1, draft["digest"])
        assert "one" not in str((await monitor.client().get(f"{REPORTS}/{PROFILE}/2026-H1/1")).json()["about"].values())

    async def test_the_same_cut_off_gives_the_same_bytes(self, monitor: Running) -> None:
        await keep(monitor, 40)
        client = monitor.client("analyst", sub="one")
        draft = await drafted(client)
        assert (await step(client, draft, "withdrawal", 1)).status_code == 200
        await keep(monitor, 60, received=LATE)
        assert (await drafted(client))["digest"] == draft["digest"]

    async def test_figures_that_are_others_when_counted_again_are_not_approved(self, monitor: Running) -> None:
        await keep(monitor, 40)
        draft = await drafted(monitor.client("analyst", sub="one"))
        await keep(monitor, 30)  # as if facts had been tampered with: nothing is received in the past
        answer = await step(monitor.client("analyst", sub="two"), draft, "approval", 1)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:probashi:problem:report-not-reproduced")

    async def test_a_half_year_that_is_not_over_and_two_at_once(self, monitor: Running) -> None:
        client = monitor.client("analyst", sub="one")
        assert (await drafted(client, 409, period="2026-H2"))["type"].endswith("report-period-not-over")
        assert (await drafted(client, 404, report="census"))["type"].endswith("unknown-report")
        await drafted(client)
        assert (await drafted(client, 409))["type"].endswith("report-under-way")


class TestTold:
    async def test_of_victims_only_how_many_and_what_nobody_counts_is_said(self, monitor: Running) -> None:
        await keep(monitor, 12, Group(), VictimIdentified.type)
        await keep(monitor, 4, Group("BD-08"), ProtectionOpened.type)
        await publish(monitor, report="counter-trafficking")
        content = (await monitor.client().get(f"{REPORTS}/counter-trafficking/2026-H1/latest")).json()["content"]
        found = {one["event_type"]: one["quarters"][1] for one in content["tables"]}
        assert (found[VictimIdentified.type]["facts"], found[VictimIdentified.type]["parts"]) == (12, {})
        assert (found[ProtectionOpened.type]["facts"], found[ProtectionOpened.type]["parts"]) == (None, {"district": {}})
        assert len(content["not_counted"]) == len(lists.load().reports["counter-trafficking"].not_counted)

    async def test_the_data_are_the_bytes_that_were_approved(self, monitor: Running) -> None:
        await keep(monitor, 40)
        draft = await publish(monitor)
        answer = await monitor.client().get(f"{REPORTS}/{PROFILE}/2026-H1/1/data.json")
        assert answer.headers["etag"] == f'"{draft["digest"]}"'
        assert answer.json()["cut_off"] == "2026-07-16"

    async def test_a_table_is_a_spreadsheet_in_which_nothing_left_out_is_zero(self, monitor: Running) -> None:
        await keep(monitor, 40)
        await keep(monitor, 22, Group("", "SA", "female", "25_34"))
        await keep(monitor, 3, Group("BD-13", "SA", "female", "25_34"))
        await publish(monitor)
        place = f"{REPORTS}/{PROFILE}/2026-H1/latest/tables"
        answer = await monitor.client().get(f"{place}/{RETURNED}.csv")
        rows = {tuple(one[1:4]): one[4:] for one in csv.reader(answer.text.removeprefix(MARK).splitlines())}
        assert rows["2026-Q2", "all", "all"] == ["65", "false", "2026-07-16"]
        assert rows["2026-Q2", "district", "BD-08"] == ["40", "false", "2026-07-16"]
        assert rows["2026-Q2", "district", "BD-13"] == rows["2026-Q2", "district", "unknown"] == ["", "true", "2026-07-16"]
        assert rows["2026-Q1", "all", "all"] == ["0", "false", "2026-04-16"]
        assert answer.headers["content-disposition"].endswith(f'"{PROFILE}-2026-H1-1-{RETURNED}.csv"')
        assert (await monitor.client().get(f"{place}/{VictimIdentified.type}.csv")).status_code == 404


class TestCorrection:
    async def test_what_came_late_is_an_edition_of_its_own_with_what_changed(self, monitor: Running) -> None:
        await keep(monitor, 40)
        await publish(monitor)
        await keep(monitor, 15, received=LATE)
        assert (await told(monitor))["facts"] == 40  # never silently
        await publish(monitor, cut_off="2026-09-01")
        assert ((await told(monitor, "1"))["facts"], (await told(monitor))["facts"]) == (40, 55)
        content = (await monitor.client().get(f"{REPORTS}/{PROFILE}/2026-H1/latest")).json()["content"]
        assert {(one["by"], one["before"], one["after"]) for one in content["changes"]} == {
            (by, 40, 55) for by in (None, "district", "country", "sex", "age_band")
        }

    async def test_fewer_than_ten_correct_nothing_and_are_said_to_be_few(self, monitor: Running) -> None:
        await keep(monitor, 40)
        await keep(monitor, 40, kind=DistressReported.type)
        await publish(monitor)
        await keep(monitor, 9, received=LATE)
        client = monitor.client("analyst", sub="one")
        assert (await drafted(client, 409))["type"].endswith("nothing-to-correct")
        await keep(monitor, 12, kind=DistressReported.type, received=LATE)
        await publish(monitor)
        assert ((await told(monitor))["facts"], (await told(monitor))["late"]) == (40, Late.FEW)

    async def test_a_cut_off_before_the_edition_that_it_corrects(self, monitor: Running) -> None:
        await publish(monitor)
        assert (await drafted(monitor.client("analyst"), 409, cut_off="2026-07-16"))["type"].endswith("report-cut-off")


CELLS = st.dictionaries(st.sampled_from("abcde"), st.integers(0, 45), max_size=5)


def counts(cells: dict[str, int]) -> Counts:
    return Counts(sum(cells.values()), {"sex": cells})


class TestAttack:
    """Somebody keeps every edition, and subtracts each from each."""

    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, derandomize=True)
    @given(CELLS, st.lists(CELLS, min_size=1, max_size=4))
    def test_no_two_editions_differ_by_few(self, first: dict[str, int], later: list[dict[str, int]]) -> None:
        editions = [rules.first_told(counts(first), date(2026, 7, 16))]
        known = [first]
        for number, more in enumerate(later):
            total = {code: known[-1].get(code, 0) + more.get(code, 0) for code in {*known[-1], *more}}
            known.append(total)
            editions.append(rules.corrected(editions[-1], counts(total), date(2026, 8, 1 + number)) or editions[-1])
        for one in editions:
            _tells_no_few(one)
        for older, newer in pairwise(editions):
            _differ_by_many(older, newer)

    def test_the_attack_finds_an_edition_that_only_adds(self) -> None:
        """The test can fail: without the rule of ten, one late fact is found."""
        older, newer = (rules.first_told(counts({"a": number, "b": 20}), date(2026, 7, 16)) for number in (40, 41))
        assert _fails(lambda: _differ_by_many(older, newer))
        hidden, shown = (rules.first_told(counts({"a": 40, "b": 22, "c": number}), date(2026, 7, 16)) for number in (4, 14))
        assert _fails(lambda: _differ_by_many(hidden, shown))


class TestAgainstOpenData:
    """Somebody subtracts the open data of a quarter from each edition of a report."""

    async def open_data(self, monitor: Running) -> dict[str, dict[str, int | None]]:
        """By dimension, by code."""
        rows = (await monitor.client().get("/v1/framework/data/2026-Q2/figures.json")).json()
        found: dict[str, dict[str, int | None]] = {}
        for one in rows:
            if one["event_type"] == RETURNED:
                found.setdefault(one["dimension"], {})[one["code"]] = one["facts"]
        return found

    async def test_a_first_edition_tells_nothing_else_and_a_correction_nothing_of_few(self, monitor: Running) -> None:
        for group, number in ((MEN, 40), (Group("BD-60", "SA", "female", "25_34"), 22), (Group("BD-13", "LB", "female", "18_24"), 3)):
            await keep(monitor, number, group)
        await publish(monitor)
        known = await self.open_data(monitor)
        assert known["district"] == {"BD-08": 40, "BD-60": None, "BD-13": None}
        first = await told(monitor)
        assert {"all": {"all": first["facts"]}, **first["parts"]} == known
        await keep(monitor, 12, Group("BD-13", "LB", "female", "18_24"), received=LATE)
        await publish(monitor)
        assert await self.open_data(monitor) == known
        second = await told(monitor)
        assert second["parts"]["district"] == {"BD-08": 40, "BD-60": None, "BD-13": None}  # told, 15 would give away the 3
        for by, cells in second["parts"].items():
            until = date.fromisoformat(second["until"])
            _differ_by_many(Told(first["facts"], {"sex": known[by]}, until), Told(second["facts"], {"sex": cells}, until))


def _fails(attack: Callable[[], None]) -> bool:
    try:
        attack()
    except AssertionError:
        return True
    return False


def _cells(one: Told) -> dict[str, int | None]:
    return dict(one.parts["sex"]) if "sex" in one.parts else {}


def _tells_no_few(one: Told) -> None:
    numbers = [facts for facts in (one.facts, *_cells(one).values()) if facts]
    assert all(facts >= SMALLEST for facts in numbers)
    if one.facts is not None and None in _cells(one).values():
        assert one.facts - sum(facts or 0 for facts in _cells(one).values()) >= SMALLEST


def _differ_by_many(older: Told, newer: Told) -> None:
    if older.facts is None or newer.facts is None:
        return
    old, new = _cells(older), _cells(newer)
    assert not [code for code, facts in old.items() if facts is None and new[code] is not None], "what was left out is told"
    shown = [code for code, facts in new.items() if facts is not None]
    changes = [(new[code] or 0) - (old.get(code) or 0) for code in shown]
    rest = newer.facts - older.facts - sum(changes)
    assert all(change == 0 or change >= SMALLEST for change in (*changes, rest, newer.facts - older.facts))
