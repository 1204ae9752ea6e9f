"""Statements on windows and evacuees; who may see one follows from who may see its incident."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import false, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.crisis.evacuation.models import EvacuationSeat, EvacuationWindow, Evacuee
from services.crisis.evacuation.rules import ON_THE_WAY, WANTS_SEAT, Papers, State
from services.crisis.incidents.models import Incident
from services.crisis.incidents.repository import seen_by
from services.crisis.warnings.rules import Sight


async def windows_of(session: AsyncSession, incident_id: UUID) -> list[EvacuationWindow]:
    rows = select(EvacuationWindow).where(col(EvacuationWindow.incident_id) == incident_id).order_by(col(EvacuationWindow.opened_at).desc())
    return list((await session.execute(rows)).scalars())


async def open_window(session: AsyncSession, incident_id: UUID) -> EvacuationWindow | None:
    mine = (col(EvacuationWindow.incident_id) == incident_id, col(EvacuationWindow.closed_at).is_(None))
    return (await session.execute(select(EvacuationWindow).where(*mine).with_for_update(read=True))).scalar_one_or_none()


async def find(session: AsyncSession, evacuee_id: UUID, sight: Sight, *, lock: bool = False) -> tuple[Evacuee, Incident] | None:
    statement = (
        select(Evacuee, Incident)
        .join(Incident, col(Incident.id) == Evacuee.incident_id)
        .where(col(Evacuee.id) == evacuee_id, seen_by(sight))
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(statement.with_for_update(of=Evacuee) if lock else statement)).one_or_none()
    return None if row is None else (row[0], row[1])


async def locked(session: AsyncSession, incident_id: UUID, evacuees: Collection[UUID]) -> list[Evacuee]:
    """Of this incident, in the order of their ids: two who seat the same people wait for each other."""
    rows = select(Evacuee).where(col(Evacuee.incident_id) == incident_id, col(Evacuee.id).in_(evacuees)).order_by(col(Evacuee.id))
    return list((await session.execute(rows.with_for_update().execution_options(populate_existing=True))).scalars())


async def known(session: AsyncSession, incident_id: UUID, person: UUID | None, document: bytes | None) -> Evacuee | None:
    """Who is registered for this evacuation already, by the register's id or a document."""
    same = [col(Evacuee.person) == person] if person else []
    same += [col(Evacuee.document_index) == document] if document else []
    rows = select(Evacuee).where(col(Evacuee.incident_id) == incident_id, or_(false(), *same)).limit(1)
    return (await session.execute(rows)).scalar_one_or_none()


async def add(session: AsyncSession, evacuee: Evacuee) -> bool:
    """False where somebody else registered the same person at that moment."""
    try:
        async with session.begin_nested():
            session.add(evacuee)
            await session.flush()
    except IntegrityError:
        return False
    return True


async def queue(
    session: AsyncSession, incident_id: UUID, *, states: Collection[State], papers: Papers | None, offset: int, limit: int
) -> list[Evacuee]:
    """Who goes first stands first: by priority, then by when they registered (evacuee_queue). One row more than asked."""
    rows = select(Evacuee).where(col(Evacuee.incident_id) == incident_id)
    if states:
        rows = rows.where(col(Evacuee.state).in_([one.value for one in states]))
    if papers is not None:
        rows = rows.where(col(Evacuee.papers) == papers.value)
    rows = rows.order_by(col(Evacuee.priority), col(Evacuee.registered_at), col(Evacuee.id)).offset(offset).limit(limit + 1)
    return list((await session.execute(rows)).scalars())


async def counts(session: AsyncSession, incident_id: UUID) -> Mapping[str, int]:
    rows = select(col(Evacuee.state), func.count()).where(col(Evacuee.incident_id) == incident_id).group_by(col(Evacuee.state))
    return {str(state): count for state, count in (await session.execute(rows)).all()}


async def waiting_papers(session: AsyncSession, incident_id: UUID) -> Mapping[str, int]:
    rows = (
        select(col(Evacuee.papers), func.count())
        .where(col(Evacuee.incident_id) == incident_id, col(Evacuee.state).in_([one.value for one in WANTS_SEAT]))
        .group_by(col(Evacuee.papers))
    )
    return {str(papers): count for papers, count in (await session.execute(rows)).all()}


async def live_seat(session: AsyncSession, evacuee_id: UUID) -> EvacuationSeat | None:
    mine = (col(EvacuationSeat.evacuee_id) == evacuee_id, col(EvacuationSeat.state) == "live")
    return (await session.execute(select(EvacuationSeat).where(*mine))).scalar_one_or_none()


async def everyone(session: AsyncSession, incident_id: UUID) -> Sequence[tuple[UUID | None, str]]:
    rows = select(col(Evacuee.person), col(Evacuee.state)).where(col(Evacuee.incident_id) == incident_id)
    return [(UUID(str(person)) if person else None, str(state)) for person, state in (await session.execute(rows)).all()]


async def with_marks(session: AsyncSession, incident_id: UUID, marks: Mapping[str, bytes]) -> list[Evacuee]:
    shared = [getattr(Evacuee, f"{name}_index") == mark for name, mark in marks.items()]
    rows = select(Evacuee).where(col(Evacuee.incident_id) == incident_id, or_(false(), *shared)).limit(20)
    return list((await session.execute(rows)).scalars())


async def with_reference(session: AsyncSession, incident_id: UUID, reference: str) -> list[Evacuee]:
    rows = select(Evacuee).where(col(Evacuee.incident_id) == incident_id, col(Evacuee.reference) == reference)
    return list((await session.execute(rows)).scalars())


async def is_of(session: AsyncSession, incident_id: UUID, evacuee_id: UUID) -> bool:
    return (
        await session.execute(select(1).where(col(Evacuee.id) == evacuee_id, col(Evacuee.incident_id) == incident_id))
    ).first() is not None


async def under_way(session: AsyncSession, incident_id: UUID) -> int:
    on_the_way = [one.value for one in ON_THE_WAY]
    rows = select(func.count()).where(col(Evacuee.incident_id) == incident_id, col(Evacuee.state).in_(on_the_way))
    return await session.scalar(rows.select_from(Evacuee)) or 0


async def forget(session: AsyncSession, incident_id: UUID) -> None:
    """What was asked for the way home alone; codes stay, so that figures still stand."""
    emptied: dict[str, Any] = dict.fromkeys(("data", "escort", "name_index", "phone_index", "document_index"))
    await session.execute(update(Evacuee).where(col(Evacuee.incident_id) == incident_id).values(**emptied))
