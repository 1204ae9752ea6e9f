"""A table as a spreadsheet reads it (CSV)."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from fastapi import Response

# Without it Excel takes Bangla in UTF-8 for something else.
MARK: Final = "\ufeff"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | float | None


def as_csv(rows: Iterable[Sequence[Cell]]) -> str:
    """Text that a spreadsheet would compute is written as text; null is an empty cell."""
    written = io.StringIO()
    csv.writer(written).writerows([_cell(one) for one in row] for row in rows)
    return MARK + written.getvalue()


def csv_file(content: str, name: str) -> Response:
    return Response(content, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _cell(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
