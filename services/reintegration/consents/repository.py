"""Statements on photos of consents. The returnee was found within the caller's sight before any of them."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.reintegration.casework.models import Consent
from services.reintegration.consents.models import ConsentPhoto


async def list_photographed(session: AsyncSession, returnee_id: UUID) -> frozenset[UUID]:
    """The consents of a returnee of which there is a photo."""
    rows = select(col(ConsentPhoto.consent_id)).join(Consent, col(Consent.id) == col(ConsentPhoto.consent_id))
    return frozenset((await session.execute(rows.where(col(Consent.returnee_id) == returnee_id))).scalars())


async def find_photo(session: AsyncSession, returnee_id: UUID, consent_id: UUID) -> ConsentPhoto | None:
    rows = select(ConsentPhoto).join(Consent, col(Consent.id) == col(ConsentPhoto.consent_id))
    mine = rows.where(col(Consent.returnee_id) == returnee_id, col(Consent.id) == consent_id)
    return (await session.execute(mine)).scalar_one_or_none()
