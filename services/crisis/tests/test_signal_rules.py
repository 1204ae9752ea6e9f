"""When complaints are more than usual: the arithmetic, and what it does on streams whose truth is known."""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from services.crisis.signals import lists, rules
from services.crisis.signals.rules import Burst, Series, Usual

NUMBERS = lists.load()
TODAY = date(2026, 11, 26)
LEBANON = Series("LB", "wages")


def days(count: int, until: date = TODAY) -> list[date]:
    return [until - timedelta(days=back) for back in range(count)]


def steady(of_day: int, *, latest: Mapping[int, int] | None = None) -> dict[date, int]:
    """So many each day; `latest`: others so many days ago."""
    return {day: (latest or {}).get(back, of_day) for back, day in enumerate(days(NUMBERS.reach_days + 1))}


class TestTail:
    def test_is_one_for_none_and_falls(self) -> None:
        usual = Usual(12.0, 6.0)
        values = [rules.tail(usual, 1.0, count) for count in range(40)]
        assert values[0] == 1.0
        assert all(one > other for one, other in pairwise(values))

    @pytest.mark.parametrize(("shape", "of_days", "exposure"), [(0.3, 5.0, 1.0), (60.0, 55.0, 3.1), (4_000.0, 61.0, 3.0)])
    def test_is_what_is_left_of_the_probabilities_below(self, shape: float, of_days: float, exposure: float) -> None:
        usual = Usual(shape, of_days)
        middle = int(usual.rate * exposure) + 2
        below = sum(rules._probability_of(usual, exposure, count) for count in range(middle))
        assert rules.tail(usual, exposure, middle) == pytest.approx(1 - below, rel=1e-6)

    def test_a_rate_known_from_few_days_is_believed_less(self) -> None:
        assert rules.tail(Usual(5.0, 5.0), 1.0, 6) > 3 * rules.tail(Usual(5_000.0, 5_000.0), 1.0, 6)

    def test_the_upper_bound_is_the_last_that_is_usual(self) -> None:
        usual = Usual(56.0, 56.0)
        upper = rules.upper_bound(usual, 1.0)
        assert rules.tail(usual, 1.0, upper + 1) <= 0.001 < rules.tail(usual, 1.0, upper)


class TestDiscoveries:
    def test_the_example_of_benjamini_and_hochberg(self) -> None:
        """Their table of 1995: fifteen tests, of which four are discoveries at 0.05."""
        values = (
            *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
            *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
        )
        adjusted = rules.adjust({Series("LB", str(place)): value for place, value in enumerate(values)})
        assert {one.category for one, value in adjusted.items() if value <= 0.05} == {"0", "1", "2", "3"}


class TestBursts:
    def test_nothing_is_unusual_about_the_usual(self) -> None:
        assert rules.bursts({LEBANON: steady(2)}, TODAY, NUMBERS) == []

    def test_a_day_with_many_is_found(self) -> None:
        (found,) = rules.bursts({LEBANON: steady(1, latest={0: 12})}, TODAY, NUMBERS)
        assert (found.series, found.days, found.since, found.observed) == (LEBANON, 1, TODAY, 12)
        assert found.observed > found.upper > found.expected

    def test_three_days_that_are_each_nearly_usual_are_found_together(self) -> None:
        (found,) = rules.bursts({LEBANON: steady(1, latest={0: 6, 1: 6, 2: 6})}, TODAY, NUMBERS)
        assert (found.days, found.since, found.observed) == (3, TODAY - timedelta(days=2), 18)

    def test_two_are_no_burst_however_rare_they_are(self) -> None:
        alone = {LEBANON: {TODAY: 2}, Series("SA", "wages"): {}}
        assert rules.bursts(alone, TODAY, NUMBERS) == []

    def test_the_week_of_the_country_is_no_burst(self) -> None:
        """Nobody complains on Fridays there, and on Saturdays twice as many."""
        of_day = {day: (0, 4, 2, 2, 2, 2, 2)[(day.weekday() - 4) % 7] for day in days(NUMBERS.reach_days + 1)}
        saturdays = [day for day in days(7) if day.weekday() == 5]
        assert rules.bursts({LEBANON: of_day}, saturdays[0], NUMBERS) == []
        flat = dict.fromkeys(of_day, 2)
        assert rules.weekday_factors(of_day, list(of_day), NUMBERS)[5] > 1.3
        assert rules.weekday_factors(flat, list(flat), NUMBERS) == pytest.approx([1.0] * 7, abs=0.1)

    @pytest.mark.parametrize("back", [20, 21])
    def test_a_past_burst_does_not_hide_the_next(self, back: int) -> None:
        """Of another weekday than today's, and of the same: it teaches neither the rate nor the week of the country."""
        with_past = steady(1, latest={0: 9, back: 60})
        (found,) = rules.bursts({LEBANON: with_past}, TODAY, NUMBERS)
        assert found.expected == pytest.approx(1.0, abs=0.25)

    def test_a_growing_burst_does_not_teach_that_it_is_usual(self) -> None:
        """Neither the days that are judged nor those just before."""
        for window in NUMBERS.windows:
            learnt = rules.baseline_days(TODAY, window, NUMBERS)
            assert max(learnt) == TODAY - timedelta(days=window + NUMBERS.guard_days)
            assert (len(learnt), max(learnt) - min(learnt)) == (NUMBERS.window_days, timedelta(days=NUMBERS.window_days - 1))
        assert rules.bursts({LEBANON: steady(1, latest={0: 11, 3: 10, 4: 9})}, TODAY, NUMBERS)[0].expected < 1.3

    def test_a_country_that_is_new_begins_with_what_is_usual_elsewhere(self) -> None:
        new = {Series("BN", "wages"): {TODAY: 9}}
        expected = {}
        for elsewhere in (0, 6):
            others = {Series(country, "wages"): steady(elsewhere) for country in ("SA", "AE", "KW", "OM")}
            expected[elsewhere] = rules.bursts(others | new, TODAY, NUMBERS)[0].expected
        assert expected[6] > 20 * expected[0]


