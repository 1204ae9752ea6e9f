"""Statements on providers and referrals. The sender sees by the returnee, the receiver by its own code alone."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.reintegration.casework.models import Consent
from services.reintegration.models import Returnee
from services.reintegration.referrals.models import HelpProvider, ReferralReceived, ReferralSent, ReferralWord
from services.reintegration.referrals.rules import PURPOSE
from services.reintegration.repository import seen_by
from services.reintegration.rules import Visibility


async def find_provider(session: AsyncSession, provider_id: UUID, *, lock: bool = False) -> HelpProvider | None:
    statement = select(HelpProvider).where(col(HelpProvider.id) == provider_id)
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()


async def list_providers(
    session: AsyncSession, paging: Paging, *, district: str | None, code: str | None, open_on: date | None, name: str | None = None
) -> Sequence[HelpProvider]:
    """Those of the district and those of the whole country."""
    rows = select(HelpProvider)
    if district is not None:
        rows = rows.where(or_(col(HelpProvider.district) == district, col(HelpProvider.district).is_(None)))
    if code is not None:
        rows = rows.where(col(HelpProvider.helps).contains([code]))
    if name is not None:
        rows = rows.where(or_(*(one.icontains(name, autoescape=True) for one in (col(HelpProvider.name_en), col(HelpProvider.name_bn)))))
    if open_on is not None:
        not_closed = or_(col(HelpProvider.closed_from).is_(None), col(HelpProvider.closed_from) > open_on)
        rows = rows.where(col(HelpProvider.open_from) <= open_on, not_closed)
    return (await session.execute(paging.of(rows, col(HelpProvider.added_at), col(HelpProvider.id)))).scalars().all()


async def list_of(session: AsyncSession, returnee_id: UUID) -> list[tuple[ReferralSent, HelpProvider]]:
    mine = _sent().where(col(ReferralSent.returnee_id) == returnee_id)
    return [(row[0], row[1]) for row in await session.execute(mine.order_by(col(ReferralSent.sent_at).desc(), col(ReferralSent.id)))]


async def list_words(session: AsyncSession, referral_ids: Sequence[UUID]) -> Sequence[ReferralWord]:
    """In the order in which they were told."""
    said = select(ReferralWord).where(col(ReferralWord.referral_id).in_(referral_ids))
    return (await session.execute(said.order_by(col(ReferralWord.written_at)))).scalars().all()


async def find_sent(session: AsyncSession, referral_id: UUID, visible: Visibility) -> tuple[ReferralSent, HelpProvider, Returnee] | None:
    """Within the sender's sight, with whose it is."""
    rows = select(ReferralSent, HelpProvider, Returnee).join(HelpProvider, col(ReferralSent.provider_id) == col(HelpProvider.id))
    rows = rows.join(Returnee, col(ReferralSent.returnee_id) == col(Returnee.id))
    row = (await session.execute(rows.where(col(ReferralSent.id) == referral_id, seen_by(visible)))).one_or_none()
    return (row[0], row[1], row[2]) if row else None


async def lock_sent(session: AsyncSession, referral_id: UUID, visible: Visibility) -> tuple[ReferralSent, HelpProvider] | None:
    mine = _sent().join(Returnee, col(ReferralSent.returnee_id) == col(Returnee.id)).where(seen_by(visible))
    return await _one(session, mine.where(col(ReferralSent.id) == referral_id))


async def lock_received(session: AsyncSession, referral_id: UUID, orgs: frozenset[str]) -> tuple[ReferralSent, HelpProvider] | None:
    """As the receiver: the row of its own that is needed to find it names its code."""
    ours = _sent().join(ReferralReceived, col(ReferralReceived.id) == col(ReferralSent.id)).where(col(ReferralReceived.org).in_(orgs))
    return await _one(session, ours.where(col(ReferralSent.id) == referral_id))


async def lock_any(session: AsyncSession, referral_id: UUID) -> tuple[ReferralSent, HelpProvider] | None:
    """For timers and withdrawals: nobody is shown it."""
    return await _one(session, _sent().where(col(ReferralSent.id) == referral_id))


async def find_received(session: AsyncSession, referral_id: UUID) -> ReferralReceived | None:
    return (await session.execute(select(ReferralReceived).where(col(ReferralReceived.id) == referral_id))).scalar_one_or_none()


async def list_received(session: AsyncSession, orgs: frozenset[str], paging: Paging) -> list[tuple[ReferralReceived, ReferralSent]]:
    """Newest first: a keyset scan of help_referral_received_by."""
    rows = paging.of(_received_by(orgs), col(ReferralReceived.received_at), col(ReferralReceived.id))
    return [(row[0], row[1]) for row in await session.execute(rows)]


async def list_consented(session: AsyncSession, referrals: Collection[UUID]) -> frozenset[UUID]:
    """Those whose returnee consents at this moment to their receiver: sharing stops with the withdrawal."""
    in_force = exists().where(
        col(Consent.returnee_id) == col(ReferralSent.returnee_id),
        col(Consent.purpose) == PURPOSE,
        col(Consent.recipient) == col(ReferralReceived.org),
        col(Consent.granted).is_(True),
        col(Consent.withdrawn_at).is_(None),
    )
    rows = select(col(ReferralReceived.id)).join(ReferralSent, col(ReferralReceived.id) == col(ReferralSent.id))
    return frozenset((await session.execute(rows.where(col(ReferralReceived.id).in_(referrals), in_force))).scalars())


async def find_received_by(session: AsyncSession, referral_id: UUID, orgs: frozenset[str]) -> tuple[ReferralReceived, ReferralSent] | None:
    row = (await session.execute(_received_by(orgs).where(col(ReferralReceived.id) == referral_id))).one_or_none()
    return (row[0], row[1]) if row else None


def _received_by(orgs: frozenset[str]) -> Select[ReferralReceived, ReferralSent]:
    ours = select(ReferralReceived, ReferralSent).join(ReferralSent, col(ReferralReceived.id) == col(ReferralSent.id))
    return ours.where(col(ReferralReceived.org).in_(orgs))


async def list_to(session: AsyncSession, returnee_id: UUID, recipient: str) -> list[UUID]:
    """All referrals of a returnee to one body, oldest first."""
    return list((await session.execute(_to(returnee_id, recipient).order_by(col(ReferralSent.sent_at), col(ReferralSent.id)))).scalars())


async def list_open_to(session: AsyncSession, returnee_id: UUID, recipient: str) -> list[UUID]:
    """Those that are still under way."""
    return list((await session.execute(_to(returnee_id, recipient).where(col(ReferralSent.ended_at).is_(None)))).scalars())


def _to(returnee_id: UUID, recipient: str) -> Select[UUID]:
    """To a body as a consent names it: by its code, or its kind without an account."""
    named = func.coalesce(col(HelpProvider.org), func.replace(col(HelpProvider.kind), "_", "-"))
    rows = select(col(ReferralSent.id)).join(HelpProvider, col(ReferralSent.provider_id) == col(HelpProvider.id))
    return rows.where(col(ReferralSent.returnee_id) == returnee_id, named == recipient)


def _sent() -> Any:
    return select(ReferralSent, HelpProvider).join(HelpProvider, col(ReferralSent.provider_id) == col(HelpProvider.id))


async def _one(session: AsyncSession, statement: Any) -> tuple[ReferralSent, HelpProvider] | None:
    row = (await session.execute(statement.with_for_update(of=ReferralSent))).one_or_none()
    return (row[0], row[1]) if row else None
