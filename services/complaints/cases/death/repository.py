"""Statements on deaths. The airport's and the board's lists are narrowed by day and by grant instead of by `seen_by`: see `service`."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.complaints.cases.death.models import DeathFile, Heir, Paper, Wish
from services.complaints.cases.repository import ended
from services.complaints.models import Complaint
from services.complaints.redress.models import RedressLine

R = TypeVar("R", Wish, Paper, Heir)


async def rows_of(session: AsyncSession, kind: type[R], complaint_id: UUID) -> Sequence[R]:
    """In the order in which they were written down."""
    mine = select(kind).where(col(kind.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(col(kind.recorded_at), col(kind.id)))).scalars().all()


def _not_about(office: str) -> ColumnElement[bool]:
    about = col(Complaint.respondent_office)
    return or_(about.is_(None), not_(about == office))


async def arrivals(session: AsyncSession, day: date) -> Sequence[Row[Complaint, DeathFile]]:
    """Index scan on death_arrivals: the flights of one day."""
    rows = select(Complaint, DeathFile).join(DeathFile, col(DeathFile.complaint_id) == col(Complaint.id))
    rows = rows.where(col(DeathFile.arrives_on) == day, ~ended(), _not_about("airport-desk"))
    return (await session.execute(rows.order_by(col(DeathFile.flight), col(Complaint.id)))).all()


async def arrival(session: AsyncSession, reference: str, day: date) -> Row[Complaint, DeathFile] | None:
    rows = select(Complaint, DeathFile).join(DeathFile, col(DeathFile.complaint_id) == col(Complaint.id))
    rows = rows.where(
        col(Complaint.reference) == reference, col(DeathFile.arrives_on) == day, ~ended(), _not_about("airport-desk")
    ).with_for_update(of=Complaint)
    return (await session.execute(rows)).one_or_none()


async def grants(session: AsyncSession, paging: Paging) -> Sequence[Row[Complaint, DeathFile, RedressLine]]:
    """Grants asked for and not yet paid in full, the oldest first: index scan on redress_line_grants."""
    rows = (
        select(Complaint, DeathFile, RedressLine)
        .join(DeathFile, col(DeathFile.complaint_id) == col(Complaint.id))
        .join(RedressLine, col(RedressLine.complaint_id) == col(Complaint.id))
        .where(col(RedressLine.is_grant), col(RedressLine.given_up_at).is_(None), col(RedressLine.settled_on).is_(None), _not_about("wewb"))
    )
    found = paging.of(rows, col(RedressLine.made_at), col(RedressLine.id), newest_first=False)
    return (await session.execute(found)).all()


async def grant_line(session: AsyncSession, line: UUID) -> Row[Complaint, RedressLine] | None:
    rows = select(Complaint, RedressLine).join(RedressLine, col(RedressLine.complaint_id) == col(Complaint.id))
    rows = rows.where(col(RedressLine.id) == line, col(RedressLine.is_grant), _not_about("wewb")).with_for_update(of=Complaint)
    return (await session.execute(rows)).one_or_none()
