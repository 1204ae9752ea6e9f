"""Statements on hearings and settlements: a handful of rows per case."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.complaints.lifecycle.hearings.models import Hearing, Settlement


async def hearings(session: AsyncSession, complaint_id: UUID) -> Sequence[Hearing]:
    mine = select(Hearing).where(col(Hearing.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(col(Hearing.number)))).scalars().all()


async def open_hearing(session: AsyncSession, complaint_id: UUID) -> Hearing:
    """Of a case that was judged to have one."""
    mine = select(Hearing).where(col(Hearing.complaint_id) == complaint_id, col(Hearing.state) == "scheduled")
    return (await session.execute(mine)).scalar_one()


async def settlements(session: AsyncSession, complaint_id: UUID) -> Sequence[Settlement]:
    mine = select(Settlement).where(col(Settlement.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(col(Settlement.recorded_at)))).scalars().all()
