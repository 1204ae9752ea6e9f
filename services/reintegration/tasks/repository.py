"""Statements on urgent tasks. Who sees the returnee sees the task."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.reintegration.models import Returnee
from services.reintegration.repository import seen_by
from services.reintegration.rules import Visibility
from services.reintegration.tasks.models import UrgentTask


async def add_tasks(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await session.execute(insert(UrgentTask), [dict(one) for one in rows])


async def list_open(session: AsyncSession, visible: Visibility, paging: Paging) -> list[tuple[UrgentTask, Returnee]]:
    """The most pressing first: a keyset scan of urgent_task_all_open, or of urgent_task_open for one district's office."""
    undone = _seen(visible).where(col(UrgentTask.done_at).is_(None))
    rows = paging.of(undone, col(UrgentTask.due_at), col(UrgentTask.id), newest_first=False)
    return [(row[0], row[1]) for row in await session.execute(rows)]


async def list_of(session: AsyncSession, returnee_id: UUID) -> Sequence[UrgentTask]:
    """Of a returnee whom the caller was shown to see."""
    rows = select(UrgentTask).where(col(UrgentTask.returnee_id) == returnee_id).order_by(col(UrgentTask.due_at), col(UrgentTask.id))
    return (await session.execute(rows)).scalars().all()


async def lock(session: AsyncSession, task_id: UUID, visible: Visibility) -> tuple[UrgentTask, Returnee] | None:
    row = (await session.execute(_seen(visible).where(col(UrgentTask.id) == task_id).with_for_update(of=UrgentTask))).one_or_none()
    return (row[0], row[1]) if row else None


async def find(session: AsyncSession, task_id: UUID) -> UrgentTask | None:
    """For timers: nobody is shown it."""
    found = await session.execute(select(UrgentTask).where(col(UrgentTask.id) == task_id).with_for_update())
    return found.scalar_one_or_none()


def _seen(visible: Visibility) -> Any:
    return select(UrgentTask, Returnee).join(Returnee, col(UrgentTask.returnee_id) == col(Returnee.id)).where(seen_by(visible))
