"""Every SQL statement on returns of committees. What stands of a return is its newest version."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from kit.paging import Paging
from services.monitor.committees.models import CommitteeReturn


async def add(session: AsyncSession, row: CommitteeReturn) -> None:
    session.add(row)
    await session.flush()


async def lock(session: AsyncSession, district: str, place: str, quarter: str) -> None:
    """Two who return one upazila's quarter at once wait for one another: the second then sees what the first said."""
    name = f"committees {district} {quarter} {place}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def is_returned(session: AsyncSession, district: str, place: str, quarter: str) -> bool:
    one = col(CommitteeReturn.district) == district, col(CommitteeReturn.place) == place, col(CommitteeReturn.quarter) == quarter
    return bool(await session.scalar(select(func.count()).select_from(CommitteeReturn).where(*one)))


async def versions(session: AsyncSession, first: UUID) -> Sequence[CommitteeReturn]:
    """The newest first; empty where there is no such return."""
    rows = select(CommitteeReturn).where(col(CommitteeReturn.first) == first).order_by(col(CommitteeReturn.version).desc())
    return (await session.execute(rows)).scalars().all()


async def standing(session: AsyncSession, quarter: str, until: datetime | None = None) -> Sequence[CommitteeReturn]:
    """Of one quarter, as it stands; or as it stood before `until`. Some hundreds of upazilas at most."""
    rows = select(CommitteeReturn).ext(distinct_on(col(CommitteeReturn.first))).where(col(CommitteeReturn.quarter) == quarter)
    if until is not None:
        rows = rows.where(col(CommitteeReturn.returned_at) < until)
    found = (await session.execute(rows.order_by(col(CommitteeReturn.first), col(CommitteeReturn.version).desc()))).scalars().all()
    return sorted(found, key=lambda one: (one.district, one.place))


async def quarters(session: AsyncSession) -> list[str]:
    """Those of which something was returned, the newest first."""
    rows = select(col(CommitteeReturn.quarter)).distinct().order_by(col(CommitteeReturn.quarter).desc())
    return list((await session.execute(rows)).scalars())


async def page(session: AsyncSession, paging: Paging, quarter: str | None, districts: Collection[str] | None) -> Sequence[CommitteeReturn]:
    """What stands, the one returned last first. `districts`: None for all."""
    newest = select(CommitteeReturn).ext(distinct_on(col(CommitteeReturn.first)))
    newest = newest.order_by(col(CommitteeReturn.first), col(CommitteeReturn.version).desc())
    stands = aliased(CommitteeReturn, newest.subquery())
    rows = select(stands)
    if quarter is not None:
        rows = rows.where(col(stands.quarter) == quarter)
    if districts is not None:
        rows = rows.where(col(stands.district).in_(sorted(districts)))
    return (await session.execute(paging.of(rows, col(stands.returned_at), col(stands.first)))).scalars().all()


async def mark(session: AsyncSession, quarter: str) -> int:
    """How many versions there are of a quarter: it only grows, so that what was made from them is known to hold."""
    rows = select(func.count()).select_from(CommitteeReturn).where(col(CommitteeReturn.quarter) == quarter)
    return int((await session.execute(rows)).scalar_one())
