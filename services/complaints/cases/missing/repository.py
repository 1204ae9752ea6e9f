"""Statements on searches and remains. What is sought is compared inside the service; matches are read only by who may see the search."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, Select, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.complaints.cases.missing.models import Match, MissingFile, Remains
from services.complaints.cases.missing.rules import SearchState
from services.complaints.models import Complaint
from services.complaints.repository import seen_by
from services.complaints.rules import Visibility


async def sought_in(session: AsyncSession, country: str) -> Sequence[Row[Complaint, MissingFile]]:
    """Everybody sought in a country, whoever may see them: to compare, not to show. Index scan on missing_sought."""
    rows = select(Complaint, MissingFile).join(MissingFile, col(MissingFile.complaint_id) == col(Complaint.id))
    rows = rows.where(col(MissingFile.state) == SearchState.SOUGHT, col(Complaint.country) == country)
    return (await session.execute(rows)).all()


async def unidentified_in(session: AsyncSession, country: str) -> Sequence[Remains]:
    rows = select(Remains).where(col(Remains.country) == country, col(Remains.state) == "unidentified")
    return (await session.execute(rows)).scalars().all()


async def pairs_of(session: AsyncSession, *, complaint: UUID | None = None, remains: UUID | None = None) -> set[UUID]:
    """The other side of every match there is already, decided or not: what was rejected is not proposed again."""
    if complaint is not None:
        rows = select(col(Match.remains_id)).where(col(Match.complaint_id) == complaint)
    else:
        rows = select(col(Match.complaint_id)).where(col(Match.remains_id) == remains)
    return set((await session.execute(rows)).scalars())


def matches(visible: Visibility) -> Select[Match, Complaint, Remains, MissingFile]:
    """Of searches that the caller may see."""
    rows = (
        select(Match, Complaint, Remains, MissingFile)
        .join(Complaint, col(Complaint.id) == col(Match.complaint_id))
        .join(Remains, col(Remains.id) == col(Match.remains_id))
        .join(MissingFile, col(MissingFile.complaint_id) == col(Match.complaint_id))
    )
    return rows.where(seen_by(visible))


async def proposed(session: AsyncSession, visible: Visibility, paging: Paging) -> Sequence[Row[Match, Complaint, Remains, MissingFile]]:
    rows = paging.of(matches(visible).where(col(Match.state) == "proposed"), col(Match.proposed_at), col(Match.id), newest_first=False)
    return (await session.execute(rows)).all()


async def locked(session: AsyncSession, visible: Visibility, match: UUID) -> Row[Match, Complaint, Remains, MissingFile] | None:
    rows = matches(visible).where(col(Match.id) == match).with_for_update(of=(Complaint, Match))
    return (await session.execute(rows)).one_or_none()


async def open_matches(session: AsyncSession, complaint: UUID) -> int:
    rows = select(func.count()).where(col(Match.complaint_id) == complaint, col(Match.state) == "proposed")
    return int((await session.execute(rows)).scalar_one())


async def remains(session: AsyncSession, countries: frozenset[str], paging: Paging) -> Sequence[Row[Remains, int]]:
    """A wing's own countries; `*` is all."""
    count = select(func.count()).where(col(Match.remains_id) == col(Remains.id), col(Match.state) == "proposed").scalar_subquery()
    within = true() if "*" in countries else col(Remains.country).in_(countries)
    rows = paging.of(select(Remains, count).where(within), col(Remains.reported_at), col(Remains.id))
    return (await session.execute(rows)).all()
