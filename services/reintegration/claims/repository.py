"""Statements on claims. Who sees the returnee sees them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.reintegration.claims.models import ClaimStep, EarningsClaim, LinkedComplaint
from services.reintegration.models import Returnee
from services.reintegration.repository import seen_by
from services.reintegration.rules import Visibility


async def list_of(session: AsyncSession, returnee_id: UUID) -> Sequence[EarningsClaim]:
    mine = select(EarningsClaim).where(col(EarningsClaim.returnee_id) == returnee_id)
    return (await session.execute(mine.order_by(col(EarningsClaim.opened_at).desc(), col(EarningsClaim.id)))).scalars().all()


async def lock(session: AsyncSession, claim_id: UUID, visible: Visibility) -> tuple[EarningsClaim, Returnee] | None:
    mine = select(EarningsClaim, Returnee).join(Returnee, col(Returnee.id) == col(EarningsClaim.returnee_id)).where(seen_by(visible))
    row = (await session.execute(mine.where(col(EarningsClaim.id) == claim_id).with_for_update(of=EarningsClaim))).one_or_none()
    return (row[0], row[1]) if row else None


async def list_steps(session: AsyncSession, claims: Sequence[UUID]) -> Sequence[ClaimStep]:
    rows = select(ClaimStep).where(col(ClaimStep.claim_id).in_(claims)).order_by(col(ClaimStep.noted_at), col(ClaimStep.id))
    return (await session.execute(rows)).scalars().all() if claims else []


async def link(session: AsyncSession, row: Mapping[str, Any]) -> None:
    """Idempotent."""
    await session.execute(insert(LinkedComplaint).values(dict(row)).on_conflict_do_nothing())


async def list_links(session: AsyncSession, returnee_id: UUID) -> list[tuple[str, datetime]]:
    mine = select(LinkedComplaint).where(col(LinkedComplaint.returnee_id) == returnee_id).order_by(col(LinkedComplaint.linked_at).desc())
    return [(one.complaint_reference, one.linked_at) for one in (await session.execute(mine)).scalars()]
