"""Statements about updates that files propose."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.registry.models import National
from services.registry.repository import seen_by
from services.registry.rules import Visibility
from services.registry.updates.models import UpdateProposal

Proposed = tuple[UpdateProposal, National]


async def list_open(session: AsyncSession, visible: Visibility, paging: Paging) -> Sequence[Proposed]:
    """Whoever waits longest comes first. Index scan on national_update_open."""
    rows = select(UpdateProposal, National).join(National, col(National.id) == col(UpdateProposal.person_id))
    seen = rows.where(col(UpdateProposal.decision).is_(None), seen_by(visible))
    paged = paging.of(seen, col(UpdateProposal.proposed_at), col(UpdateProposal.id), newest_first=False)
    return [(row[0], row[1]) for row in await session.execute(paged)]


async def find(session: AsyncSession, visible: Visibility, identity: UUID) -> Proposed | None:
    """Both rows locked. Only of somebody whom the caller may see."""
    rows = select(UpdateProposal, National).join(National, col(National.id) == col(UpdateProposal.person_id))
    row = (await session.execute(rows.where(col(UpdateProposal.id) == identity, seen_by(visible)).with_for_update())).one_or_none()
    return None if row is None else (row[0], row[1])
