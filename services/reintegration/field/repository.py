"""Statements on entries of devices."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.reintegration.field.models import FieldEntry
from services.reintegration.field.rules import State
from services.reintegration.repository import seen_by
from services.reintegration.rules import Visibility

_NUMBERS = select(func.unnest(bindparam("locks", type_=ARRAY(Text))).label("number")).order_by("number").subquery()
_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(_NUMBERS.c.number, 0)))


async def lock(session: AsyncSession, device_id: UUID, entries: Collection[UUID]) -> None:
    """Until the end of the transaction, in their order: a queue that is sent twice at once is taken one after the other."""
    await session.execute(_LOCK, {"locks": [f"field {device_id} {one}" for one in entries]})


async def list_known(session: AsyncSession, device_id: UUID, entries: Collection[UUID]) -> Sequence[FieldEntry]:
    """Oldest first. More than one of a number where a device sent two contents under it."""
    same = select(FieldEntry).where(col(FieldEntry.device_id) == device_id, col(FieldEntry.entry_id).in_(entries))
    return (await session.execute(same.order_by(col(FieldEntry.received_at), col(FieldEntry.id)))).scalars().all()


async def add(session: AsyncSession, values: Mapping[str, Any]) -> FieldEntry:
    await session.execute(insert(FieldEntry), dict(values))
    return FieldEntry(**values)


async def list_to_mend(session: AsyncSession, visible: Visibility, paging: Paging) -> Sequence[FieldEntry]:
    """Oldest first, so that none waits for ever: a keyset scan of field_entry_to_mend."""
    mine = select(FieldEntry).where(col(FieldEntry.state) == State.TO_MEND, seen_by(visible, FieldEntry))
    return (await session.execute(paging.of(mine, col(FieldEntry.received_at), col(FieldEntry.id), newest_first=False))).scalars().all()


async def find(session: AsyncSession, identity: UUID, visible: Visibility, *, locked: bool = False) -> FieldEntry | None:
    one = select(FieldEntry).where(col(FieldEntry.id) == identity, seen_by(visible, FieldEntry))
    return (await session.execute(one.with_for_update() if locked else one)).scalar_one_or_none()
