"""Every SQL statement of the register area."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, TEXT, ColumnElement, cast, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.agencies.models import Agency
from services.agencies.register.models import Alias, Associate, Branch, LicenceEvent, SubAgent
from services.agencies.register.rules import Step, StepKind

Part = TypeVar("Part", Alias, Branch, Associate, SubAgent)


async def lock_agency(session: AsyncSession, licence: str) -> Agency | None:
    """Whoever adds to a history waits for the end of the other's transaction: two terms entered at once cannot overlap unseen."""
    return (await session.execute(select(Agency).where(col(Agency.licence) == licence).with_for_update())).scalar_one_or_none()


async def has_agency(session: AsyncSession, licence: str) -> bool:
    return (await session.execute(select(exists().where(col(Agency.licence) == licence)))).scalar_one()


async def list_steps(session: AsyncSession, licence: str) -> Sequence[LicenceEvent]:
    """In the order of recording, those that were superseded too."""
    rows = select(LicenceEvent).where(col(LicenceEvent.licence) == licence).order_by(col(LicenceEvent.recorded_at), col(LicenceEvent.id))
    return (await session.execute(rows)).scalars().all()


async def histories(session: AsyncSession, known_at: datetime, licences: Collection[str] | None = None) -> dict[str, list[Step]]:
    """All steps recorded by then, of all licences or of some: a few columns of some 15,000 rows for the whole register."""
    event = LicenceEvent
    rows = select(
        col(event.licence),
        col(event.id),
        col(event.kind),
        col(event.true_from),
        col(event.recorded_at),
        col(event.true_until),
        col(event.hearing),
        col(event.supersedes),
    ).where(col(event.recorded_at) <= known_at)
    if licences is not None:
        rows = rows.where(col(event.licence).in_(licences))
    found: dict[str, list[Step]] = {}
    for licence, identity, kind, true_from, recorded_at, true_until, hearing, supersedes in await session.execute(rows):
        step = Step(identity, StepKind(kind), true_from, recorded_at, true_until, hearing, supersedes)
        found.setdefault(licence, []).append(step)
    return found


async def add(session: AsyncSession, *rows: Any) -> None:
    session.add_all(rows)
    await session.flush()


async def set_standing(session: AsyncSession, licence: str, status: str, valid_until: date) -> None:
    """What lists show. Nothing is written where it stands there already."""
    differs = or_(col(Agency.status) != status, col(Agency.valid_until) != valid_until)
    await session.execute(update(Agency).where(col(Agency.licence) == licence, differs).values(status=status, valid_until=valid_until))


async def add_search_words(session: AsyncSession, licence: str, words: Sequence[str]) -> None:
    more = func.array_to_tsvector(cast(list(words), ARRAY(TEXT)))
    await session.execute(update(Agency).where(col(Agency.licence) == licence).values(search=col(Agency.search).op("||")(more)))


def vector(words: Iterable[str]) -> Any:
    """For a column that the database fills."""
    return func.array_to_tsvector(cast(list(words), ARRAY(TEXT)))


async def list_parts(session: AsyncSession, model: type[Part], licence: str) -> Sequence[Part]:
    """What stands now: that no other row supersedes."""
    rows = select(model).where(col(model.licence) == licence, _stands(model)).order_by(col(model.true_from), col(model.id))
    return (await session.execute(rows)).scalars().all()


async def find_part(session: AsyncSession, model: type[Part], licence: str, identity: UUID) -> Part | None:
    found = select(model).where(col(model.licence) == licence, col(model.id) == identity, _stands(model))
    return (await session.execute(found)).scalar_one_or_none()


async def sub_agents_numbered(session: AsyncSession, number: str) -> Sequence[SubAgent]:
    """All registrations that stand under one number, of whichever agency. Whoever else registers it waits."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"sub-agent {number}"))))
    rows = select(SubAgent).where(col(SubAgent.number) == number, _stands(SubAgent))
    return (await session.execute(rows)).scalars().all()


def _stands(model: type[Part]) -> ColumnElement[bool]:
    newer = aliased(model)
    return ~exists().where(col(newer.supersedes) == col(model.id))


async def agencies_by_licence(session: AsyncSession, licences: Collection[str]) -> Mapping[str, Agency]:
    rows = (await session.execute(select(Agency).where(col(Agency.licence).in_(licences)))).scalars()
    return {agency.licence: agency for agency in rows}
