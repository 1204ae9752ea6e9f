"""Figures as a spreadsheet reads them."""

from collections.abc import Iterator, Sequence

from kit.spreadsheet import Cell, as_csv
from services.complaints.figures.schemas import CellOut, OfficeFigures

NAMES = ("open", "unassigned", "at_risk", "breached", "escalated", "stays", "held_hours")


def csv_of(cells: Sequence[CellOut], offices: Sequence[OfficeFigures] = ()) -> str:
    """`suppressed` stands where a count is not told."""
    return as_csv(_rows(cells, offices))


def _rows(cells: Sequence[CellOut], offices: Sequence[OfficeFigures]) -> Iterator[Sequence[Cell]]:
    yield "dimension", "value", "complaints", "amount_minor"
    for cell in cells:
        yield cell.dimension, cell.value, "suppressed" if cell.complaints is None else cell.complaints, cell.amount or None
    if offices:
        yield ()
        yield "office", "office_bn", *NAMES
        for one in offices:
            yield one.office_name.en, one.office_name.bn, *(getattr(one, name) for name in NAMES)
