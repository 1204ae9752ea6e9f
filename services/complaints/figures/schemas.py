"""What the figures look like to a reader."""

from datetime import date, datetime

from pydantic import BaseModel

from contracts.text import Bilingual


class CellOut(BaseModel):
    """`complaints` is null where the count is too small to be told, or would give such a count away. `amount`: minor units."""

    dimension: str
    value: str
    complaints: int | None
    amount: int | None = None


class OfficeFigures(BaseModel):
    """Queues as they stand, and stays that ended in the months asked for with the mean of working hours each took."""

    office: str
    office_name: Bilingual
    open: int = 0
    unassigned: int = 0
    at_risk: int = 0
    breached: int = 0
    escalated: int = 0
    stays: int = 0
    held_hours: float | None = None


class HolderOut(BaseModel):
    office: str
    office_name: Bilingual
    complaints: int


class AreaFigures(BaseModel):
    """Complaints from the reader's own districts or countries that are not restricted; `elsewhere`: held by another office."""

    complaints: int
    elsewhere: int
    holders: list[HolderOut]


class FiguresOut(BaseModel):
    """Of complaints lodged from `since` to before `until`. `exact`: small counts are told too."""

    since: date
    until: date
    counted_until: datetime | None
    exact: bool
    complaints: int | None
    cells: list[CellOut]
    offices: list[OfficeFigures]
    area: AreaFigures | None = None


class PublicFiguresOut(BaseModel):
    """`this_quarter_so_far` is rounded down to tens."""

    quarter: str
    made_at: datetime | None
    smallest: int
    this_quarter_so_far: int
    cells: list[CellOut]
    quarters: list[str]
