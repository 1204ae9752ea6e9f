"""Statements on contingency plans."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from kit.paging import Paging
from services.crisis.checkins.recordings.models import CrisisRecording
from services.crisis.contingency.models import ContingencyPlan
from services.crisis.reports.models import IncidentPlan
from services.crisis.warnings.rules import Sight


def _seen(sight: Sight) -> ColumnElement[bool]:
    return true() if sight.everything else col(ContingencyPlan.country).in_(sorted(sight.countries))


async def next_number(session: AsyncSession, country: str) -> int:
    """Of two at once one meets the constraint, and asks again."""
    highest = select(func.coalesce(func.max(col(ContingencyPlan.number)), 0)).where(col(ContingencyPlan.country) == country)
    return int((await session.execute(highest)).scalar_one()) + 1


async def find(session: AsyncSession, plan_id: UUID, sight: Sight) -> ContingencyPlan | None:
    return (await session.execute(select(ContingencyPlan).where(col(ContingencyPlan.id) == plan_id, _seen(sight)))).scalar_one_or_none()


async def named(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these files a record names: the plan of a country, one that an incident has besides, a recording that somebody sent."""
    columns = (col(ContingencyPlan.file_id), col(IncidentPlan.file_id), col(CrisisRecording.file_id))
    rows = union(*(select(one).where(one.in_(ids)) for one in columns))
    return {UUID(str(one)) for one in (await session.execute(rows)).scalars()}


async def list_of(session: AsyncSession, sight: Sight, country: str | None, paging: Paging, *, newest: bool) -> list[ContingencyPlan]:
    rows = select(ContingencyPlan).where(_seen(sight))
    if country is not None:
        rows = rows.where(col(ContingencyPlan.country) == country)
    if newest:
        later = aliased(ContingencyPlan)
        rows = rows.where(
            ~select(col(later.id))
            .where(col(later.country) == col(ContingencyPlan.country), col(later.number) > col(ContingencyPlan.number))
            .exists()
        )
    found = await session.execute(paging.of(rows, col(ContingencyPlan.attached_at), col(ContingencyPlan.id)))
    return list(found.scalars())
