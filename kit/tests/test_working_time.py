"""Working time over weekends, holidays, shifts, Ramadan and changes of the clock; what must hold for any of them holds for all."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.text import Text
from kit.working_time import (
    HOUR,
    Amount,
    Calendar,
    Period,
    Shift,
    Unit,
    holidays_between,
    in_months,
    intervals,
    midnight,
    reach,
    used,
    working_seconds,
)

NAME = Text("x", "x")
OFFICE = (Shift(time(9), time(17)),)
SPLIT = (Shift(time(8), time(12)), Shift(time(14), time(18)))
EID = date(2026, 3, 20)
DHAKA = Calendar(
    "dhaka", NAME, ZoneInfo("Asia/Dhaka"), frozenset({4, 5}), OFFICE, holidays={date(2026, 12, 16): Text("Victory Day", "বিজয় দিবস")}
)
RIYADH = Calendar(
    "riyadh",
    NAME,
    ZoneInfo("Asia/Riyadh"),
    frozenset({4, 5}),
    SPLIT,
    (Period(NAME, date(2026, 2, 19), date(2026, 3, 19), (Shift(time(10), time(15)),)),),
    {EID: NAME},
)
BEIRUT = Calendar("beirut", NAME, ZoneInfo("Asia/Beirut"), frozenset({5, 6}), OFFICE)
CANBERRA = Calendar("canberra", NAME, ZoneInfo("Australia/Sydney"), frozenset({5, 6}), OFFICE)
ALWAYS = Calendar("always", NAME, ZoneInfo("Asia/Beirut"), frozenset(), (Shift(time(0), None),))
NIGHT = Calendar("night", NAME, ZoneInfo("Asia/Beirut"), frozenset({5}), (Shift(time(0, 30), time(3)), Shift(time(22), None)))

calendars = st.sampled_from([DHAKA, RIYADH, BEIRUT, CANBERRA, ALWAYS, NIGHT])
moments = st.datetimes(datetime(2019, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # the strategy adds the zone
UNITS: tuple[Unit, ...] = ("working_hours", "working_days")
units = st.sampled_from(UNITS)
gaps = st.timedeltas(timedelta(0), timedelta(days=60))


def amount(unit: Unit, number: int) -> Amount:
    return Fraction(number, 3) if unit == "working_days" else number * HOUR // 3


class TestAnyCalendar:
    @given(calendars, units, moments, st.integers(0, 90))
    def test_what_is_reached_is_used_up_exactly(self, calendar: Calendar, unit: Unit, since: datetime, number: int) -> None:
        wanted = amount(unit, number)
        until = reach(calendar, unit, since, wanted)
        assert abs(Fraction(used(calendar, unit, since, until)) - Fraction(wanted)) <= Fraction(1, 1_000_000)

    @given(calendars, units, moments, gaps, st.integers(1, 60))
    def test_a_later_start_is_never_due_earlier(self, calendar: Calendar, unit: Unit, since: datetime, gap: timedelta, number: int) -> None:
        wanted = amount(unit, number)
        assert reach(calendar, unit, since, wanted) <= reach(calendar, unit, since + gap, wanted)

    @given(calendars, units, moments, st.integers(1, 60), st.integers(0, 30))
    def test_more_time_is_never_due_earlier(self, calendar: Calendar, unit: Unit, since: datetime, number: int, more: int) -> None:
        less, longer = (reach(calendar, unit, since, amount(unit, one)) for one in (number, number + more))
        assert less <= longer

    @given(calendars, units, moments, gaps, gaps)
    def test_time_adds_up(self, calendar: Calendar, unit: Unit, since: datetime, one: timedelta, other: timedelta) -> None:
        middle, end = since + one, since + one + other
        parts = used(calendar, unit, since, middle) + used(calendar, unit, middle, end)
        assert parts == used(calendar, unit, since, end)

    @given(calendars, moments)
    def test_shifts_follow_one_another(self, calendar: Calendar, at: datetime) -> None:
        day = calendar.day_of(at)
        found = [one for number in range(4) for one in intervals(calendar, day + timedelta(days=number))]
        assert all(opening < close for opening, close in found)
        assert all(one[1] <= other[0] for one, other in pairwise(found))

    @given(calendars, st.dates(date(2020, 1, 1), date(2027, 12, 1)))
    def test_a_day_that_is_closed_counts_nothing(self, calendar: Calendar, day: date) -> None:
        if not calendar.shifts_on(day):
            following = midnight(calendar, day + timedelta(days=1))
            assert used(calendar, "working_hours", midnight(calendar, day), following) == 0


class TestPlaces:
    def test_the_weekend_is_that_of_the_place(self) -> None:
        thursday = datetime(2026, 11, 26, 10, tzinfo=UTC)  # 16:00 in Dhaka, noon in Beirut
        assert reach(DHAKA, "working_hours", thursday, 2 * HOUR) == datetime(2026, 11, 29, 4, tzinfo=UTC)
        assert reach(BEIRUT, "working_hours", thursday, 2 * HOUR) == datetime(2026, 11, 26, 12, tzinfo=UTC)

    def test_several_shifts_a_day_leave_the_break_out(self) -> None:
        at_eleven = datetime(2026, 11, 25, 8, tzinfo=UTC)
        assert reach(RIYADH, "working_hours", at_eleven, 2 * HOUR) == datetime(2026, 11, 25, 12, tzinfo=UTC)

    def test_a_day_of_ramadan_is_a_whole_day(self) -> None:
        begin = midnight(RIYADH, date(2026, 3, 1))
        assert used(RIYADH, "working_days", begin, midnight(RIYADH, date(2026, 3, 6))) == 5
        assert working_seconds(RIYADH, begin, midnight(RIYADH, date(2026, 3, 2))) == 5 * 3600

    def test_a_holiday_is_named_where_it_fell_on_a_day_of_work(self) -> None:
        since, until = datetime(2026, 12, 14, tzinfo=UTC), datetime(2026, 12, 20, tzinfo=UTC)
        assert holidays_between(DHAKA, since, until) == [date(2026, 12, 16)]
        assert used(DHAKA, "working_days", since, until) == 3 + Fraction(0)

    def test_three_months_end_with_the_day_of_the_same_number(self) -> None:
        assert in_months(DHAKA, datetime(2026, 11, 25, 20, tzinfo=UTC), 3) == datetime(2027, 2, 26, 18, tzinfo=UTC)
        assert in_months(DHAKA, datetime(2026, 11, 30, 6, tzinfo=UTC), 3) == datetime(2027, 2, 28, 18, tzinfo=UTC)


class TestClockChanges:
    """Beirut puts its clocks forward at midnight: 29 March 2026 begins at one o'clock."""

    def test_the_day_begins_when_clocks_change(self) -> None:
        assert midnight(BEIRUT, date(2026, 3, 29)) == datetime(2026, 3, 28, 22, tzinfo=UTC)

    @pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 10, 24), 25)])
    def test_round_the_clock_counts_the_hours_there_were(self, day: date, hours: int) -> None:
        assert sum(close - opening for opening, close in intervals(ALWAYS, day)) == hours * HOUR

    def test_an_hour_that_was_left_out_is_not_worked(self) -> None:
        assert sum(close - opening for opening, close in intervals(NIGHT, date(2026, 3, 29))) == 4 * HOUR  # 0:30 to 1:00 was not there

    def test_office_hours_are_whole_on_both_sides(self) -> None:
        for day in (date(2026, 4, 3), date(2026, 4, 6), date(2026, 10, 2), date(2026, 10, 5)):
            assert sum(close - opening for opening, close in intervals(CANBERRA, day)) == 8 * HOUR


class TestRefuses:
    def test_a_calendar_that_is_always_closed(self) -> None:
        closed = Calendar("closed", NAME, ZoneInfo("UTC"), frozenset(range(7)), OFFICE)
        with pytest.raises(ValueError, match="no working time"):
            reach(closed, "working_hours", datetime(2026, 1, 1, tzinfo=UTC), 1)
