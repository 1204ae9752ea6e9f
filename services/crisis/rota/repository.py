"""Statements on shifts. Each read for a caller takes the missions that the caller writes the rota of; None is all."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.crisis.rota.models import OfficerShift


async def on_seat(session: AsyncSession, mission: str, seats: Collection[str] | None, now: datetime) -> Sequence[OfficerShift]:
    """Who sits there at this moment; `seats` None: every seat of the mission."""
    rows = select(OfficerShift).where(
        col(OfficerShift.mission) == mission, col(OfficerShift.starts_at) <= now, col(OfficerShift.ends_at) > now,
        col(OfficerShift.ended_at).is_(None),
    )  # fmt: skip
    if seats is not None:
        rows = rows.where(col(OfficerShift.seat).in_(sorted(seats)))
    return (await session.execute(rows.order_by(col(OfficerShift.id)))).scalars().all()


async def list_coming(session: AsyncSession, missions: Collection[str] | None, now: datetime, paging: Paging) -> Sequence[OfficerShift]:
    """Shifts that are running or come, the next to begin first."""
    rows = select(OfficerShift).where(col(OfficerShift.ends_at) > now, col(OfficerShift.ended_at).is_(None))
    if missions is not None:
        rows = rows.where(col(OfficerShift.mission).in_(sorted(missions)))
    page = paging.of(rows, col(OfficerShift.starts_at), col(OfficerShift.id), newest_first=False)
    return (await session.execute(page)).scalars().all()


async def by_id(session: AsyncSession, ids: Collection[UUID], missions: Collection[str] | None) -> Sequence[OfficerShift]:
    rows = select(OfficerShift).where(col(OfficerShift.id).in_(ids))
    if missions is not None:
        rows = rows.where(col(OfficerShift.mission).in_(sorted(missions)))
    return (await session.execute(rows)).scalars().all()


async def locked(session: AsyncSession, shift_id: UUID, missions: Collection[str] | None) -> OfficerShift | None:
    row = select(OfficerShift).where(col(OfficerShift.id) == shift_id).with_for_update()
    if missions is not None:
        row = row.where(col(OfficerShift.mission).in_(sorted(missions)))
    return (await session.execute(row)).scalar_one_or_none()


async def forget(session: AsyncSession, before: datetime) -> None:
    await session.execute(delete(OfficerShift).where(col(OfficerShift.ends_at) < before))
