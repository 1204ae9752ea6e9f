"""Figures: kept as facts come, built anew without a difference, and told so that nobody is found by subtraction."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from contracts.complaints import ComplaintDecided, ComplaintLodged, DeathReported
from contracts.crisis import IncidentOpened, MessageStatus
from contracts.events import CloudEvent
from contracts.framework.activity_map import load_map
from contracts.reintegration import CaseTransferEnded
from kit.bus import Received
from kit.counts import SMALLEST
from runner.testing import Running, make_owner_engine
from services.monitor.evidence import repository, rules, service
from services.monitor.evidence.models import Fact, Mapping
from services.monitor.evidence.rules import Dimension, Group

README = Path(__file__).parents[1] / "README.md"
LODGED, DECIDED = ComplaintLodged.type, ComplaintDecided.type
NOWHERE = Group()
COMPLAINTS = "4.4.2.3"
SUMMER = datetime(2026, 8, 20, 12, tzinfo=UTC)
IN_TIME = datetime(2026, 9, 30, 12, tzinfo=UTC)
TOO_LATE = datetime(2026, 11, 1, 12, tzinfo=UTC)


def _heard(status: MessageStatus) -> Received[IncidentOpened]:
    told: dict[str, Any] = {
        "country": "LB",
        "hazard": "conflict",
        "phase": "during",
        "opened_from": "officer",
        "warnings": 0,
        "opened_at": SUMMER,
    }
    event = IncidentOpened(message_status=status, **told)
    envelope = CloudEvent(
        id=uuid4(), source="crisis", type=IncidentOpened.type, subject=uuid4(), time=SUMMER, dataschema="", sequence=1, data={}
    )  # fmt: skip
    return Received(envelope, event)


def fact(group: Group = NOWHERE, kind: str = LODGED, at: datetime = SUMMER, received: datetime = IN_TIME) -> Fact:
    return Fact(event_id=uuid4(), event_type=kind, record=uuid4(), happened_at=at, received_at=received, **group._asdict())


async def keep(monitor: Running, *facts: Fact) -> None:
    async with monitor.sessions.begin() as session:
        await repository.lock_shared(session)
        await repository.add_facts(session, facts)


async def shown(monitor: Running, by: str, quarter: str = "2026-Q3", activity: str = COMPLAINTS, **client: Any) -> dict[str, Any]:
    answer = await (client.get("client") or monitor.client()).get(f"/v1/framework/activities/{activity}/figures?by={by}&quarter={quarter}")
    assert answer.status_code == 200, answer.text
    return {one["event_type"]: one for one in answer.json()["tables"]}


def crowd() -> list[Fact]:
    """Two large districts and two small ones; men, and few women."""
    spread = [("BD-08", "SA", "male", 40), ("BD-60", "SA", "male", 22), ("BD-60", "LB", "female", 3), ("BD-13", "LB", "female", 1)]
    return [fact(Group(district, country, sex, "25_34")) for district, country, sex, number in spread for _ in range(number)]


class TestGroup:
    def test_of_a_restricted_record_nothing_is_kept(self) -> None:
        death = DeathReported(country="SA", district="BD-08", victim_sex="female", victim_age_band="18_24", reported_at=SUMMER)
        assert rules.group_of(death, restricted=False) == Group("BD-08", "SA", "female", "18_24")
        assert rules.group_of(death, restricted=True) == Group("", "", "unknown", "unknown")

    def test_what_is_no_code_appears_nowhere(self) -> None:
        wrong = DeathReported(country="Rahim", district="01711000000", victim_sex="?", victim_age_band="31", reported_at=SUMMER)
        assert rules.group_of(wrong, restricted=False) == Group()

    def test_a_case_that_is_passed_on_counts_where_it_went(self) -> None:
        moved = CaseTransferEnded(from_district="BD-08", to_district="BD-60", state="accepted", sent_at=SUMMER, ended_at=SUMMER)
        assert rules.group_of(moved, restricted=False).district == "BD-60"


class TestMaps:
    @pytest.mark.parametrize(("status", "counts"), [("actual", True), ("exercise", False), ("test", False)])
    def test_a_drill_is_no_evidence(self, status: str, *, counts: bool) -> None:
        assert rules.is_evidence(_heard(MessageStatus(status)).data) is counts

    async def test_a_drill_that_is_heard_leaves_no_figure(self, monitor: Running) -> None:
        async with monitor.sessions.begin() as session:
            await service.count_facts(session, [_heard(MessageStatus.EXERCISE), _heard(MessageStatus.ACTUAL)])
        assert [row.event_type for row in await monitor.rows("fact")] == [IncidentOpened.type]

    def test_an_earlier_release_changes_nothing_and_a_forgotten_version_is_noticed(self) -> None:
        kept = rules.Versions(2, 1, "a")
        assert not rules.is_newer(kept, kept)
        assert rules.is_newer(rules.Versions(3, 1, "b"), kept)
        assert rules.is_newer(rules.Versions(2, 2, "a"), kept)
        assert rules.is_newer(rules.Versions(2, 1, "b"), kept)
        assert not rules.is_newer(rules.Versions(1, 1, "c"), kept)


class TestCounts:
    async def test_are_read_once_until_a_figure_of_the_quarter_changes(self, monitor: Running) -> None:
        await keep(monitor, *crowd())
        first = await shown(monitor, "district")
        async with make_owner_engine(monitor) as owner, owner.begin() as connection:
            await connection.execute(text("update evidence_figure set facts = facts + 100"))  # so it is seen which are told
        assert await shown(monitor, "district") == first
        await keep(monitor, fact(received=TOO_LATE))
        assert (await shown(monitor, "district"))[LODGED]["facts"] == first[LODGED]["facts"]
        await keep(monitor, fact(received=IN_TIME))
        assert (await shown(monitor, "district"))[LODGED]["facts"] > first[LODGED]["facts"] + 100


class TestKeeping:
    async def test_the_same_event_twice_counts_once(self, monitor: Running) -> None:
        one = fact()
        await keep(monitor, one, fact())
        await keep(monitor, one)
        assert [row.facts for row in await monitor.rows("evidence_month")] == [2]

    async def test_built_anew_without_a_difference(self, monitor: Running) -> None:
        for months in range(6):
            facts = [
                fact(Group("BD-08", "SA", "male", band), kind, SUMMER - timedelta(days=31 * months), received)
                for band in ("18_24", "25_34")
                for kind in (LODGED, DECIDED)
                for received in (IN_TIME, TOO_LATE)
            ]
            await keep(monitor, *facts)
            await keep(monitor, *facts[:2], *crowd())
        async with monitor.sessions.begin() as session:
            before = await repository.all_figures(session)
            await service.rebuild(session)
            assert await repository.all_figures(session) == before
        assert len(before) > 50

    async def test_a_fact_counts_by_the_map_of_its_own_day(self, monitor: Running) -> None:
        """Help in distress counts from 25 November 2026 on, by the calendar of Bangladesh: 18:00 UTC of the 24th."""
        evening = datetime(2026, 11, 24, 18, tzinfo=UTC)
        await keep(monitor, fact(kind=DeathReported.type, at=evening - timedelta(seconds=1)), fact(kind=DeathReported.type, at=evening))
        items = (await monitor.client().get("/v1/framework/activities?goal=4")).json()["items"]
        [found] = [one for one in items if one["id"] == "4.4.2.5"]
        assert (found["evidence"], found["last_at"]) == (1, "2026-11-25T00:00:00+06:00")

    async def test_a_newer_map_builds_the_figures_anew(self, monitor: Running) -> None:
        await keep(monitor, *crowd())
        kept = await monitor.rows("evidence_figure")
        async with monitor.sessions.begin() as session:
            state = await repository.find_state(session)
            assert state is not None
            state.map_version -= 1
            await repository.put_map(session, type(state)(**state.model_dump()), (await _mappings(monitor))[:1])
        assert await service.follow_the_map(monitor.sessions)
        assert sorted(await monitor.rows("evidence_figure")) == sorted(kept)
        assert not await service.follow_the_map(monitor.sessions)


async def _mappings(monitor: Running) -> Sequence[Any]:
    return [Mapping(**row._asdict()) for row in await monitor.rows("activity_mapping")]


class TestDivided:
    async def test_small_counts_and_what_would_give_them_away_are_left_out(self, monitor: Running) -> None:
        await keep(monitor, *crowd())
        districts = (await shown(monitor, "district"))[LODGED]
        assert districts["facts"] == 66
        assert {one["code"]: one["facts"] for one in districts["parts"]} == {"BD-08": 40, "BD-60": None, "BD-13": None}
        sexes = {one["code"]: one["facts"] for one in (await shown(monitor, "sex"))[LODGED]["parts"]}
        assert sexes == {"male": None, "female": None}

    async def test_a_quarter_that_is_not_over_is_not_divided(self, monitor: Running) -> None:
        answer = await monitor.client().get(
            f"/v1/framework/activities/{COMPLAINTS}/figures?quarter=2026-Q4", headers={"Accept-Language": "bn"}
        )
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:probashi:problem:not-yet-published")

    async def test_an_activity_that_the_framework_does_not_have(self, monitor: Running) -> None:
        answer = await monitor.client().get("/v1/framework/activities/9.9.9.9/figures")
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:probashi:problem:unknown-activity")

    async def test_what_comes_late_is_told_and_changes_no_division(self, monitor: Running) -> None:
        await keep(monitor, *crowd())
        before = (await shown(monitor, "district"))[LODGED]
        await keep(monitor, *(fact(Group("BD-13", "LB", "female", "18_24"), received=TOO_LATE) for _ in range(12)))
        after = (await shown(monitor, "district"))[LODGED]
        assert after["parts"] == before["parts"]
        assert (before["late"], after["late"]) == (0, 12)


class TestAttack:
    """Somebody takes every open table, subtracts all from all, and comes back after one more fact."""

    async def everything(self, monitor: Running) -> dict[tuple[str, str, str], set[tuple[int | None, tuple[tuple[str, int | None], ...]]]]:
        found: dict[tuple[str, str, str], set[Any]] = {}
        client = monitor.client()
        for activity in sorted({one.activity for one in load_map().entries if one.event in {LODGED, DECIDED}}):
            for quarter in ("2026-Q2", "2026-Q3"):
                for by in Dimension:
                    for kind, table in (await shown(monitor, by, quarter, activity, client=client)).items():
                        parts = tuple((one["code"], one["facts"]) for one in table["parts"])
                        found.setdefault((kind, quarter, by), set()).add((table["facts"], parts))
        return found

    async def test_no_small_count_is_found_by_difference(self, monitor: Running) -> None:
        few = [fact(Group("BD-13", "LB", "female", "18_24"), DECIDED) for _ in range(4)]
        edge = [fact(Group("BD-60", "SA", "female", "18_24"), at=datetime(2026, 6, 30, 17, tzinfo=UTC)) for _ in range(11)]
        await keep(monitor, *crowd(), *few, *edge)
        first = await self.everything(monitor)
        for tables in first.values():
            [(whole, parts)] = tables  # whichever activity shows it, the same: nothing to subtract between activities
            known = sum(facts or 0 for _, facts in parts)
            assert whole is not None or not parts
            assert whole is None or whole == known or whole - known >= SMALLEST
            assert all(facts is None or facts >= SMALLEST for _, facts in parts)
        assert first[DECIDED, "2026-Q3", "sex"] == {(None, ())}
        await keep(monitor, fact(Group("BD-08", "SA", "male", "25_34"), received=TOO_LATE))
        assert await self.everything(monitor) == first


class TestTraced:
    """Whoever doubts a count on the public page runs the query that the service's README gives them."""

    async def test_the_documented_query_finds_what_stands_behind_every_count(self, monitor: Running) -> None:
        old = fact(kind=DeathReported.type, at=datetime(2025, 12, 31, 12, tzinfo=UTC))  # before the map: evidence for nothing
        await keep(monitor, *crowd(), old, *(fact(kind=DECIDED) for _ in range(4)), *(fact(received=TOO_LATE) for _ in range(2)))
        query = README.read_text("utf-8").partition("```sql")[2].partition("```")[0]
        assert "'4.4.2.3'" in query
        shown = (await monitor.client().get("/v1/framework/activities")).json()["items"]
        async with monitor.sessions() as session:
            for one in shown:
                found = (await session.execute(text(query.replace("'4.4.2.3'", ":activity")), {"activity": one["id"]})).all()
                assert len(found) == one["evidence"], one["id"]
        assert max(one["evidence"] for one in shown) == len(crowd()) + 6
