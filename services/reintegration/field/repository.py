"""Statements on entries of devices."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.reintegration.field.models import FieldEntry
from services.reintegration.field.rules import State
from services.reintegration.repository import seen_by
from services.reintegration.rules import Visibility

_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("lock", type_=Text), 0)))


async def lock(session: AsyncSession, device_id: UUID, entry_id: UUID) -> None:
    """Until the end of the transaction: a queue that is sent twice at once is taken one after the other."""
    await session.execute(_LOCK, {"lock": f"field {device_id} {entry_id}"})


async def list_known(session: AsyncSession, device_id: UUID, entry_id: UUID) -> Sequence[FieldEntry]:
    """Oldest first. More than one where a device sent two contents under one number."""
    same = select(FieldEntry).where(col(FieldEntry.device_id) == device_id, col(FieldEntry.entry_id) == entry_id)
    return (await session.execute(same.order_by(col(FieldEntry.received_at), col(FieldEntry.id)))).scalars().all()


async def add(session: AsyncSession, values: Mapping[str, Any]) -> None:
    await session.execute(insert(FieldEntry), dict(values))


async def list_to_mend(session: AsyncSession, visible: Visibility, paging: Paging) -> Sequence[FieldEntry]:
    """Oldest first, so that none waits for ever: a keyset scan of field_entry_to_mend."""
    mine = select(FieldEntry).where(col(FieldEntry.state) == State.TO_MEND, seen_by(visible, FieldEntry))
    return (await session.execute(paging.of(mine, col(FieldEntry.received_at), col(FieldEntry.id), newest_first=False))).scalars().all()


async def find(session: AsyncSession, identity: UUID, visible: Visibility, *, locked: bool = False) -> FieldEntry | None:
    one = select(FieldEntry).where(col(FieldEntry.id) == identity, seen_by(visible, FieldEntry))
    return (await session.execute(one.with_for_update() if locked else one)).scalar_one_or_none()
