"""Wrong attempts, short-lived; and what is left of somebody who asked to be forgotten."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.strangers import ADDRESS_WINDOW, FORGOTTEN_AFTER, RECORD_WINDOW, Failures
from services.registry.models import NationalContact, NationalDocument, NationalPlace
from services.registry.own.models import OwnFailure
from services.registry.push.models import NationalPush
from services.registry.returns.models import NationalReturn


async def count_failures(session: AsyncSession, address: bytes, person_id: UUID | None, now: datetime) -> Failures:
    """Index scans on own_failure_from and own_failure_of: both are short, old rows are swept."""
    mine = and_(col(OwnFailure.address_index) == address, col(OwnFailure.at) > now - ADDRESS_WINDOW)
    here = col(OwnFailure.person_id) == person_id
    of_address = (await session.execute(select(func.count(), func.count().filter(here)).select_from(OwnFailure).where(mine))).one()
    at_record = await session.scalar(select(func.count()).select_from(OwnFailure).where(here, col(OwnFailure.at) > now - RECORD_WINDOW))
    return Failures(of_address[0], of_address[1], at_record or 0)


async def add_failure(session: AsyncSession, failure: OwnFailure) -> None:
    await session.execute(delete(OwnFailure).where(col(OwnFailure.at) < failure.at - FORGOTTEN_AFTER))
    session.add(failure)


async def forget_belongings(session: AsyncSession, person_id: UUID) -> None:
    for table in (NationalPlace, NationalContact, NationalDocument, NationalReturn, NationalPush):
        await session.execute(delete(table).where(col(table.person_id) == person_id))
