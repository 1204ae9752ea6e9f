"""What may be told in numbers: nobody is found by subtraction."""

from hypothesis import given
from hypothesis import strategies as st

from kit.counts import SMALLEST, is_told, suppressed, suppressed_part

counts = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 60), max_size=12)
divided = st.dictionaries(st.text("abcd", min_size=1, max_size=2), st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=7)


class TestDivision:
    def test_one_that_is_small_takes_the_next_with_it(self) -> None:
        assert suppressed({"SA": 100, "KW": 30, "JO": 4}) == {"SA": 100, "KW": None, "JO": None}

    def test_two_that_are_small_together_take_a_third(self) -> None:
        assert suppressed({"SA": 100, "KW": 30, "JO": 4, "LB": 2}) == {"SA": 100, "KW": None, "JO": None, "LB": None}

    def test_enough_small_ones_hide_one_another(self) -> None:
        assert suppressed({"SA": 100, "KW": 30, "JO": 7, "LB": 6}) == {"SA": 100, "KW": 30, "JO": None, "LB": None}

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


class TestPart:
    def test_a_part_that_leaves_few_out_is_not_told(self) -> None:
        assert is_told(50, 100)
        assert not is_told(95, 100)
        assert not is_told(5, 100)

    def test_a_division_in_which_few_are_left_out_takes_another_with_it(self) -> None:
        part, whole = {"female": 40, "male": 50, "other": 30}, {"female": 43, "male": 100, "other": 90}
        assert suppressed_part(part, whole, whole) == {"female": None, "male": 50, "other": None}

    def test_of_a_division_that_is_itself_not_told_no_part_is(self) -> None:
        part, whole = {"female": 20, "male": 50, "other": 20}, {"female": 60, "male": 100, "other": 60}
        assert suppressed_part(part, whole, ["female", "male"])["other"] is None

    @given(divided, st.sets(st.text("abcd", min_size=1, max_size=2)))
    def test_no_subtraction_gives_a_small_part_or_a_small_rest_away(self, given_: dict[str, tuple[int, int]], untold: set[str]) -> None:
        part = {value: one for value, (one, _) in given_.items()}
        whole = {value: one + rest for value, (one, rest) in given_.items()}
        told = suppressed_part(part, whole, set(whole) - untold)
        shown = {value for value, count in told.items() if count is not None}
        assert shown.isdisjoint(untold)
        hidden = set(whole) - shown
        for counted in (part, {value: whole[value] - part[value] for value in whole}):
            assert all(counted[value] == 0 or counted[value] >= SMALLEST for value in shown)
            left = sum(counted[value] for value in hidden)
            assert not shown or left == 0 or left >= SMALLEST

    @given(divided)
    def test_what_is_told_is_true(self, given_: dict[str, tuple[int, int]]) -> None:
        part = {value: one for value, (one, _) in given_.items()}
        whole = {value: one + rest for value, (one, rest) in given_.items()}
        assert all(count in {None, part[value]} for value, count in suppressed_part(part, whole, whole).items())
