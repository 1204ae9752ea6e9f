"""Statements of a family's request. It is found by what the family knows, not by what an officer may see."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.strangers import ADDRESS_WINDOW, RECORD_WINDOW, Failures
from services.crisis.cases.models import WingCase, WingRequestFailure


async def find(session: AsyncSession, reference: str) -> WingCase | None:
    mine = select(WingCase).where(col(WingCase.reference) == reference, col(WingCase.origin) == "family")
    return (await session.execute(mine)).scalar_one_or_none()


async def count_failures(session: AsyncSession, address: bytes, case_id: UUID | None, now: datetime) -> Failures:
    mine = and_(col(WingRequestFailure.address_index) == address, col(WingRequestFailure.at) > now - ADDRESS_WINDOW)
    here = col(WingRequestFailure.case_id) == case_id
    of_address = (await session.execute(select(func.count(), func.count().filter(here)).select_from(WingRequestFailure).where(mine))).one()
    at_record = await session.scalar(
        select(func.count()).select_from(WingRequestFailure).where(here, col(WingRequestFailure.at) > now - RECORD_WINDOW)
    )
    return Failures(of_address[0], of_address[1], at_record or 0)


async def sweep(session: AsyncSession, before: datetime) -> None:
    await session.execute(delete(WingRequestFailure).where(col(WingRequestFailure.at) < before))
