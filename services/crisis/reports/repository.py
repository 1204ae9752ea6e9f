"""Statements on what is known of an incident."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.crisis.reports.models import IncidentCount, IncidentPlan, IncidentScript, SituationReport


async def next_number(session: AsyncSession, incident_id: UUID) -> int:
    """While the incident's row is locked."""
    return 1 + (await session.scalar(select(func.max(SituationReport.number)).where(col(SituationReport.incident_id) == incident_id)) or 0)


async def reports_of(session: AsyncSession, incident_id: UUID, paging: Paging) -> list[SituationReport]:
    rows = select(SituationReport).where(col(SituationReport.incident_id) == incident_id)
    return list((await session.execute(paging.of(rows, col(SituationReport.made_at), col(SituationReport.id)))).scalars())


async def counts_in(session: AsyncSession, reports: Sequence[UUID]) -> list[IncidentCount]:
    return list((await session.execute(select(IncidentCount).where(col(IncidentCount.report_id).in_(reports)))).scalars())


async def newest_counts(session: AsyncSession, incidents: Sequence[UUID], *, told_only: bool = False) -> list[IncidentCount]:
    """The newest of each source: distinct on over incident_count_latest."""
    key = (col(IncidentCount.incident_id), col(IncidentCount.what), col(IncidentCount.source), col(IncidentCount.currency))
    rows = select(IncidentCount).where(col(IncidentCount.incident_id).in_(incidents))
    if told_only:
        rows = rows.where(col(IncidentCount.may_tell).is_(True))
    rows = rows.ext(distinct_on(*key)).order_by(*key, col(IncidentCount.as_of).desc(), col(IncidentCount.id).desc())
    return list((await session.execute(rows)).scalars())


async def newest_scripts(session: AsyncSession, incidents: Sequence[UUID]) -> dict[UUID, IncidentScript]:
    rows = (
        select(IncidentScript)
        .where(col(IncidentScript.incident_id).in_(incidents))
        .ext(distinct_on(col(IncidentScript.incident_id)))
        .order_by(col(IncidentScript.incident_id), col(IncidentScript.written_at).desc())
    )
    return {one.incident_id: one for one in (await session.execute(rows)).scalars()}


async def plans_of(session: AsyncSession, incident_id: UUID) -> list[IncidentPlan]:
    rows = select(IncidentPlan).where(col(IncidentPlan.incident_id) == incident_id).order_by(col(IncidentPlan.attached_at).desc())
    return list((await session.execute(rows)).scalars())


async def plan(session: AsyncSession, incident_id: UUID, plan_id: UUID) -> IncidentPlan | None:
    statement = select(IncidentPlan).where(col(IncidentPlan.incident_id) == incident_id, col(IncidentPlan.id) == plan_id)
    return (await session.execute(statement)).scalar_one_or_none()
