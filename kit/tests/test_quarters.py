from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kit.quarters import months_of, newest_over, quarter_of


class TestQuarters:
    def test_begin_and_end(self) -> None:
        assert quarter_of(date(2026, 11, 25)) == "2026-Q4"
        assert months_of("2026-Q4") == (date(2026, 10, 1), date(2027, 1, 1))
        assert months_of("2026-Q1") == (date(2026, 1, 1), date(2026, 4, 1))

    @given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
    def test_each_day_is_in_its_quarter_and_after_the_newest_that_is_over(self, day: date) -> None:
        first, after = months_of(quarter_of(day))
        assert first <= day < after
        assert months_of(newest_over(day))[1] == first
