"""Statements on referrals: the sender's by complaint, the receiver's by office or organization."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from kit.paging import Paging
from services.complaints.consents.models import Consent
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
    """What was taken back, and what the person's consent no longer covers, is nobody's."""
    to_me = or_(col(ReferralReceived.office).in_(offices), col(ReferralReceived.org).in_(orgs))
    return and_(to_me, col(ReferralReceived.status) != Standing.REVOKED, _is_covered())


def _is_covered() -> ColumnElement[bool]:
    """Asked at each reading: sharing stops with the withdrawal."""
    recipient = func.coalesce(col(Referral.to_office), col(Referral.to_org), col(Referral.to_kind))
    consented = select(col(Consent.id)).where(
        col(Consent.complaint_id) == col(Referral.complaint_id),
        col(Consent.purpose) == "referral",
        col(Consent.recipient) == recipient,
        col(Consent.withdrawn_at).is_(None),
    )
    sent = select(col(Referral.id)).where(col(Referral.id) == col(ReferralReceived.referral_id))
    return sent.where(or_(col(Referral.consent) == "not_needed", consented.exists())).exists()


async def add(session: AsyncSession, *rows: SQLModel) -> None:
    session.add_all(rows)
    await session.flush()
