"""Outcomes in numbers: exact arithmetic, intervals as in the tables, and nobody found by subtraction."""

import math
import random
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.auth import ROLES
from kit.counts import SMALLEST
from services.reintegration.outcomes import rules
from services.reintegration.outcomes.lists import OUTCOMES, Outcomes
from services.reintegration.outcomes.rules import Sums

CHANGES = st.lists(st.integers(-100, 100), max_size=40)
GROUPS = st.dictionaries(st.sampled_from(["female", "male", "other", "unknown"]), CHANGES, max_size=4)


def sums(changes: list[int]) -> Sums:
    better = sum(one >= OUTCOMES.least_change for one in changes)
    return Sums(len(changes), sum(changes), sum(one * one for one in changes), better)


class TestIntervals:
    @pytest.mark.parametrize(
        ("freedom", "value"),  # 95 %, both tails: NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2
        [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (9, 2.262), (10, 2.228), (30, 2.042), (60, 2.000), (100, 1.984)],
    )
    def test_t_is_that_of_the_tables(self, freedom: int, value: float) -> None:
        assert rules.student_t(0.05, freedom) == pytest.approx(value, abs=6e-4)

    @pytest.mark.parametrize(("freedom", "value"), [(3, 5.841), (9, 3.250), (20, 2.845)])
    def test_also_for_99_percent(self, freedom: int, value: float) -> None:
        assert rules.student_t(0.01, freedom) == pytest.approx(value, abs=6e-4)

    def test_a_mean_by_hand(self) -> None:
        """10, 20, 0, 10: mean 10, s = √(200/3) = 8.165, t(3) = 3.182: 10 ± 3.182 · 8.165 / 2 = 10 ± 12.99."""
        told = rules.mean(sums([10, 20, 0, 10]), 0.95)
        assert told.value == 10
        assert told.low == pytest.approx(-2.99, abs=0.01)
        assert told.high == pytest.approx(22.99, abs=0.01)

    @given(st.lists(st.integers(-100, 100), min_size=2, max_size=60))
    def test_sums_give_what_the_changes_themselves_do(self, changes: list[int]) -> None:
        told = rules.mean(sums(changes), 0.95)
        width = rules.student_t(0.05, len(changes) - 1) * stdev(changes) / math.sqrt(len(changes))
        assert told.value == pytest.approx(fmean(changes))
        assert told.low == pytest.approx(max(-100, fmean(changes) - width), abs=1e-6)
        assert told.high == pytest.approx(min(100, fmean(changes) + width), abs=1e-6)

    def test_one_case_has_no_interval(self) -> None:
        assert rules.mean(sums([7]), 0.95) == rules.Interval(7, None, None)

    def test_wilson_by_hand(self) -> None:
        """8 of 10: (0.8 + 0.1921) / 1.3841 = 0.7168 in the middle, ± 0.2270 (Wilson 1927; z² = 3.8415)."""
        told = rules.share(8, 10, 0.95)
        assert (told.value, round(told.low or 0, 1), round(told.high or 0, 1)) == (80, 49.0, 94.3)

    @given(st.integers(1, 500), st.data())
    def test_a_share_lies_in_its_interval_and_the_interval_between_none_and_all(self, whole: int, data: st.DataObject) -> None:
        part = data.draw(st.integers(0, whole))
        told = rules.share(part, whole, 0.95)
        assert told.low is not None
        assert told.high is not None
        assert 0 <= told.low <= told.value + 1e-9
        assert told.value - 1e-9 <= told.high <= 100
        assert told.high > told.low

    def test_intervals_hold_as_often_as_they_say(self) -> None:
        """Of a thousand samples of 15 some 95 % of the intervals hold the true mean."""
        chance = random.Random(1)  # noqa: S311 - no secret
        held = 0
        for _ in range(1000):
            told = rules.mean(sums([round(chance.gauss(8, 15)) for _ in range(15)]), 0.95)
            held += told.low is not None and told.high is not None and told.low <= 8 <= told.high
        assert 930 <= held <= 970


class TestSuppression:
    @given(GROUPS)
    def test_a_reader_without_the_records_finds_nobody_by_subtraction(self, groups: dict[str, list[int]]) -> None:
        counted = {value: sums(changes) for value, changes in groups.items()}
        told = rules.told_groups(counted, 0.95, exact=False)
        shown = {value: one for value, one in told.items() if one.cases is not None}
        hidden = [counted[value] for value in told if value not in shown]
        assert all((one.cases or 0) >= SMALLEST for one in shown.values())
        assert not shown or not hidden or sum(one.cases for one in hidden) >= SMALLEST
        with_share = {value for value, one in shown.items() if one.share is not None}
        for part in ({v: counted[v].better for v in told}, {v: counted[v].cases - counted[v].better for v in told}):
            assert all(part[value] == 0 or part[value] >= SMALLEST for value in with_share)
            rest = sum(part[value] for value in told if value not in with_share)
            assert not with_share or rest == 0 or rest >= SMALLEST

    @given(GROUPS)
    def test_who_sees_the_records_is_told_all(self, groups: dict[str, list[int]]) -> None:
        told = rules.told_groups({value: sums(changes) for value, changes in groups.items()}, 0.95, exact=True)
        assert {value: one.cases for value, one in told.items()} == {value: len(one) for value, one in groups.items() if one}

    def test_a_help_that_reached_nearly_all_tells_of_the_few_others(self) -> None:
        whole = sums([10] * 60)
        told = rules.told_helps({"training": sums([10] * 55), "loan": sums([10] * 30)}, whole, 0.95, exact=False)
        assert (told["training"].cases, told["loan"].cases) == (None, 30)

    def test_a_group_among_those_whom_a_help_reached_keeps_its_rest_untold(self) -> None:
        groups = {"female": sums([5] * 40), "male": sums([5] * 80), "unknown": sums([5] * 40)}
        part = {"female": sums([5] * 38), "male": sums([5] * 40), "unknown": sums([5] * 20)}
        told = rules.told_among(part, groups, 0.95, exact=False)
        assert {value: one.cases for value, one in told.items()} == {"female": None, "male": 40, "unknown": None}
        assert all(one.share is None for one in told.values())

    def test_a_small_whole_tells_nothing(self) -> None:
        assert rules.told_whole(sums([5] * 9), 0.95, exact=False).cases is None
        assert rules.told_whole(sums([5] * 9), 0.95, exact=True).cases == 9


class TestScope:
    @given(st.frozensets(st.sampled_from(ROLES)))
    def test_only_who_sees_records_is_told_exactly(self, roles: frozenset[str]) -> None:
        scope = rules.scope_of(roles)
        assert scope.exact == bool(roles & {"supervisor", "wewb"})
        assert scope.restricted == ("supervisor" in roles)


class TestData:
    def test_a_window_that_does_not_hold_its_month_stops_the_service(self) -> None:
        broken = OUTCOMES.model_dump()
        broken["follow_ups"][1]["to_days"] = 130
        with pytest.raises(ValueError, match="does not hold it"):
            Outcomes.model_validate(broken)
