"""Statements on photos of consents, each of a returnee within the caller's sight; the last two show nobody anything."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.reintegration.casework.models import Consent
from services.reintegration.consents.models import ConsentPhoto


async def list_photographed(session: AsyncSession, returnee_id: UUID) -> frozenset[UUID]:
    """The consents of a returnee of which a photo is kept."""
    rows = select(col(ConsentPhoto.consent_id)).join(Consent, col(Consent.id) == col(ConsentPhoto.consent_id))
    return frozenset(
        (await session.execute(rows.where(col(Consent.returnee_id) == returnee_id, col(ConsentPhoto.removed_at).is_(None)))).scalars()
    )


async def find_photo(session: AsyncSession, returnee_id: UUID, consent_id: UUID) -> ConsentPhoto | None:
    """Also one whose file is gone."""
    rows = select(ConsentPhoto).join(Consent, col(Consent.id) == col(ConsentPhoto.consent_id))
    mine = rows.where(col(Consent.returnee_id) == returnee_id, col(Consent.id) == consent_id)
    return (await session.execute(mine)).scalar_one_or_none()


async def forget_photos(session: AsyncSession, withdrawn_before: datetime, now: datetime) -> None:
    """Of consents that were withdrawn by then: no record names their files any more. That there was one, and of what, stays."""
    over = select(col(Consent.id)).where(col(Consent.withdrawn_at) < withdrawn_before)
    mine = (col(ConsentPhoto.removed_at).is_(None), col(ConsentPhoto.consent_id).in_(over))
    await session.execute(update(ConsentPhoto).where(*mine).values(removed_at=now))


async def named(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these files a record of this service names."""
    kept = (col(ConsentPhoto.removed_at).is_(None), col(ConsentPhoto.file_id).in_(ids))
    return set((await session.execute(select(col(ConsentPhoto.file_id)).where(*kept))).scalars())
