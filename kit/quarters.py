"""Quarters of a year, as `2026-Q4`."""

from datetime import date
from typing import Annotated, Final

from fastapi import Query

PATTERN: Final = r"^20\d{2}-Q[1-4]$"
Quarter = Annotated[str | None, Query(pattern=PATTERN)]


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def months_of(quarter: str) -> tuple[date, date]:
    """First day, and the first day after it."""
    year, number = int(quarter[:4]), int(quarter[-1])
    first = date(year, number * 3 - 2, 1)
    return first, date(year + number // 4, number % 4 * 3 + 1, 1)


def newest_over(today: date) -> str:
    """The quarter that ended last."""
    year, number = today.year, (today.month + 2) // 3
    return f"{year}-Q{number - 1}" if number > 1 else f"{year - 1}-Q4"
