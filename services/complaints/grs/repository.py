"""Statements on the steps of a service complaint in the national GRS."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.complaints.grs.models import GrsStep


async def steps_of(session: AsyncSession, complaint_id: UUID) -> Sequence[GrsStep]:
    mine = select(GrsStep).where(col(GrsStep.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(col(GrsStep.step)))).scalars().all()


async def add(session: AsyncSession, step: GrsStep) -> None:
    session.add(step)
    await session.flush()
