"""What the import of a spreadsheet answers."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from contracts.text import Bilingual


class RowReport(BaseModel):
    """One row of a spreadsheet. `reasons` say what to mend; a row that was just added is counted, not listed."""

    row: int
    licence: str | None
    result: Literal["changed", "unchanged", "refused", "not_loaded"]
    reasons: list[Bilingual]


class ImportRow(BaseModel):
    """`loaded` is false where one bad row kept all others out (`mode` all)."""

    id: UUID
    kind: Literal["register", "deployments"]
    mode: Literal["all", "good"]
    loaded: bool
    rows: int
    good: int
    bad: int
    imported_at: datetime


class ImportOut(ImportRow):
    report: list[RowReport]
