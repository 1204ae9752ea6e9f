"""Statements on keys and proposals."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from kit.paging import Paging
from services.reintegration.matching.models import MatchProposal, ReturneeKey
from services.reintegration.models import Returnee
from services.reintegration.repository import seen_by
from services.reintegration.rules import Visibility

MOST: Final = 40


async def add_keys(session: AsyncSession, returnee_id: UUID, keys: Sequence[tuple[str, bytes]]) -> None:
    if keys:
        rows = [{"returnee_id": returnee_id, "kind": kind, "value": value} for kind, value in keys]
        await session.execute(insert(ReturneeKey).values(rows).on_conflict_do_nothing())


async def list_candidates(session: AsyncSession, returnee_id: UUID, keys: Sequence[tuple[str, bytes]]) -> Sequence[Returnee]:
    """Records that share one of the keys, the latest first, at most `MOST`: one probe of the primary key for each.

    Nested Loop: Index Only Scan on returnee_key_pkey for each (kind, value), then returnee_pkey.
    """
    if not keys:
        return []
    sharing = select(col(ReturneeKey.returnee_id)).where(tuple_(col(ReturneeKey.kind), col(ReturneeKey.value)).in_(keys)).distinct()
    others = select(Returnee).where(col(Returnee.id).in_(sharing), col(Returnee.id) != returnee_id)
    return (await session.execute(others.order_by(col(Returnee.registered_at).desc()).limit(MOST))).scalars().all()


async def shared_papers(session: AsyncSession, returnees: Sequence[UUID], keys: Sequence[tuple[str, bytes]]) -> set[tuple[UUID, str]]:
    """(record, kind) for each key that one of `returnees` shares."""
    if not keys or not returnees:
        return set()
    rows = select(col(ReturneeKey.returnee_id), col(ReturneeKey.kind)).where(
        col(ReturneeKey.returnee_id).in_(returnees), tuple_(col(ReturneeKey.kind), col(ReturneeKey.value)).in_(keys)
    )
    return {(row[0], row[1]) for row in await session.execute(rows)}


async def add_proposals(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await session.execute(insert(MatchProposal).values([dict(one) for one in rows]).on_conflict_do_nothing())


async def list_open(session: AsyncSession, visible: Visibility, paging: Paging) -> Sequence[MatchProposal]:
    """Undecided ones of which the caller sees both records. Oldest first, so that none waits for ever: scans match_proposal_open."""
    undecided = _both_seen(visible).where(col(MatchProposal.decision).is_(None))
    rows = paging.of(undecided, col(MatchProposal.proposed_at), col(MatchProposal.id), newest_first=False)
    return (await session.execute(rows)).scalars().all()


async def list_of(session: AsyncSession, returnee_id: UUID, visible: Visibility) -> Sequence[MatchProposal]:
    concerns: ColumnElement[bool] = or_(col(MatchProposal.returnee_id) == returnee_id, col(MatchProposal.other_id) == returnee_id)
    rows = _both_seen(visible).where(concerns).order_by(col(MatchProposal.proposed_at).desc(), col(MatchProposal.id))
    return (await session.execute(rows)).scalars().all()


async def lock(session: AsyncSession, proposal_id: UUID, visible: Visibility) -> MatchProposal | None:
    found = await session.execute(_both_seen(visible).where(col(MatchProposal.id) == proposal_id).with_for_update(of=MatchProposal))
    return found.scalar_one_or_none()


async def set_same(session: AsyncSession, returnee_id: UUID, earlier: UUID | None) -> None:
    statement = update(Returnee).where(col(Returnee.id) == returnee_id).values(same_as=earlier, version=col(Returnee.version) + 1)
    await session.execute(statement)


def _both_seen(visible: Visibility) -> Any:
    earlier = aliased(Returnee)
    return (
        select(MatchProposal)
        .join(Returnee, col(MatchProposal.returnee_id) == col(Returnee.id))
        .join(earlier, col(MatchProposal.other_id) == earlier.id)
        .where(seen_by(visible), seen_by(visible, earlier))
    )
