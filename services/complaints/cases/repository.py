"""Statements on what every case keeps. Each is asked of a complaint that the caller was shown to see, or narrows by `seen_by`."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.complaints.cases.distress.models import DistressRequest
from services.complaints.cases.lists import KINDS
from services.complaints.cases.models import Link, Step
from services.complaints.models import Complaint
from services.complaints.repository import seen_by
from services.complaints.rules import Status, Visibility

ENDED: Final = (Status.RESOLVED, Status.MERGED)
CONTACT: Final = ("phoned", "visited")


async def steps_of(session: AsyncSession, complaint_id: UUID) -> Sequence[Step]:
    """Oldest first: index scan on file_step_of."""
    mine = select(Step).where(col(Step.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(col(Step.done_on), col(Step.id)))).scalars().all()


async def links_of(session: AsyncSession, complaint_id: UUID, visible: Visibility) -> Sequence[Row[str, str, str]]:
    """Both ways, and only what the caller may see: a link must not tell of a restricted case."""
    other = select(col(Complaint.reference), col(Complaint.kind), col(Link.why)).where(seen_by(visible))
    later = other.join(Link, col(Link.complaint_id) == col(Complaint.id)).where(col(Link.other_id) == complaint_id)
    earlier = other.join(Link, col(Link.other_id) == col(Complaint.id)).where(col(Link.complaint_id) == complaint_id)
    return (await session.execute(later.union_all(earlier))).all()


def waiting(visible: Visibility, paging: Paging, kind: str | None) -> Select[Complaint, bool, Any, int | None]:
    """Who waits longest comes first, so that nobody is ever beyond the end of a page (mission.md L9). Index scan on complaint_cases."""
    mine = col(DistressRequest.complaint_id) == col(Complaint.id)
    is_open = col(DistressRequest.state) == "open"
    contacted = exists().where(col(Step.complaint_id) == col(Complaint.id), col(Step.kind).in_(CONTACT))
    needs = select(func.array_agg(col(DistressRequest.need))).where(mine, is_open).correlate(Complaint).scalar_subquery()
    urgency = select(func.max(col(DistressRequest.urgency))).where(mine, is_open).correlate(Complaint).scalar_subquery()
    rows = select(Complaint, contacted, needs, urgency).where(seen_by(visible), col(Complaint.kind).in_(KINDS), ~ended())
    if kind is not None:
        rows = rows.where(col(Complaint.kind) == kind)
    return paging.of(rows, col(Complaint.lodged_at), col(Complaint.id), newest_first=False)


def ended() -> ColumnElement[bool]:
    return col(Complaint.status).in_(ENDED)
