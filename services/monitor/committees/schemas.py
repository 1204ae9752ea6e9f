"""What goes in and out of the API about Safe Migration Committees."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.places import DistrictCode
from kit.quarters import PATTERN
from kit.text import ONE_LINE, PARAGRAPHS
from services.monitor.activities.schemas import NamesPaper
from services.monitor.committees.models import CommitteeReturn
from services.monitor.committees.rules import Counts, Office, Summed
from services.monitor.reports.rules import Late

Number = Annotated[int, Field(ge=0, le=100_000)]
Reason = Annotated[str, Field(min_length=5, max_length=500), PARAGRAPHS]


class CountsIn(NamesPaper):
    """`formed`: committees that there were at the end of the quarter; `met`, `trained`: of these, in it; `referred`: cases."""

    unions: Number
    formed: Number
    met: Number
    trained: Number
    referred: Number

    def counts(self) -> Counts:
        return Counts(self.unions, self.formed, self.met, self.trained, self.referred)


class ReturnIn(CountsIn):
    quarter: Annotated[str, Field(pattern=PATTERN)]
    district: DistrictCode
    upazila: Annotated[str, Field(min_length=2, max_length=80), ONE_LINE]


class CorrectionIn(CountsIn):
    """All numbers anew; `reason` says to every reader why they are others."""

    reason: Reason


class VersionOut(BaseModel):
    """`office`: whether the district's own office returned it or the ministry."""

    version: int
    unions: int
    formed: int
    met: int
    trained: int
    document: str | None
    document_url: str | None
    paper: UUID | None
    reason: str | None
    office: Office
    returned_at: datetime

    @classmethod
    def shown(cls, row: CommitteeReturn) -> Self:
        return cls.model_validate(row, from_attributes=True)


class OwnVersion(VersionOut):
    """As whoever returns it sees it: with the number of cases, which everybody is told by district only."""

    referred: int


class ReturnOut(OwnVersion):
    id: UUID
    quarter: str
    district: str
    upazila: str

    @classmethod
    def of(cls, row: CommitteeReturn) -> Self:
        return cls(**row.model_dump(include=set(cls.model_fields) - {"id"}), id=row.first)


class ReturnDetail(ReturnOut):
    """`earlier`: what was returned before, the newest first."""

    earlier: list[OwnVersion]

    @classmethod
    def whole(cls, rows: Sequence[CommitteeReturn]) -> Self:
        newest, *before = rows
        return cls(**ReturnOut.of(newest).model_dump(), earlier=[OwnVersion.shown(one) for one in before])


class UpazilaOut(VersionOut):
    upazila: str


class SummedOut(BaseModel):
    """`referred` null: left out, or not told yet. It is never 0 for that."""

    upazilas: int
    unions: int
    formed: int
    met: int
    trained: int
    referred: int | None

    @classmethod
    def told(cls, found: Summed) -> Self:
        return cls.model_validate(found, from_attributes=True)


class DistrictOut(SummedOut):
    district: str
    returns: list[UpazilaOut]


class CommitteesOut(BaseModel):
    """One quarter. `quarters`: those of which something was returned.

    `cases_from`: the day from which cases are told, as they were returned before it; `late`: how many were returned otherwise since.
    """

    activity: str
    quarter: str
    quarters: list[str]
    total: SummedOut
    districts: list[DistrictOut]
    cases_from: date
    cases_told: bool
    late: Late
    smallest: int
    label: Literal["illustrative", "ordered"]
    source: str
