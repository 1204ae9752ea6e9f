"""Every SQL statement on what is tracked. What stands is what nothing newer replaced; of an action, its newest version."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, cast, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from kit.paging import Paging
from services.monitor.tracker.models import OpenedMatter, ToldAction, ToldStep
from services.monitor.tracker.rules import OPEN


async def add(session: AsyncSession, row: Any) -> None:
    session.add(row)
    await session.flush()


async def lock(session: AsyncSession, matter: str) -> None:
    """Two who tell of one matter at once wait for one another: the second then sees what the first said."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"tracked {matter}", 0))))


async def opened(session: AsyncSession) -> Sequence[OpenedMatter]:
    """What offices added to the framework's own list: accords and committees, some hundred at most."""
    rows = select(OpenedMatter).order_by(col(OpenedMatter.opened_at), col(OpenedMatter.id))
    return (await session.execute(rows)).scalars().all()


async def standing(session: AsyncSession, matters: Collection[str]) -> Sequence[ToldStep]:
    newer = aliased(ToldStep)
    replaced = exists().where(col(newer.matter) == col(ToldStep.matter), col(newer.replaces) == col(ToldStep.version))
    rows = select(ToldStep).where(col(ToldStep.matter).in_(sorted(matters)), ~replaced)
    return (await session.execute(rows.order_by(col(ToldStep.on_day), col(ToldStep.version)))).scalars().all()


async def history(session: AsyncSession, matter: str, paging: Paging) -> Sequence[ToldStep]:
    rows = select(ToldStep).where(col(ToldStep.matter) == matter)
    return (await session.execute(paging.of(rows, col(ToldStep.told_at), col(ToldStep.id)))).scalars().all()


async def actions(
    session: AsyncSession, paging: Paging, *, matter: str | None, owner: str | None, state: str | None, due_before: date | None
) -> Sequence[ToldAction]:
    """The first due first. `matter`, `owner`, `state`, `due_before`: None for any."""
    stands = aliased(ToldAction, select(ToldAction).ext(distinct_on(col(ToldAction.action))).order_by(*_newest_first()).subquery())
    rows = select(stands)
    for column, value in ((stands.matter, matter), (stands.owner, owner), (stands.state, state)):
        rows = rows if value is None else rows.where(col(column) == value)
    if due_before is not None:
        rows = rows.where(col(stands.state) == OPEN, col(stands.due) < due_before)
    due = func.timezone("UTC", cast(col(stands.due), DateTime), type_=DateTime(timezone=True))
    return (await session.execute(paging.of(rows, due, col(stands.action), newest_first=False))).scalars().all()


async def open_actions(session: AsyncSession, matters: Collection[str]) -> Sequence[tuple[str, date]]:
    """Matter and due day of each action that is open."""
    stands = (
        select(ToldAction)
        .ext(distinct_on(col(ToldAction.action)))
        .where(col(ToldAction.matter).in_(sorted(matters)))
        .order_by(*_newest_first())
        .subquery()
    )
    return [(one.matter, one.due) for one in await session.execute(select(stands.c.matter, stands.c.due).where(stands.c.state == OPEN))]


async def action_versions(session: AsyncSession, action: UUID) -> Sequence[ToldAction]:
    """The newest first; empty where there is no such action."""
    rows = select(ToldAction).where(col(ToldAction.action) == action).order_by(col(ToldAction.version).desc())
    return (await session.execute(rows)).scalars().all()


async def last_number(session: AsyncSession, matter: str) -> int:
    found = await session.scalar(select(func.max(col(ToldAction.number))).where(col(ToldAction.matter) == matter))
    return found or 0


def _newest_first() -> tuple[Any, Any]:
    return col(ToldAction.action), col(ToldAction.version).desc()
