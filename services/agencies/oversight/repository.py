"""Every SQL statement of oversight."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.agencies.models import Agency, Classification
from services.agencies.oversight.models import Comment
from services.agencies.runs.models import Published, Rating, Run


class Row(NamedTuple):
    """An agency with its provisional class and the one that was published."""

    agency: Agency
    classification: Classification
    published: Published | None


class Changed(NamedTuple):
    agency: Agency
    classification: Classification
    rating: Rating | None


async def list_all(session: AsyncSession) -> list[Row]:
    """The whole register in the order of registration: some thousands of rows, two joins on unique indexes."""
    current = (col(Classification.agency_id) == col(Agency.id)) & col(Classification.until).is_(None)
    published = (col(Published.agency_id) == col(Agency.id)) & col(Published.until).is_(None)
    rows = select(Agency, Classification, Published).join(Classification, current).outerjoin(Published, published)
    return [Row(*row) for row in await session.execute(rows.order_by(col(Agency.registered_at), col(Agency.id)))]


async def find_last_published(session: AsyncSession) -> Run | None:
    rows = select(Run).where(col(Run.status) == "published").order_by(col(Run.published_at).desc()).limit(1)
    return (await session.execute(rows)).scalar_one_or_none()


async def list_changed(session: AsyncSession, run: Run | None, since: datetime | None, paging: Paging) -> list[Changed]:
    """Newest change first (agency_evidence_changed), with what the run computed of each."""
    current = (col(Classification.agency_id) == col(Agency.id)) & col(Classification.until).is_(None)
    then = (col(Rating.agency_id) == col(Agency.id)) & (col(Rating.run) == (run.id if run is not None else None))
    rows = select(Agency, Classification, Rating).join(Classification, current).outerjoin(Rating, then)
    rows = rows.where(col(Agency.evidence_changed_at).is_not(None))
    if since is not None:
        rows = rows.where(col(Agency.evidence_changed_at) > since)
    changed_at: Any = col(Agency.evidence_changed_at)
    return [Changed(*row) for row in await session.execute(paging.of(rows, changed_at, col(Agency.id)))]


async def add_comment(session: AsyncSession, comment: Comment) -> None:
    await session.execute(insert(Comment).values(**comment.model_dump()))


async def list_comments(session: AsyncSession, name: str, version: str, paging: Paging) -> Sequence[Comment]:
    rows = select(Comment).where(col(Comment.rule_set) == name, col(Comment.rule_set_version) == version)
    return (await session.execute(paging.of(rows, col(Comment.said_at), col(Comment.id)))).scalars().all()
