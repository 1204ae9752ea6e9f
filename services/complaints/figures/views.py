"""Figures as a spreadsheet reads them."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from services.complaints.figures.schemas import CellOut, OfficeFigures

# Without it Excel takes Bangla in UTF-8 for something else.
MARK: Final = "\ufeff"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(cells: Sequence[CellOut], offices: Sequence[OfficeFigures] = ()) -> str:
    """`suppressed` stands where a count is not told. A cell that a spreadsheet would compute is written as text."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["dimension", "value", "complaints", "amount_minor"])
    table.writerows([_text(one.dimension), _text(one.value), _count(one.complaints), one.amount or ""] for one in cells)
    if offices:
        names = ("open", "unassigned", "at_risk", "breached", "escalated", "stays", "held_hours")
        table.writerow([])
        table.writerow(["office", "office_bn", *names])
        for one in offices:
            table.writerow([_text(one.office_name.en), _text(one.office_name.bn), *(getattr(one, name) for name in names)])
    return MARK + written.getvalue()


def _count(count: int | None) -> str:
    return "suppressed" if count is None else str(count)


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