@pytest.fixture(scope="module")
def stream() -> dict[Series, dict[date, int]]:
    chance = random.Random(20261126)  # noqa: S311 - no secret
    week = (1.2, 1.2, 1.1, 1.0, 0.4, 0.9, 1.2)
    made: dict[Series, dict[date, int]] = {}
    for number in range(40):
        mean = chance.uniform(0.1, 3.5)
        made[Series(f"{chr(65 + number // 10)}X", str(number % 10))] = {
            day: _drawn(chance, mean * week[day.weekday()]) for day in days(NUMBERS.reach_days + 90)
        }
    return made


class TestOnStreamsWhoseTruthIsKnown:
    """Forty series with weekdays and more spread than Poisson's, looked at each day for three months."""

    def test_few_are_false(self, stream: dict[Series, dict[date, int]]) -> None:
        false = sum(len(rules.bursts(stream, day, NUMBERS)) for day in days(90))
        assert false <= 6, "a fifteenth of a false draft each day at most, of forty series"

    def test_most_are_found(self, stream: dict[Series, dict[date, int]]) -> None:
        found = 0
        for series, of_day in stream.items():
            usual = sum(of_day.values()) / len(of_day)
            struck = {**stream, series: {**of_day, TODAY: of_day[TODAY] + round(6 + 4 * usual)}}
            found += any(one.series == series for one in rules.bursts(struck, TODAY, NUMBERS))
        assert found >= 36


def _drawn(chance: random.Random, mean: float) -> int:
    """Poisson of a rate that itself varies by a gamma with variance a fifth of its mean."""
    rate, count, passed = chance.gammavariate(mean * 5, 0.2), 0, chance.expovariate(1.0)
    while passed < rate:
        count, passed = count + 1, passed + chance.expovariate(1.0)
    return count


class TestSilence:
    @pytest.mark.parametrize(("observed", "later", "silent"), [(12, 1, True), (14, 2, True), (18, 1, False), (12, 4, False)])
    def test_what_a_person_has_answered_comes_again_only_when_it_is_news(self, observed: int, later: int, silent: bool) -> None:  # noqa: FBT001
        burst = Burst(LEBANON, 1, TODAY + timedelta(days=later), observed, 1.0, 5, 1e-9)
        assert rules.is_silenced(burst, 12, TODAY, NUMBERS) is silent

    def test_the_next_run_is_at_a_full_step_of_the_clock(self) -> None:
        assert rules.next_run(datetime(2026, 11, 26, 10, 7, 3, tzinfo=UTC), 15) == datetime(2026, 11, 26, 10, 15, tzinfo=UTC)
        assert rules.next_run(datetime(2026, 11, 26, 10, 15, tzinfo=UTC), 15) == datetime(2026, 11, 26, 10, 30, tzinfo=UTC)
