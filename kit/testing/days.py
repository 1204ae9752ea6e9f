"""The day in Dhaka as a test asks for it.

A test's module reads no clock when it is imported: a run may begin before midnight and reach the test after it.
"""

from datetime import date, datetime, time, timedelta
from typing import Final

from contracts.days import DHAKA

LAST_SECONDS: Final = 20


def today() -> date:
    return datetime.now(DHAKA).date()


def day(offset: int) -> str:
    """The day so many days from today, as requests and answers write it."""
    return (today() + timedelta(days=offset)).isoformat()


def rest_of_a_day_that_ends(now: datetime) -> float:
    """Seconds to wait before a test begins, so that one of seconds sees one day; 0 but for a day's last seconds."""
    left = (datetime.combine(now.astimezone(DHAKA).date() + timedelta(days=1), time(), DHAKA) - now).total_seconds()
    return left if left < LAST_SECONDS else 0.0
