"""Every SQL statement of the register of those who recruit without registration."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.agencies.register.models import SubAgent
from services.agencies.unregistered.models import EnforcementStep, Recruiter, Sighting, SightingJoin

MOST_PROPOSALS = 50


class Joined(NamedTuple):
    """A sighting, and the person whom it belongs to, if any."""

    sighting: Sighting
    recruiter: Recruiter | None


def _latest_join() -> Subquery:
    return (
        select(col(SightingJoin.sighting), col(SightingJoin.recruiter))
        .ext(distinct_on(col(SightingJoin.sighting)))
        .order_by(col(SightingJoin.sighting), col(SightingJoin.joined_at).desc(), col(SightingJoin.id).desc())
        .subquery()
    )


def _joined() -> Any:
    latest = _latest_join()
    return (
        select(Sighting, Recruiter)
        .outerjoin(latest, latest.c.sighting == col(Sighting.id))
        .outerjoin(Recruiter, col(Recruiter.id) == latest.c.recruiter)
    )


async def add(session: AsyncSession, *rows: Any) -> None:
    session.add_all(rows)
    await session.flush()


async def find_sightings(session: AsyncSession, ids: Collection[UUID]) -> list[Joined]:
    rows = await session.execute(_joined().where(col(Sighting.id).in_(ids)).order_by(col(Sighting.id)))
    return [Joined(*row) for row in rows]


async def lock_sightings(session: AsyncSession, ids: Collection[UUID]) -> None:
    """In one order, so that two who join the same mention wait for one another."""
    for identity in sorted(ids):
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"sighting {identity}", 0))))


async def list_sightings(session: AsyncSession, paging: Paging, *, loose: bool) -> list[Joined]:
    rows = _joined()
    if loose:
        rows = rows.where(col(Recruiter.id).is_(None))
    found = await session.execute(paging.of(rows, col(Sighting.noted_at), col(Sighting.id)))
    return [Joined(*row) for row in found]


async def alike(session: AsyncSession, sighting: Sighting) -> list[Joined]:
    """Candidates by index: the same telephone or name, or words in common in the same district."""
    parts: list[ColumnElement[bool]] = []
    if sighting.phone_index is not None:
        parts.append(col(Sighting.phone_index) == sighting.phone_index)
    if sighting.name_index is not None:
        parts.append(col(Sighting.name_index) == sighting.name_index)
    if sighting.district is not None and sighting.name_words:
        parts.append(and_(col(Sighting.district) == sighting.district, col(Sighting.name_words).bool_op("&&")(sighting.name_words)))
    rows = _joined().where(or_(*parts), col(Sighting.id) != sighting.id).order_by(col(Sighting.noted_at).desc()).limit(MOST_PROPOSALS)
    return [Joined(*row) for row in await session.execute(rows)]


async def search(session: AsyncSession, *, phone_index: bytes | None, name_words: Sequence[bytes]) -> list[Joined]:
    parts: list[ColumnElement[bool]] = []
    if phone_index is not None:
        parts.append(col(Sighting.phone_index) == phone_index)
    if name_words:
        parts.append(col(Sighting.name_words).bool_op("@>")(list(name_words)))
    rows = _joined().where(or_(*parts)).order_by(col(Sighting.noted_at).desc()).limit(MOST_PROPOSALS)
    return [Joined(*row) for row in await session.execute(rows)]


async def is_registered_sub_agent(session: AsyncSession, phones: Collection[bytes], on: date) -> bool:
    newer = select(col(SubAgent.supersedes)).where(col(SubAgent.supersedes).is_not(None))
    rows = select(func.count()).where(
        col(SubAgent.phone_index).in_(phones),
        col(SubAgent.true_from) <= on,
        col(SubAgent.true_until) >= on,
        col(SubAgent.id).not_in(newer),
    )
    return bool((await session.execute(rows)).scalar_one())


async def lock_recruiter(session: AsyncSession, reference: str) -> Recruiter | None:
    found = select(Recruiter).where(col(Recruiter.reference) == reference).with_for_update()
    return (await session.execute(found)).scalar_one_or_none()


async def next_version(session: AsyncSession, recruiter: Recruiter) -> int:
    bumped = update(Recruiter).where(col(Recruiter.id) == recruiter.id).values(version=Recruiter.version + 1)
    return (await session.execute(bumped.returning(col(Recruiter.version)))).scalar_one()


async def sightings_of(session: AsyncSession, recruiter: UUID) -> list[Joined]:
    rows = await session.execute(_joined().where(col(Recruiter.id) == recruiter).order_by(col(Sighting.seen_on), col(Sighting.id)))
    return [Joined(*row) for row in rows]


async def steps_of(session: AsyncSession, recruiter: UUID) -> Sequence[EnforcementStep]:
    """Those that stand."""
    newer = select(col(EnforcementStep.supersedes)).where(col(EnforcementStep.supersedes).is_not(None))
    rows = (
        select(EnforcementStep)
        .where(col(EnforcementStep.recruiter) == recruiter, col(EnforcementStep.id).not_in(newer))
        .order_by(col(EnforcementStep.happened_on), col(EnforcementStep.id))
    )
    return (await session.execute(rows)).scalars().all()


async def public_steps(session: AsyncSession, phone_index: bytes) -> Sequence[EnforcementStep]:
    """What a court found about whoever uses this telephone number."""
    latest = _latest_join()
    newer = select(col(EnforcementStep.supersedes)).where(col(EnforcementStep.supersedes).is_not(None))
    rows = (
        select(EnforcementStep)
        .join(latest, latest.c.recruiter == col(EnforcementStep.recruiter))
        .join(Sighting, col(Sighting.id) == latest.c.sighting)
        .where(col(Sighting.phone_index) == phone_index, col(EnforcementStep.is_public), col(EnforcementStep.id).not_in(newer))
        .order_by(col(EnforcementStep.happened_on).desc())
    )
    return list({step.id: step for step in (await session.execute(rows)).scalars()}.values())


async def list_recruiters(session: AsyncSession, paging: Paging) -> list[tuple[Recruiter, int]]:
    latest = _latest_join()
    counted = select(latest.c.recruiter, func.count().label("sightings")).group_by(latest.c.recruiter).subquery()
    rows = select(Recruiter, func.coalesce(counted.c.sightings, 0)).outerjoin(counted, counted.c.recruiter == col(Recruiter.id))
    return [(row[0], row[1]) for row in await session.execute(paging.of(rows, col(Recruiter.opened_at), col(Recruiter.id)))]
