"""A counter's day: numbers, what was told, and which desk stands in for which."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts.reintegration import InformationGiven, VisitorCalled
from runner.testing import Running
from services.reintegration import access
from services.reintegration.counter import lists, service
from services.reintegration.counter.rules import DistrictNeededError, OtherCounterError, counter_of, waits
from services.reintegration.tests.test_endpoints import URL, demo, register, told

COUNTER = f"{URL}/counter"
NOON = datetime(2026, 11, 25, 6, tzinfo=UTC)
TICKETS = st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["waits", "called", "left"]), st.integers(0, 60)), max_size=20)


async def take(client: httpx.AsyncClient, key: str, **said: Any) -> httpx.Response:
    return await client.post(f"{COUNTER}/tickets", json={"purpose": "registration", **said}, headers={"Idempotency-Key": key})


async def tell(client: httpx.AsyncClient, key: str, **said: Any) -> httpx.Response:
    return await client.post(f"{COUNTER}/told", json={"topic": "cost", **said}, headers={"Idempotency-Key": key})


@pytest.fixture
def chandpur_is_covered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Cumilla's desk stands in for Chandpur's, today and tomorrow (whatever day of Dhaka it is meanwhile)."""
    data = yaml.safe_load(lists.IN_FORCE.read_text("utf-8"))
    today = datetime.now(UTC).date()
    data["covers"][0] |= {"from": today - timedelta(days=1), "until": today + timedelta(days=1)}
    file = tmp_path / "counter.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    in_force = lists.load(file)
    monkeypatch.setattr(access, "COUNTER", in_force)
    monkeypatch.setattr(service, "COUNTER", in_force)


class TestTickets:
    async def test_are_numbered_by_counter_and_day_and_called_once(self, reintegration: Running) -> None:
        client = demo(reintegration, "BD-15")
        first, second = await take(client, "counter-t-1"), await take(client, "counter-t-2", purpose="complaint")
        assert [first.json()["number"], second.json()["number"]] == [1, 2]
        assert (await take(client, "counter-t-2", purpose="complaint")).json()["number"] == 2
        called = await client.post(f"{COUNTER}/tickets/{first.json()['id']}/call")
        assert called.json()["called_at"] is not None
        again = await client.post(f"{COUNTER}/tickets/{first.json()['id']}/call")
        assert (again.status_code, again.json()["type"]) == (409, "urn:probashi:problem:ticket-over")
        gone = await client.post(f"{COUNTER}/tickets/{second.json()['id']}/leave")
        assert gone.json()["left_at"] is not None
        day = (await client.get(f"{COUNTER}/today")).json()
        assert (day["waiting"], day["called"], day["left"], day["usual_minutes"]) == ([], 1, 1, 0)
        calls = [one["data"] for one in await told(reintegration) if one["type"] == VisitorCalled.type]
        assert [(one["district"], one["purpose"]) for one in calls] == [("BD-15", "registration")]

    async def test_another_counter_knows_nothing_of_them(self, reintegration: Running) -> None:
        mine = (await take(demo(reintegration, "BD-15"), "counter-o-1")).json()
        other = demo(reintegration, "BD-60", sub="sylhet")
        assert (await other.post(f"{COUNTER}/tickets/{mine['id']}/call")).status_code == 404
        assert (await take(other, "counter-o-2", district="BD-15")).status_code == 403
        assert (await other.get(f"{COUNTER}/today", params={"district": "BD-15"})).status_code == 403

    async def test_whoever_has_all_districts_says_which(self, reintegration: Running) -> None:
        board = reintegration.client("wewb", sub="board", districts=["*"])
        refused = await take(board, "counter-w-1")
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:probashi:problem:district-needed")
        assert (await take(board, "counter-w-2", district="BD-15")).status_code == 201

    async def test_a_purpose_is_of_the_list(self, reintegration: Running) -> None:
        assert (await take(demo(reintegration, "BD-15"), "counter-p-1", purpose="<script>")).status_code == 422


