"""Statements on agencies' answers. An agency's reads are narrowed to its own licences in the statement."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, false, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.ids import new_id
from kit.paging import Paging
from services.crisis.deployed.models import DeployedRequest, DeployedWorker
from services.crisis.incidents.models import Incident

Asked = tuple[DeployedRequest, Incident, Mapping[str, int]]
"""With how many workers are in each state."""


async def ask(session: AsyncSession, incident: Incident, licences: Collection[str], by: str, now: datetime, due: datetime) -> None:
    """Who was asked already is asked once."""
    same = {"incident_id": incident.id, "is_drill": incident.is_drill, "asked_by": by, "asked_at": now, "due": due, "has_none": False}
    rows = [{"id": new_id(), "licence": one, **same} for one in licences]
    await session.execute(insert(DeployedRequest).values(rows).on_conflict_do_nothing(index_elements=["incident_id", "licence"]))


def _asked() -> Any:
    return select(DeployedRequest, Incident).join(Incident, col(Incident.id) == DeployedRequest.incident_id)


async def _with_states(session: AsyncSession, rows: Iterable[Any]) -> list[Asked]:
    found, states = [(one, incident) for one, incident in rows], dict[UUID, dict[str, int]]()
    request, state_of = col(DeployedWorker.request_id), col(DeployedWorker.state)
    asked = request.in_([one.id for one, _ in found])
    counted = select(request, state_of, func.count()).where(asked).group_by(request, state_of)
    for request_id, state, count in await session.execute(counted):
        states.setdefault(request_id, {})[state] = count
    return [(one, incident, states.get(one.id, {})) for one, incident in found]


async def of_incident(session: AsyncSession, incident_id: UUID) -> Sequence[Asked]:
    rows = _asked().where(col(DeployedRequest.incident_id) == incident_id).order_by(col(DeployedRequest.licence))
    return await _with_states(session, (await session.execute(rows)).all())


async def of_licences(session: AsyncSession, licences: Collection[str], paging: Paging) -> list[Asked]:
    rows = _asked().where(col(DeployedRequest.licence).in_(sorted(licences)), col(Incident.state) != "closed")
    found = await session.execute(paging.of(rows, col(DeployedRequest.asked_at), col(DeployedRequest.id)))
    return await _with_states(session, found.all())


async def one_of(session: AsyncSession, request_id: UUID, licences: Collection[str] | None, *, lock: bool = False) -> Asked | None:
    """`licences`: None for an officer, who is narrowed by the incident's country."""
    rows = _asked().where(col(DeployedRequest.id) == request_id)
    if licences is not None:
        rows = rows.where(col(DeployedRequest.licence).in_(sorted(licences)))
    if lock:
        rows = rows.with_for_update(of=DeployedRequest)
    return next(iter(await _with_states(session, (await session.execute(rows)).all())), None)


async def workers_of(session: AsyncSession, request_id: UUID) -> list[DeployedWorker]:
    rows = select(DeployedWorker).where(col(DeployedWorker.request_id) == request_id).order_by(col(DeployedWorker.id))
    return list((await session.execute(rows)).scalars())


async def replace_workers(session: AsyncSession, request_id: UUID, workers: Sequence[DeployedWorker]) -> None:
    await session.execute(delete(DeployedWorker).where(col(DeployedWorker.request_id) == request_id))
    session.add_all(workers)
    await session.flush()


async def forget(session: AsyncSession, incident_id: UUID) -> None:
    asked = select(col(DeployedRequest.id)).where(col(DeployedRequest.incident_id) == incident_id)
    await session.execute(delete(DeployedWorker).where(col(DeployedWorker.request_id).in_(asked)))


def _mine(incident_id: UUID) -> Any:
    return select(DeployedWorker).join(
        DeployedRequest, and_(col(DeployedRequest.id) == DeployedWorker.request_id, col(DeployedRequest.incident_id) == incident_id)
    )


async def with_marks(session: AsyncSession, incident_id: UUID, marks: Mapping[str, bytes]) -> list[DeployedWorker]:
    shared = [getattr(DeployedWorker, f"{name}_index") == mark for name, mark in marks.items()]
    return list((await session.execute(_mine(incident_id).where(or_(false(), *shared)).limit(20))).scalars())


async def is_of(session: AsyncSession, incident_id: UUID, worker_id: UUID) -> bool:
    return (await session.execute(_mine(incident_id).where(col(DeployedWorker.id) == worker_id))).first() is not None
