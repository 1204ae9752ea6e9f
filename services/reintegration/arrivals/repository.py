"""Statements on arrivals. A desk sees those of its district; where nobody knows the district, those who see the whole country."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.reintegration.arrivals.models import EvacueeArrival
from services.reintegration.arrivals.rules import State
from services.reintegration.models import Returnee
from services.reintegration.rules import Visibility


async def add_or_lock(session: AsyncSession, row: Mapping[str, Any]) -> EvacueeArrival:
    """The row of this evacuee, ours from now on: a new one, or the one that the other way has told of."""
    await session.flush()
    await session.execute(insert(EvacueeArrival).values(dict(row)).on_conflict_do_nothing(index_elements=["id"]))
    return await session.get_one(EvacueeArrival, row["id"], with_for_update=True, populate_existing=True)


async def list_waiting(session: AsyncSession, visible: Visibility, paging: Paging) -> list[EvacueeArrival]:
    """The longest first: a keyset scan of evacuee_arrival_waiting."""
    waiting = select(EvacueeArrival).where(col(EvacueeArrival.state) == State.WAITING, _seen(visible))
    rows = paging.of(waiting, col(EvacueeArrival.first_known_at), col(EvacueeArrival.id), newest_first=False)
    return list((await session.execute(rows)).scalars())


async def find(session: AsyncSession, arrival_id: UUID, visible: Visibility, *, lock: bool = False) -> EvacueeArrival | None:
    one = select(EvacueeArrival).where(col(EvacueeArrival.id) == arrival_id, _seen(visible))
    return (await session.execute(one.with_for_update() if lock else one)).scalar_one_or_none()


async def reference_of(session: AsyncSession, returnee_id: UUID) -> str:
    return (await session.get_one(Returnee, returnee_id)).reference


def _seen(visible: Visibility) -> ColumnElement[bool]:
    """As `repository.seen_by` narrows a returnee: a restricted one for the desk of the district and the supervisor."""
    everything = true() if visible.everything else false()
    district = true() if "*" in visible.districts else col(EvacueeArrival.district).in_(visible.districts or {""})
    unrestricted = col(EvacueeArrival.restricted).is_(False)
    return or_(everything if visible.restricted_everywhere else and_(everything, unrestricted), district)
