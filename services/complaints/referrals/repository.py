"""Statements on referrals: the sender's by complaint, the receiver's by office or organization."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from kit.paging import Paging
from services.complaints.referrals.models import Referral, ReferralReceived
from services.complaints.referrals.rules import Standing


async def of_complaint(session: AsyncSession, complaint_id: UUID) -> Sequence[Referral]:
    mine = select(Referral).where(col(Referral.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(col(Referral.sent_at)))).scalars().all()


async def received_of(session: AsyncSession, referral_id: UUID, *, lock: bool = False) -> ReferralReceived | None:
    wanted = select(ReferralReceived).where(col(ReferralReceived.referral_id) == referral_id)
    return (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()


async def list_received(session: AsyncSession, offices: frozenset[str], orgs: frozenset[str], paging: Paging) -> Sequence[ReferralReceived]:
    """Newest first: a scan of referral_received_newest. What was taken back is not in it."""
    wanted = select(ReferralReceived).where(_mine(offices, orgs))
    return (await session.execute(paging.of(wanted, col(ReferralReceived.received_at), col(ReferralReceived.id)))).scalars().all()


async def find_received(
    session: AsyncSession, received_id: UUID, offices: frozenset[str], orgs: frozenset[str], *, lock: bool = False
) -> ReferralReceived | None:
    wanted = select(ReferralReceived).where(col(ReferralReceived.id) == received_id, _mine(offices, orgs))
    return (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()


def _mine(offices: frozenset[str], orgs: frozenset[str]) -> ColumnElement[bool]:
    to_me = or_(col(ReferralReceived.office).in_(offices), col(ReferralReceived.org).in_(orgs))
    return to_me & (col(ReferralReceived.status) != Standing.REVOKED)


async def add(session: AsyncSession, *rows: SQLModel) -> None:
    session.add_all(rows)
    await session.flush()