class TestTold:
    async def test_counts_by_topic_and_knows_nobody(self, reintegration: Running) -> None:
        client = demo(reintegration, "BD-16")
        await tell(client, "counter-i-1")
        await tell(client, "counter-i-1")
        counted = await tell(client, "counter-i-2")
        assert counted.json()["count"] == 2
        day = (await client.get(f"{COUNTER}/today")).json()
        assert {one["code"]: one["count"] for one in day["told"] if one["count"]} == {"cost": 2}
        events = [one["data"] for one in await told(reintegration) if one["type"] == InformationGiven.type]
        assert [sorted(one) for one in events] == [["district", "told_at", "topic"]] * 2


class TestCovers:
    @pytest.mark.usefixtures("chandpur_is_covered")
    async def test_a_desk_sees_its_neighbours_people_while_it_stands_in(self, reintegration: Running) -> None:
        someone = (await register(demo(reintegration, "BD-09", sub="chandpur"), district="BD-09", flags=["abuse"]))["reference"]
        stands_in = demo(reintegration)
        assert (await stands_in.get(f"{URL}/{someone}")).status_code == 200
        assert (await demo(reintegration, "BD-60", sub="sylhet").get(f"{URL}/{someone}")).status_code == 404
        day = (await stands_in.get(f"{COUNTER}/today")).json()
        assert [one["district"] for one in day["covers"]] == ["BD-09"]
        assert (await take(stands_in, "counter-c-1", district="BD-09")).status_code == 201

    async def test_and_no_longer(self, reintegration: Running) -> None:
        someone = (await register(demo(reintegration, "BD-09", sub="chandpur"), district="BD-09"))["reference"]
        assert (await demo(reintegration).get(f"{URL}/{someone}")).status_code == 404

    @pytest.mark.parametrize(("day", "covered"), [("2025-12-31", 0), ("2026-01-01", 1), ("2026-01-31", 1), ("2026-02-01", 0)])
    def test_holds_from_the_first_day_to_the_last(self, day: str, covered: int) -> None:
        assert len(lists.COUNTER.covered_by(["BD-08"], date.fromisoformat(day))) == covered

    @pytest.mark.parametrize("wrong", [{"until": date(2025, 1, 1)}, {"by": "BD-09"}, {"district": "BD-99"}, {"source": None}])
    def test_data_that_does_not_hold_together_is_refused(self, wrong: dict[str, Any], tmp_path: Path) -> None:
        data = yaml.safe_load(lists.IN_FORCE.read_text("utf-8"))
        data["covers"][0] |= wrong
        file = tmp_path / "counter.yaml"
        file.write_text(yaml.safe_dump(data), "utf-8")
        with pytest.raises(ValueError, match=r"."):
            lists.load(file)


class TestRules:
    @given(TICKETS)
    def test_everybody_is_counted_once_and_no_wait_is_negative(self, drawn: list[tuple[int, str, int]]) -> None:
        rows = []
        for minutes, became, after in drawn:
            taken = NOON - timedelta(minutes=minutes)
            later = min(taken + timedelta(minutes=after), NOON)
            rows.append((taken, later if became == "called" else None, later if became == "left" else None))
        found = waits(rows, NOON)
        assert found.waiting + found.called + found.left == len(rows)
        assert (found.longest is None) == (found.waiting == 0)
        assert (found.usual is None) == (found.called == 0)
        assert min(found.longest or 0, found.usual or 0) >= 0

    def test_the_usual_wait_is_the_median_of_who_was_called(self) -> None:
        called = [(NOON, NOON + timedelta(minutes=wait), None) for wait in (2, 9, 60)]
        assert waits([*called, (NOON, None, NOON + timedelta(hours=3))], NOON).usual == 9

    def test_at_which_counter(self) -> None:
        assert counter_of(None, frozenset({"BD-08"}), []) == "BD-08"
        assert counter_of("BD-09", frozenset({"BD-08"}), ["BD-09"]) == "BD-09"
        with pytest.raises(OtherCounterError):
            counter_of("BD-60", frozenset({"BD-08"}), ["BD-09"])
        for own in (frozenset({"*"}), frozenset({"BD-08", "BD-09"}), frozenset[str]()):
            with pytest.raises(DistrictNeededError):
                counter_of(None, own, [])
