"""Queues: oldest first, so that what has waited longest is never out of sight (lesson L9 c)."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.complaints.models import Complaint
from services.complaints.repository import handed_up_to, seen_by
from services.complaints.rules import Visibility

# The column that a queue is ordered by, ascending.
ORDER: Final = {
    "due": "due_at",
    "at_risk": "due_at",
    "breached": "due_at",
    "unassigned": "lodged_at",
    "escalated": "escalated_at",
    "mine": "escalated_at",
}


def _is_in(queue: str, subject: str) -> list[ColumnElement[bool]]:
    """Each fits one partial index: complaint_due, complaint_risk, complaint_unassigned, complaint_seat."""
    parts: dict[str, list[ColumnElement[bool]]] = {
        "due": [col(Complaint.due_at).is_not(None)],
        "at_risk": [col(Complaint.risk) == "at_risk", col(Complaint.due_at).is_not(None)],
        "breached": [col(Complaint.risk) == "breached", col(Complaint.due_at).is_not(None)],
        "unassigned": [col(Complaint.assignee).is_(None), col(Complaint.look_at).is_not(None)],
        "escalated": [col(Complaint.seat).is_not(None)],
        "mine": [col(Complaint.seat).is_not(None), handed_up_to(subject)],
    }
    return parts[queue]


async def queue(session: AsyncSession, name: str, visible: Visibility, paging: Paging, office: str | None) -> Sequence[Complaint]:
    rows = select(Complaint).where(*_is_in(name, visible.subject), seen_by(visible))
    if office is not None:
        rows = rows.where(col(Complaint.office) == office)
    ordered = paging.of(rows, getattr(Complaint, ORDER[name]), col(Complaint.id), newest_first=False)
    return (await session.execute(ordered)).scalars().all()
