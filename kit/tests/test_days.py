"""A test does not begin in the last seconds of Dhaka's day."""

from datetime import UTC, datetime

from kit.testing.days import rest_of_a_day_that_ends


def test_only_the_last_seconds_of_dhakas_day_are_waited_for() -> None:
    ends = datetime(2026, 11, 26, 18, tzinfo=UTC)
    assert rest_of_a_day_that_ends(ends.replace(hour=17, minute=59, second=45)) == 15
    for other in (ends, ends.replace(hour=17, minute=59, second=30), ends.replace(hour=23, minute=59, second=45)):
        assert rest_of_a_day_that_ends(other) == 0
