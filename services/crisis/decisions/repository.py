"""The SQL of decisions; who may see one follows from who may see its warning."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.crisis.decisions.models import AlertDecision


async def locked(session: AsyncSession, alert_id: UUID) -> AlertDecision | None:
    found = await session.execute(select(AlertDecision).where(col(AlertDecision.alert_id) == alert_id).with_for_update())
    return found.scalar_one_or_none()


async def find(session: AsyncSession, alert_id: UUID) -> AlertDecision | None:
    return (await session.execute(select(AlertDecision).where(col(AlertDecision.alert_id) == alert_id))).scalar_one_or_none()


async def add(session: AsyncSession, decision: AlertDecision) -> None:
    session.add(decision)
    await session.flush()
