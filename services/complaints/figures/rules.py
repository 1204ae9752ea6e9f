"""What may be told in numbers: small counts are left out, and so much more that nobody can work them out."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from services.complaints.rules import Visibility

SMALLEST: Final = 10
DIMENSIONS: Final = ("kind", "category", "country", "sex", "age_band", "disability", "channel", "outcome", "redress")
PUBLIC: Final = ("category", "country", "sex", "age_band", "disability", "outcome")


class Cell(NamedTuple):
    dimension: str
    value: str
    complaints: int | None
    amount: int | None = None


def suppressed(counts: Mapping[str, int], *, smallest: int = SMALLEST) -> dict[str, int | None]:
    """The counts of one division of a whole that is published too. None where left out.

    Below `smallest` nothing is told. The whole minus what is told must not give it away: those left out take the next smallest with
    them until together they reach `smallest`, which one alone never does.
    """
    ordered = sorted((count, value) for value, count in counts.items() if count > 0)
    hidden = [(count, value) for count, value in ordered if count < smallest]
    rest = [one for one in ordered if one not in hidden]
    while hidden and rest and sum(count for count, _ in hidden) < smallest:
        hidden.append(rest.pop(0))
    left_out = {value for _, value in hidden}
    return {value: None if value in left_out else count for value, count in counts.items() if count > 0}


def published(whole: int, cells: Sequence[Cell], *, smallest: int = SMALLEST) -> list[Cell]:
    """All divisions of a whole. A whole that is small itself tells nothing at all."""
    if whole < smallest:
        return []
    found = [Cell("all", "", whole)]
    for dimension in dict.fromkeys(one.dimension for one in cells):
        counts = {one.value: one.complaints or 0 for one in cells if one.dimension == dimension}
        found += [Cell(dimension, value, count) for value, count in sorted(suppressed(counts, smallest=smallest).items())]
    return found


class Scope(NamedTuple):
    """Whose complaints a reader's figures count. `offices` None is all."""

    offices: frozenset[str] | None
    restricted: bool
    about: frozenset[str]
    exact: bool


def scope_of(roles: frozenset[str], visible: Visibility) -> Scope:
    """Never more than the reader may see one by one; who sees none one by one (an analyst) sees no small count.

    The supervisor counts all, an office what it holds, an analyst all that is not restricted. None counts what is about its own office.
    """
    if "supervisor" in roles:
        return Scope(None, restricted=True, about=visible.about, exact=True)
    if visible.offices and visible.restricted_of_office:
        return Scope(visible.offices, restricted=True, about=visible.about, exact=True)
    return Scope(None if roles & {"analyst", "auditor", "admin"} else visible.offices, restricted=False, about=visible.about, exact=False)


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def months_of(quarter: str) -> tuple[date, date]:
    """First day, and the first day after it."""
    year, number = int(quarter[:4]), int(quarter[-1])
    first = date(year, number * 3 - 2, 1)
    return first, date(year + number // 4, number % 4 * 3 + 1, 1)
