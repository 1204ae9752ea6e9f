"""What may be told in numbers: nobody is found by subtraction."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kit.counts import SMALLEST, suppressed
from services.complaints.figures.rules import Cell, months_of, published, quarter_of, scope_of
from services.complaints.rules import Visibility

counts = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 60), max_size=12)


class TestSmallCounts:
    def test_one_that_is_small_takes_the_next_with_it(self) -> None:
        assert suppressed({"SA": 100, "KW": 30, "JO": 4}) == {"SA": 100, "KW": None, "JO": None}

    def test_two_that_are_small_together_take_a_third(self) -> None:
        assert suppressed({"SA": 100, "KW": 30, "JO": 4, "LB": 2}) == {"SA": 100, "KW": None, "JO": None, "LB": None}

    def test_enough_small_ones_hide_one_another(self) -> None:
        assert suppressed({"SA": 100, "KW": 30, "JO": 7, "LB": 6}) == {"SA": 100, "KW": 30, "JO": None, "LB": None}

    def test_a_small_whole_tells_nothing(self) -> None:
        assert published(9, [Cell("country", "SA", 9)]) == []

    @given(counts)
    def test_no_subtraction_gives_a_small_count_away(self, given_: dict[str, int]) -> None:
        told = suppressed(given_)
        assert all(count is None or count >= SMALLEST for count in told.values())
        hidden = [given_[value] for value, count in told.items() if count is None]
        left = [count for count in told.values() if count is not None]
        # Either enough is hidden together, or nothing of the division is told at all (and then the whole is that sum).
        assert not hidden or not left or (len(hidden) > 1 and sum(hidden) >= SMALLEST)

    @given(counts)
    def test_what_is_told_is_true(self, given_: dict[str, int]) -> None:
        assert all(count in {None, given_[value]} for value, count in suppressed(given_).items())


class TestScope:
    def test_an_analyst_counts_what_is_not_restricted_without_small_counts(self) -> None:
        scope = scope_of(frozenset({"analyst"}), Visibility("a"))
        assert (scope.offices, scope.restricted, scope.exact) == (None, False, False)

    def test_an_office_counts_what_it_holds_but_nothing_about_itself(self) -> None:
        mine = frozenset({"wing-SA"})
        scope = scope_of(frozenset({"wing"}), Visibility("w", offices=mine, restricted_of_office=True, about=mine))
        assert scope == (mine, True, mine, True)

    def test_a_role_without_an_office_counts_nothing(self) -> None:
        assert scope_of(frozenset({"officer"}), Visibility("o")).offices == frozenset()


class TestQuarters:
    def test_begin_and_end(self) -> None:
        assert quarter_of(date(2026, 11, 25)) == "2026-Q4"
        assert months_of("2026-Q4") == (date(2026, 10, 1), date(2027, 1, 1))
        assert months_of("2026-Q1") == (date(2026, 1, 1), date(2026, 4, 1))
