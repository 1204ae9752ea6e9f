"""Statements on call-backs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.complaints.calls.callbacks.models import Callback, CallbackAttempt
from services.complaints.models import Complaint
from services.complaints.redress.models import RedressTask


async def lock_number(session: AsyncSession, index: bytes) -> None:
    """Until the transaction ends: of two calls of one number that are missed at once, the second joins the task of the first."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"callback {index.hex()}", 0))))


async def find_open(session: AsyncSession, index: bytes, *, lock: bool = False) -> Callback | None:
    """Index scan on callback_open_of_number."""
    mine = select(Callback).where(col(Callback.number_index) == index, col(Callback.closed_at).is_(None))
    return (await session.execute(mine.with_for_update() if lock else mine)).scalar_one_or_none()


async def find(session: AsyncSession, identity: UUID, *, lock: bool = False) -> Callback | None:
    statement = select(Callback).where(col(Callback.id) == identity)
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()


async def asked_of(session: AsyncSession, callback_id: UUID, *, even_done: bool = False) -> list[tuple[RedressTask, Complaint]]:
    """What redress wants to know of this number, of complaints that an agent may see: index scan on redress_task_of_callback."""
    rows = select(RedressTask, Complaint).join(Complaint, col(Complaint.id) == col(RedressTask.complaint_id))
    rows = rows.where(col(RedressTask.callback_id) == callback_id, col(Complaint.restricted).is_(False))
    narrowed = rows if even_done else rows.where(col(RedressTask.done_at).is_(None))
    return [(task, complaint) for task, complaint in await session.execute(narrowed.order_by(col(RedressTask.due)))]


async def list_open(session: AsyncSession, *, most: int = 200) -> Sequence[Callback]:
    """The most urgent first, then what is due first: index scan on callback_due."""
    rows = select(Callback).where(col(Callback.closed_at).is_(None))
    rows = rows.order_by(col(Callback.priority), col(Callback.latest), col(Callback.id)).limit(most)
    return (await session.execute(rows)).scalars().all()


async def page_of(session: AsyncSession, paging: Paging, *, is_open: bool) -> Sequence[Callback]:
    """Oldest first: what waits longest stands on the first page."""
    closed = col(Callback.closed_at)
    rows = select(Callback).where(closed.is_(None) if is_open else closed.is_not(None))
    return (await session.execute(paging.of(rows, col(Callback.opened_at), col(Callback.id), newest_first=not is_open))).scalars().all()


async def list_held(session: AsyncSession, agent: str, *, lock: bool = False) -> Sequence[Callback]:
    """Index scan on callback_of_agent."""
    mine = select(Callback).where(col(Callback.assignee) == agent, col(Callback.closed_at).is_(None))
    return (await session.execute(mine.with_for_update() if lock else mine)).scalars().all()


async def list_attempts(session: AsyncSession, identity: UUID) -> Sequence[CallbackAttempt]:
    tried = select(CallbackAttempt).where(col(CallbackAttempt.callback_id) == identity).order_by(col(CallbackAttempt.at))
    return (await session.execute(tried)).scalars().all()


async def count_overdue(session: AsyncSession, now: datetime) -> int:
    overdue = or_(col(Callback.latest) < now, col(Callback.escalated_at).is_not(None))
    counted = select(func.count()).select_from(Callback).where(col(Callback.closed_at).is_(None), overdue)
    return (await session.execute(counted)).scalar_one()


async def release(session: AsyncSession, agent: str) -> None:
    mine = update(Callback).where(col(Callback.assignee) == agent, col(Callback.closed_at).is_(None))
    await session.execute(mine.values(assignee=None, version=Callback.version + 1))
