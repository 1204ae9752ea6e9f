"""Statements about records that may be of one person. All look-ups are by blind index."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from kit.paging import Paging
from services.registry.matching.models import NationalMatch
from services.registry.models import National, NationalContact, NationalDocument
from services.registry.repository import seen_by
from services.registry.rules import State, Visibility

# A name that thousands share proposes nothing: a person could not look at them.
MOST: Final = 20


async def same_papers(session: AsyncSession, person_id: UUID, indexes: Sequence[bytes]) -> Sequence[tuple[UUID, str]]:
    """Who has one of these numbers, and on which paper. Index scan on national_document_number."""
    found = select(col(NationalDocument.person_id), col(NationalDocument.kind)).where(
        col(NationalDocument.number_index).in_(indexes), col(NationalDocument.person_id) != person_id
    )
    return [(row[0], row[1]) for row in await session.execute(found.limit(MOST))]


async def same_addresses(session: AsyncSession, person_id: UUID, indexes: Sequence[bytes]) -> Sequence[UUID]:
    found = select(col(NationalContact.person_id)).where(
        col(NationalContact.address_index).in_(indexes),
        col(NationalContact.whose) == "own",
        col(NationalContact.person_id) != person_id,
    )
    return (await session.execute(found.limit(MOST))).scalars().all()


async def same_names(session: AsyncSession, person_id: UUID, keys: Sequence[bytes], years: range) -> Sequence[UUID]:
    """Index scan on national_name."""
    found = select(col(National.id)).where(
        col(National.name_key).in_(keys),
        col(National.birth_year).between(years.start, years.stop - 1),
        col(National.id) != person_id,
        col(National.state) != State.WITHDRAWN,
    )
    return (await session.execute(found.limit(MOST))).scalars().all()


async def names_of(session: AsyncSession, people: Sequence[UUID]) -> Sequence[tuple[UUID, bytes | None, int | None]]:
    rows = select(col(National.id), col(National.name_key), col(National.birth_year)).where(
        col(National.id).in_(people), col(National.state) != State.WITHDRAWN
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(rows)]


async def add(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await session.execute(insert(NationalMatch).on_conflict_do_nothing(), [dict(one) for one in rows])


Pair = tuple[NationalMatch, National, National]


async def list_open(session: AsyncSession, visible: Visibility, paging: Paging) -> Sequence[Pair]:
    """Newest first, of which the caller may see both records."""
    one, other = aliased(National), aliased(National)
    rows = (
        select(NationalMatch, one, other)
        .join(one, col(one.id) == col(NationalMatch.person_id))
        .join(other, col(other.id) == col(NationalMatch.other_id))
        .where(col(NationalMatch.decision).is_(None), seen_by(visible, one), seen_by(visible, other))
    )
    paged = paging.of(rows, col(NationalMatch.proposed_at), col(NationalMatch.id))
    return [(row[0], row[1], row[2]) for row in await session.execute(paged)]


async def find(session: AsyncSession, visible: Visibility, match_id: UUID) -> Pair | None:
    """All three rows locked. Only where the caller may see both records."""
    match = (await session.execute(select(NationalMatch).where(col(NationalMatch.id) == match_id).with_for_update())).scalar_one_or_none()
    if match is None:
        return None
    both = select(National).where(col(National.id).in_([match.person_id, match.other_id]), seen_by(visible)).order_by(col(National.id))
    found = {one.id: one for one in (await session.execute(both.with_for_update())).scalars()}
    if len(found) < len({match.person_id, match.other_id}):
        return None
    return match, found[match.person_id], found[match.other_id]
