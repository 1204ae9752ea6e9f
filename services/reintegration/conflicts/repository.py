"""Statements on conflicts. Who sees the record sees what was said of it; of two records, who sees both."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from kit.paging import Paging
from services.reintegration.conflicts.models import ConflictField, RecordConflict
from services.reintegration.field.models import FieldEntry
from services.reintegration.models import Returnee, ReturneeDocument
from services.reintegration.repository import seen_by
from services.reintegration.rules import Visibility


class Found(NamedTuple):
    """`other`: the second record, where the other side is one; `entry`: what a device sent, where it is that."""

    conflict: RecordConflict
    returnee: Returnee
    other: Returnee | None
    entry: FieldEntry | None


async def lock_returnee(session: AsyncSession, who: UUID | str) -> Returnee | None:
    """By id or reference, whoever asks: what a desk says of a person is taken also from one who may not read the record."""
    which = col(Returnee.id) == who if isinstance(who, UUID) else col(Returnee.reference) == who
    return (await session.execute(select(Returnee).where(which).with_for_update())).scalar_one_or_none()


async def add(session: AsyncSession, values: Mapping[str, Any], fields: Sequence[Mapping[str, Any]]) -> bool:
    """False where the two records were compared before."""
    new = insert(RecordConflict).values(**values).on_conflict_do_nothing().returning(col(RecordConflict.id))
    if (await session.execute(new)).scalar_one_or_none() is None:
        return False
    await session.execute(plain_insert(ConflictField), [dict(one) for one in fields])
    return True


async def list_open(session: AsyncSession, visible: Visibility, paging: Paging) -> list[tuple[Found, int]]:
    """Oldest first, so that none waits for ever: a keyset scan of record_conflict_open."""
    undecided = _seen(visible).add_columns(_waiting()).where(col(RecordConflict.decided_at).is_(None))
    rows = paging.of(undecided, col(RecordConflict.opened_at), col(RecordConflict.id), newest_first=False)
    return [(Found(*row[:4]), row[4]) for row in await session.execute(rows)]


async def list_of(session: AsyncSession, returnee_id: UUID, visible: Visibility) -> list[tuple[Found, int]]:
    """Decided ones too: both values stay on record. The latest first."""
    concerns = or_(col(RecordConflict.returnee_id) == returnee_id, col(RecordConflict.other_id) == returnee_id)
    rows = _seen(visible).add_columns(_waiting()).where(concerns).order_by(col(RecordConflict.opened_at).desc(), col(RecordConflict.id))
    return [(Found(*row[:4]), row[4]) for row in await session.execute(rows)]


async def find(session: AsyncSession, conflict_id: UUID, visible: Visibility) -> Found | None:
    row = (await session.execute(_seen(visible).where(col(RecordConflict.id) == conflict_id))).one_or_none()
    return Found(*row) if row else None


async def lock(session: AsyncSession, conflict_id: UUID, visible: Visibility) -> Found | None:
    """Locks the conflict and the record that stands."""
    wanted = _seen(visible).where(col(RecordConflict.id) == conflict_id).with_for_update(of=(RecordConflict, Returnee))
    row = (await session.execute(wanted)).one_or_none()
    return Found(*row) if row else None


async def list_fields(session: AsyncSession, conflict_id: UUID) -> Sequence[ConflictField]:
    return (await session.execute(select(ConflictField).where(col(ConflictField.conflict_id) == conflict_id))).scalars().all()


async def list_paper_keys(session: AsyncSession, returnee_id: UUID) -> set[tuple[str, bytes | None]]:
    """(kind, blind index of the number) of each paper that is noted."""
    rows = select(col(ReturneeDocument.kind), col(ReturneeDocument.number_index)).where(col(ReturneeDocument.returnee_id) == returnee_id)
    return {(row[0], row[1]) for row in await session.execute(rows)}


def _waiting() -> Any:
    """How many fields of a conflict nobody has chosen yet."""
    unchosen = and_(col(ConflictField.conflict_id) == col(RecordConflict.id), col(ConflictField.choice).is_(None))
    return select(func.count()).select_from(ConflictField).where(unchosen).scalar_subquery()


def _seen(visible: Visibility) -> Any:
    other = aliased(Returnee)
    return (
        select(RecordConflict, Returnee, other, FieldEntry)
        .join(Returnee, col(RecordConflict.returnee_id) == col(Returnee.id))
        .outerjoin(other, col(RecordConflict.other_id) == other.id)
        .outerjoin(FieldEntry, col(RecordConflict.entry_id) == col(FieldEntry.id))
        .where(seen_by(visible), or_(col(RecordConflict.other_id).is_(None), seen_by(visible, other)))
    )
