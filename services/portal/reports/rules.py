"""How an edition of a report is laid out: sections of one kind of fact, in each a table for every way in which it is divided.

A number that is left out is never 0; nothing is added up here, for a sum could give it away.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

Cell = int | None
UNKNOWN = ("", "unknown")


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` by quarter; None is left out."""

    code: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Division:
    """`by`: empty where the kind is told undivided."""

    number: int
    by: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Section:
    kind: str
    title: Mapping[str, str]
    quarters: Sequence[Mapping[str, Any]]
    whole: Sequence[Cell]
    divisions: Sequence[Division]


def sections_of(content: Mapping[str, Any]) -> list[Section]:
    """In the order of the report; its tables are numbered through, from 2: the first is the one that tells all kinds undivided."""
    numbers = count(2)
    return [_section(table, numbers) for table in content["tables"]]


def _section(table: Mapping[str, Any], numbers: Iterator[int]) -> Section:
    quarters = table["quarters"]
    divisions = [Division(next(numbers), by, _rows(quarters, by)) for by in table["by"]]
    return Section(table["event_type"], table["title"], quarters, [one["facts"] for one in quarters], divisions)


def _rows(quarters: Sequence[Mapping[str, Any]], by: str) -> list[Row]:
    """The largest first; after them what is left out in each quarter; what is not known last."""
    codes = {code for one in quarters for code in one["parts"].get(by, {})}
    return sorted((Row(code, [_cell(one, by, code) for one in quarters]) for code in codes), key=_place)


def _cell(quarter: Mapping[str, Any], by: str, code: str) -> Cell:
    """A code that a quarter does not name counts nobody, unless the whole quarter is left out."""
    absent = None if quarter["facts"] is None else 0
    found: Cell = quarter["parts"].get(by, {}).get(code, absent)
    return found


def _place(row: Row) -> tuple[bool, bool, int, str]:
    told = [one for one in row.cells if one is not None]
    return row.code in UNKNOWN, not any(told), -sum(told), row.code


def has_left_out(sections: Sequence[Section]) -> bool:
    return any(
        cell is None for one in sections for cells in (one.whole, *(row.cells for d in one.divisions for row in d.rows)) for cell in cells
    )


def half_years(newest: str, number: int) -> list[str]:
    """`2026-H1` and those before it, the newest first."""
    place = int(newest[:4]) * 2 + int(newest[-1]) - 1
    return [f"{one // 2}-H{one % 2 + 1}" for one in range(place, place - number, -1)]


def quarters(newest: str, number: int) -> list[str]:
    """`2026-Q1` and those before it, the newest first."""
    place = int(newest[:4]) * 4 + int(newest[-1]) - 1
    return [f"{one // 4}-Q{one % 4 + 1}" for one in range(place, place - number, -1)]
