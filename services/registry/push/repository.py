"""Statements of subscriptions: few of each person."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.registry.push.models import NationalPush


async def put(session: AsyncSession, row: Mapping[str, Any], most: int) -> None:
    """The same browser is another person's no more; of more than `most` of this one the oldest goes."""
    statement = insert(NationalPush).values(row)
    replaced = {name: statement.excluded[name] for name in ("id", "person_id", "subscription", "added_at")}
    await session.execute(statement.on_conflict_do_update(index_elements=["endpoint_index"], set_=replaced))
    mine = col(NationalPush.person_id) == row["person_id"]
    kept = select(col(NationalPush.id)).where(mine).order_by(col(NationalPush.added_at).desc(), col(NationalPush.id).desc()).limit(most)
    await session.execute(delete(NationalPush).where(mine, col(NationalPush.id).not_in(kept)))


async def end(session: AsyncSession, person_id: UUID, endpoint_index: bytes | None) -> None:
    """One of this person, or all of them."""
    statement = delete(NationalPush).where(col(NationalPush.person_id) == person_id)
    await session.execute(statement if endpoint_index is None else statement.where(col(NationalPush.endpoint_index) == endpoint_index))


async def forget(session: AsyncSession, ids: Sequence[UUID]) -> None:
    await session.execute(delete(NationalPush).where(col(NationalPush.id).in_(ids)))


async def list_of(session: AsyncSession, people: Sequence[UUID]) -> Mapping[UUID, Sequence[NationalPush]]:
    """Index scan on national_push_of."""
    found: dict[UUID, list[NationalPush]] = defaultdict(list)
    rows = select(NationalPush).where(col(NationalPush.person_id).in_(people)).order_by(col(NationalPush.added_at))
    for one in (await session.execute(rows)).scalars():
        found[one.person_id].append(one)
    return found


async def count_of(session: AsyncSession, person_id: UUID) -> int:
    return await session.scalar(select(func.count()).where(col(NationalPush.person_id) == person_id)) or 0
