"""Statements on keys and proposals."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, bindparam, column, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from kit.paging import Paging
from services.reintegration.matching.models import MatchProposal
from services.reintegration.models import Returnee
from services.reintegration.repository import seen_by
from services.reintegration.rules import Visibility

MOST: Final = 40


_ADD_KEYS: Final = text(
    "insert into returnee_key (returnee_id, kind, value) select :returnee_id, kind, value"
    " from unnest(cast(:kinds as text[]), cast(:values as bytea[])) given (kind, value) on conflict do nothing"
).bindparams(bindparam("returnee_id", type_=Uuid))
# One probe of returnee_key_pkey for each key, then returnee_pkey for each record that shares one. Who shares a paper is never cut off.
_CANDIDATES: Final = text(
    """
    select r.*, shared.kinds as shared_kinds
    from (
        select k.returnee_id, array_agg(k.kind) as kinds
        from unnest(cast(:kinds as text[]), cast(:values as bytea[])) given (kind, value)
        join returnee_key k on k.kind = given.kind and k.value = given.value
        where k.returnee_id <> :returnee_id
        group by k.returnee_id
    ) shared join returnee r on r.id = shared.returnee_id
    order by shared.kinds && cast(:papers as text[]) desc, r.registered_at desc
    limit :most
    """
).bindparams(bindparam("returnee_id", type_=Uuid))


async def add_keys(session: AsyncSession, returnee_id: UUID, keys: Sequence[tuple[str, bytes]]) -> None:
    if keys:
        await session.execute(_ADD_KEYS, {"returnee_id": returnee_id, **_arrays(keys)})


async def list_candidates(
    session: AsyncSession, returnee_id: UUID, keys: Sequence[tuple[str, bytes]], papers: Collection[str]
) -> list[tuple[Returnee, list[str]]]:
    """Records that share one of the keys, with the kinds that they share: first those with a paper in common, then the latest."""
    if not keys:
        return []
    values = {"returnee_id": returnee_id, "papers": list(papers), "most": MOST, **_arrays(keys)}
    rows = select(Returnee, column("shared_kinds", ARRAY(Text))).from_statement(_CANDIDATES)
    return [(row[0], row[1]) for row in await session.execute(rows, values)]


def _arrays(keys: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    return {"kinds": [kind for kind, _ in keys], "values": [value for _, value in keys]}


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
