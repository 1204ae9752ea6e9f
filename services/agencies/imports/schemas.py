"""What the import of a spreadsheet answers."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from contracts.text import Bilingual


class RowReport(BaseModel):
    """One row of a spreadsheet. `reasons` say what to mend; empty where the row is good."""

    row: int
    licence: str | None
    result: Literal["added", "changed", "unchanged", "refused", "not_loaded"]
    reasons: list[Bilingual]


class ImportOut(BaseModel):
    """`loaded` is false where one bad row kept all others out (`mode` all). Rows that are unchanged are counted, not listed."""

    id: UUID
    kind: Literal["register", "deployments"]
    mode: Literal["all", "good"]
    loaded: bool
    rows: int
    good: int
    bad: int
    imported_at: datetime
    report: list[RowReport]
