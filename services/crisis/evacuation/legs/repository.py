"""Statements on legs and their seats."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.crisis.evacuation.models import EvacuationHandover, EvacuationLeg, EvacuationSeat, Evacuee
from services.crisis.incidents.models import Incident
from services.crisis.warnings.rules import Sight


def _seen(sight: Sight) -> ColumnElement[bool]:
    """The mission of the incident's country, and of the country where the leg ends: it receives the people."""
    mine = sorted(sight.countries)
    return true() if sight.everything else or_(col(Incident.country).in_(mine), col(EvacuationLeg.to_country).in_(mine))


async def find(session: AsyncSession, leg_id: UUID, sight: Sight, *, lock: bool = False) -> tuple[EvacuationLeg, Incident] | None:
    statement = (
        select(EvacuationLeg, Incident)
        .join(Incident, col(Incident.id) == EvacuationLeg.incident_id)
        .where(col(EvacuationLeg.id) == leg_id, _seen(sight))
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(statement.with_for_update(of=EvacuationLeg) if lock else statement)).one_or_none()
    return None if row is None else (row[0], row[1])


async def of_incident(session: AsyncSession, incident_id: UUID) -> list[EvacuationLeg]:
    rows = (
        select(EvacuationLeg)
        .where(col(EvacuationLeg.incident_id) == incident_id)
        .order_by(col(EvacuationLeg.departs), col(EvacuationLeg.id))
    )
    return list((await session.execute(rows.execution_options(populate_existing=True))).scalars())


async def bound_home(session: AsyncSession, state: str, limit: int) -> list[EvacuationLeg]:
    rows = select(EvacuationLeg).where(col(EvacuationLeg.to_country) == "BD", col(EvacuationLeg.state) == state)
    rows = rows.where(col(EvacuationLeg.is_drill).is_(False)).order_by(col(EvacuationLeg.departs)).limit(limit)
    return list((await session.execute(rows)).scalars())


async def take_seats(session: AsyncSession, leg_id: UUID, count: int) -> bool:
    """One statement that takes all of them or none: the row's lock orders who asks at the same moment, so that no seat is sold twice."""
    statement = (
        update(EvacuationLeg)
        .where(
            col(EvacuationLeg.id) == leg_id,
            col(EvacuationLeg.state) == "open",
            col(EvacuationLeg.taken) + count <= col(EvacuationLeg.capacity),
        )
        .values(taken=EvacuationLeg.taken + count, version=EvacuationLeg.version + 1)
        .returning(col(EvacuationLeg.id))
    )
    return (await session.execute(statement)).one_or_none() is not None


async def give_back(session: AsyncSession, leg_id: UUID, count: int) -> None:
    await session.execute(
        update(EvacuationLeg)
        .where(col(EvacuationLeg.id) == leg_id)
        .values(taken=EvacuationLeg.taken - count, version=EvacuationLeg.version + 1)
    )


async def seat(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> bool:
    """Who gave a seat back may take it again. False where one of them took a live seat elsewhere at that moment."""
    for row in rows:  # a guardian's seat must be there before the child's that names it
        statement = insert(EvacuationSeat).values(row)
        again = {name: row[name] for name in ("state", "guardian_id", "with_escort", "taken_by", "taken_at")}
        statement = statement.on_conflict_do_update(index_elements=["leg_id", "evacuee_id"], set_=again)
        try:
            async with session.begin_nested():
                await session.execute(statement)
        except IntegrityError:
            return False
    return True


async def live_on(session: AsyncSession, leg_id: UUID, states: Collection[str] = ("live",)) -> list[tuple[EvacuationSeat, Evacuee]]:
    rows = (
        select(EvacuationSeat, Evacuee)
        .join(Evacuee, col(Evacuee.id) == EvacuationSeat.evacuee_id)
        .where(col(EvacuationSeat.leg_id) == leg_id, col(EvacuationSeat.state).in_(states))
        .order_by(col(EvacuationSeat.taken_at), col(EvacuationSeat.evacuee_id))
        .execution_options(populate_existing=True)
    )
    return [(one, evacuee) for one, evacuee in (await session.execute(rows)).all()]


async def set_seats(session: AsyncSession, leg_id: UUID, evacuees: Collection[UUID], state: str) -> None:
    mine = (col(EvacuationSeat.leg_id) == leg_id, col(EvacuationSeat.evacuee_id).in_(evacuees))
    await session.execute(update(EvacuationSeat).where(*mine).values(state=state))


async def set_evacuees(session: AsyncSession, evacuees: Collection[UUID], **values: Any) -> None:
    if evacuees:
        statement = update(Evacuee).where(col(Evacuee.id).in_(evacuees)).values(version=Evacuee.version + 1, **values)
        await session.execute(statement.execution_options(synchronize_session=False))


async def handover(session: AsyncSession, leg_id: UUID) -> EvacuationHandover | None:
    return await session.get(EvacuationHandover, leg_id, with_for_update=True, populate_existing=True)


async def unfinished(session: AsyncSession, incident_id: UUID) -> int:
    states = ("departed", "arrived")
    rows = select(col(EvacuationLeg.id)).where(col(EvacuationLeg.incident_id) == incident_id, col(EvacuationLeg.state).in_(states))
    return len((await session.execute(rows)).all())


async def note_told(session: AsyncSession, outcomes: Sequence[tuple[UUID, str]], at: datetime) -> None:
    for evacuee, outcome in outcomes:
        await session.execute(update(Evacuee).where(col(Evacuee.id) == evacuee).values(told_at=at, told_outcome=outcome))
