"""Use cases of Safe Migration Committees: a quarter returned, corrected, and told."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.monitor import CommitteesMet
from kit.auth import EVERYWHERE, Caller
from kit.counts import SMALLEST
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from kit.quarters import months_of, newest_over
from kit.versions import check_version
from services.monitor.activities.rules import judge_text
from services.monitor.committees import lists, repository, rules
from services.monitor.committees.models import CommitteeReturn
from services.monitor.committees.rules import WHOLE, Office, Summed
from services.monitor.committees.schemas import CommitteesOut, CorrectionIn, CountsIn, DistrictOut, ReturnIn, SummedOut, UpazilaOut
from services.monitor.evidence import lists as publication
from services.monitor.evidence.rules import published_from
from services.monitor.papers import service as papers
from services.monitor.reports.rules import Late, late_of


async def send(session: AsyncSession, caller: Caller, given: ReturnIn) -> CommitteeReturn:
    """Raises `OtherDistrictError`, `QuarterNotOverError`, `QuarterTooEarlyError`, `CountsError`, `ReturnedAlreadyError`."""
    _judge_district(caller, given.district)
    rules.judge_quarter(given.quarter, lists.load().first_quarter, newest_over(_today()))
    rules.judge_counts(given.counts())
    judge_text(f"{given.upazila}\n{given.document or ''}")
    await papers.name(session, caller, given.paper)
    place = rules.place_of(given.upazila)
    await repository.lock(session, given.district, place, given.quarter)
    if await repository.is_returned(session, given.district, place, given.quarter):
        raise rules.ReturnedAlreadyError
    identity = new_id()
    row = CommitteeReturn(
        id=identity,
        first=identity,
        version=1,
        quarter=given.quarter,
        district=given.district,
        upazila=given.upazila,
        place=place,
        reason=None,
        **_returned(caller, given),
    )
    await _keep(session, row, [])
    return row


async def correct(session: AsyncSession, caller: Caller, first: UUID, given: CorrectionIn, expected: int) -> Sequence[CommitteeReturn]:
    """A version more: what was returned before stays. Raises as `send`, and `UnknownReturnError`, `StaleVersionError`."""
    newest, *_ = await find(session, caller, first)
    await repository.lock(session, newest.district, newest.place, newest.quarter)
    before = await repository.versions(session, first)
    newest = before[0]
    check_version(expected, newest.version)
    rules.judge_counts(given.counts())
    judge_text(f"{given.reason}\n{given.document or ''}")
    await papers.name(session, caller, given.paper)
    row = CommitteeReturn(
        id=new_id(),
        **newest.model_dump(include={"first", "quarter", "district", "upazila", "place"}),
        version=newest.version + 1,
        reason=given.reason,
        **_returned(caller, given),
    )
    await _keep(session, row, before)
    return [row, *before]


async def _keep(session: AsyncSession, row: CommitteeReturn, before: Sequence[CommitteeReturn]) -> None:
    await repository.add(session, row)
    if rules.first_meeting([one.met for one in before], row.met):
        await emit(session, CommitteesMet(district=row.district, quarter=row.quarter), subject=row.first, sequence=row.version)


def _returned(caller: Caller, given: CountsIn) -> dict[str, Any]:
    office: Office = "ministry" if caller.has("analyst") else "district"
    counts = given.model_dump(include={"unions", "formed", "met", "trained", "referred", "document", "paper"})
    return {**counts, "document_url": given.address(), "office": office, "returned_at": datetime.now(UTC), "returned_by": caller.subject}


async def find(session: AsyncSession, caller: Caller, first: UUID) -> Sequence[CommitteeReturn]:
    """All versions, the newest first. Raises `UnknownReturnError`, also for a return of another district."""
    found = await repository.versions(session, first)
    if not found or not (caller.has("admin") or caller.covers_district(found[0].district)):
        raise rules.UnknownReturnError
    return found


async def own(session: AsyncSession, caller: Caller, paging: Paging, quarter: str | None) -> Sequence[CommitteeReturn]:
    districts = None if EVERYWHERE in caller.districts or caller.has("admin") else caller.districts
    return await repository.page(session, paging, quarter, districts)


async def told(session: AsyncSession, quarter: str | None) -> CommitteesOut:
    """One quarter as everybody may read it: the newest of which something was returned where none is asked for."""
    known = await repository.quarters(session)
    chosen = quarter or (known[0] if known else newest_over(_today()))
    rows = await repository.standing(session, chosen)
    sums, late = await _summed(session, chosen, rows)
    facts = lists.load()
    return CommitteesOut(
        activity=facts.activity,
        quarter=chosen,
        quarters=known,
        total=SummedOut.told(sums[WHOLE]),
        districts=[
            DistrictOut(
                district=district,
                **SummedOut.told(found).model_dump(),
                returns=[UpazilaOut.shown(one) for one in rows if one.district == district],
            )
            for district, found in sums.items()
            if district != WHOLE
        ],
        cases_from=_cases_from(chosen),
        cases_told=_is_told(chosen),
        late=late,
        smallest=SMALLEST,
        label=facts.label,
        source=facts.source,
    )


async def by_district(session: AsyncSession, quarter: str) -> dict[str, Summed]:
    """As `told` sums it up: for the open data."""
    sums, _ = await _summed(session, quarter, await repository.standing(session, quarter))
    return sums


async def mark_of(session: AsyncSession, quarter: str) -> tuple[int, bool]:
    """What changes with anything that `by_district` tells."""
    return await repository.mark(session, quarter), _is_told(quarter)


async def _summed(session: AsyncSession, quarter: str, rows: Sequence[CommitteeReturn]) -> tuple[dict[str, Summed], Late]:
    """Cases as they were returned before the day from which they are told: what comes later changes none of them."""
    if not _is_told(quarter):
        return rules.summed(rows, None), Late.NONE
    until = datetime.combine(_cases_from(quarter), time(), DHAKA)
    in_time = rules.cases_by_district(await repository.standing(session, quarter, until))
    return rules.summed(rows, in_time), late_of(rules.changed_since(rules.cases_by_district(rows), in_time))


def _cases_from(quarter: str) -> date:
    return published_from(months_of(quarter)[1], publication.load().cut_off_days)


def _is_told(quarter: str) -> bool:
    return _today() >= _cases_from(quarter)


def _judge_district(caller: Caller, district: str) -> None:
    if not caller.covers_district(district):
        raise rules.OtherDistrictError


def _today() -> date:
    return datetime.now(DHAKA).date()
