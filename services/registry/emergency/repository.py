"""Statements of openings, and what is forgotten when one ends."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.registry.emergency.models import EmergencyOpening
from services.registry.exposure.models import Exposure
from services.registry.models import National, NationalDocument, NationalPlace
from services.registry.rules import Flag, State


async def lock(session: AsyncSession, incident: UUID) -> EmergencyOpening | None:
    found = select(EmergencyOpening).where(col(EmergencyOpening.incident) == incident).with_for_update()
    return (await session.execute(found)).scalar_one_or_none()


async def list_open(session: AsyncSession, now: datetime) -> Sequence[EmergencyOpening]:
    """Index scan on emergency_opening_open."""
    openings = select(EmergencyOpening).where(col(EmergencyOpening.closed_at).is_(None), col(EmergencyOpening.until) > now)
    return (await session.execute(openings)).scalars().all()


async def forget(session: AsyncSession, incident: UUID) -> None:
    """Places of its check-ins and papers that were asked in it. What a person said before stands again as current."""
    gone = delete(NationalPlace).where(col(NationalPlace.incident) == incident).returning(col(NationalPlace.person_id))
    people = set((await session.execute(gone)).scalars())
    await session.execute(delete(NationalDocument).where(col(NationalDocument.incident) == incident))
    if people:
        later = NationalPlace.__table__.alias("later")  # type: ignore[attr-defined]  # SQLModel does not type it
        newer = select(later.c.person_id).where(
            later.c.person_id == col(NationalPlace.person_id),
            later.c.kind == col(NationalPlace.kind),
            later.c.observed_at > col(NationalPlace.observed_at),
        )
        again = update(NationalPlace).where(col(NationalPlace.person_id).in_(people), ~newer.exists())
        await session.execute(again.values(is_current=True))


async def list_people(
    session: AsyncSession, countries: frozenset[str], *, only_drill: bool, flag: Flag | None, paging: Paging
) -> Sequence[National]:
    """Who is abroad in these countries, newest registration first: a keyset scan of national_country."""
    rows = select(National).where(
        col(National.country).in_(countries), col(National.state) == State.ABROAD, col(National.same_as).is_(None)
    )
    if only_drill:
        rows = rows.where(col(National.drill_member))
    if flag is not None:
        rows = rows.where(col(National.flags).op("&")(int(flag)) > 0)
    return (await session.execute(paging.of(rows, col(National.registered_at), col(National.id)))).scalars().all()


async def find_exposure(session: AsyncSession, exposure_id: UUID) -> Exposure | None:
    return (await session.execute(select(Exposure).where(col(Exposure.id) == exposure_id))).scalar_one_or_none()
