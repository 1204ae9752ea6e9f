"""Statements on the sum of people."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.crisis.evacuation.models import IncidentReconciliation


async def newest(session: AsyncSession, incident_id: UUID) -> IncidentReconciliation | None:
    rows = select(IncidentReconciliation).where(col(IncidentReconciliation.incident_id) == incident_id)
    return (await session.execute(rows.order_by(col(IncidentReconciliation.at).desc()).limit(1))).scalar_one_or_none()
