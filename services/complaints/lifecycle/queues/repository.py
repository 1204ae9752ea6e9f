"""Conditions and statements of queues and search. Each is joined with `seen_by`: there is no way to read past it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, false, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.complaints.lifecycle.queues.schemas import Narrowing, Queue
from services.complaints.models import Complaint
from services.complaints.repository import seen_by
from services.complaints.rules import Status, Visibility, category_of

# Written out, not bound: only so the planner takes the partial indexes, which hold what is open and nothing else.
OPEN: Final[ColumnElement[bool]] = literal_column("complaint.status not in ('resolved', 'merged')")


def narrowed(asked: Narrowing, visible: Visibility) -> list[ColumnElement[bool]]:
    """As conditions, whose indexes hold only what is open, in the order of the queue: the size of the table does not matter.

    complaint_open_of_officer (mine), …_of_office (office), complaint_free_in_office (unassigned), complaint_sent_to (incoming).
    """
    plain = {
        Complaint.status: asked.status,
        Complaint.category: asked.category,
        Complaint.kind: asked.kind,
        Complaint.country: asked.country,
        Complaint.office: asked.office,
        Complaint.severity: asked.severity,
    }
    conditions = [col(column) == value for column, value in plain.items() if value is not None]
    if asked.state is not None:
        conditions.append(col(Complaint.status).in_([one for one in Status if category_of(one) is asked.state]))
    return conditions + ([_queue(asked.queue, visible)] if asked.queue else [])


def _queue(queue: Queue, visible: Visibility) -> ColumnElement[bool]:
    mine = _of(visible.offices)
    to_check = or_(col(Complaint.checker) == visible.subject, and_(mine, col(Complaint.checker).is_(None)))
    return {
        Queue.MINE: and_(OPEN, col(Complaint.assignee) == visible.subject),
        Queue.OFFICE: and_(OPEN, mine),
        Queue.UNASSIGNED: and_(OPEN, mine, col(Complaint.assignee).is_(None)),
        Queue.INCOMING: col(Complaint.transfer_to).in_(visible.offices) if visible.offices else false(),
        Queue.TO_CHECK: and_(OPEN, col(Complaint.status) == Status.FOR_APPROVAL, col(Complaint.assignee) != visible.subject, to_check),
    }[queue]


def _of(offices: Collection[str]) -> ColumnElement[bool]:
    return col(Complaint.office).in_(sorted(offices)) if offices else false()


async def find(
    session: AsyncSession, visible: Visibility, keys: Sequence[Mapping[str, bytes]], exact: Mapping[str, str], most: int
) -> Sequence[Complaint]:
    """`keys`: columns with blind indexes, of each mapping one must be equal. Bitmaps of their indexes, joined; newest first."""
    conditions = [or_(*(col(getattr(Complaint, name)) == key for name, key in group.items())) for group in keys]
    conditions += [col(getattr(Complaint, name)) == value for name, value in exact.items()]
    rows = select(Complaint).where(seen_by(visible), *conditions).order_by(col(Complaint.lodged_at).desc()).limit(most + 1)
    return (await session.execute(rows)).scalars().all()
