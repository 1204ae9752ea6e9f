"""Statements on transfers. The sender sees by the district that sent, the receiver by its own."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.reintegration.casework.models import Review
from services.reintegration.models import ReintegrationCase, Returnee
from services.reintegration.rules import Visibility
from services.reintegration.tasks.models import UrgentTask
from services.reintegration.transfers.models import TransferReceived, TransferSent


async def lock_sent(session: AsyncSession, transfer_id: UUID, visible: Visibility | None) -> TransferSent | None:
    """`visible` null is for timers and withdrawals: nobody is shown it."""
    mine = select(TransferSent).where(col(TransferSent.id) == transfer_id)
    if visible is not None:
        mine = mine.where(_of(TransferSent.from_district, visible))
    return (await session.execute(mine.with_for_update())).scalar_one_or_none()


async def lock_received(session: AsyncSession, transfer_id: UUID, visible: Visibility) -> tuple[TransferSent, TransferReceived] | None:
    ours = select(TransferSent, TransferReceived).join(TransferReceived, col(TransferReceived.id) == col(TransferSent.id))
    ours = ours.where(col(TransferSent.id) == transfer_id, _of(TransferReceived.to_district, visible))
    row = (await session.execute(ours.with_for_update(of=TransferSent))).one_or_none()
    return (row[0], row[1]) if row else None


async def get_received(session: AsyncSession, transfer_id: UUID) -> TransferReceived:
    return await session.get_one(TransferReceived, transfer_id)


async def list_sent(session: AsyncSession, visible: Visibility, paging: Paging) -> list[tuple[TransferSent, str]]:
    """With the reference of the case. Newest first."""
    mine = select(TransferSent, col(ReintegrationCase.reference)).join(
        ReintegrationCase, col(ReintegrationCase.id) == col(TransferSent.case_id)
    )
    rows = paging.of(mine.where(_of(TransferSent.from_district, visible)), col(TransferSent.sent_at), col(TransferSent.id))
    return [(row[0], row[1]) for row in await session.execute(rows)]


async def list_received(session: AsyncSession, visible: Visibility, paging: Paging) -> list[tuple[TransferReceived, Returnee | None]]:
    """With the person once the case was accepted. Newest first: a keyset scan of case_transfer_received_by."""
    ours = select(TransferReceived, Returnee).outerjoin(Returnee, col(Returnee.id) == col(TransferReceived.returnee_id))
    rows = paging.of(ours.where(_of(TransferReceived.to_district, visible)), col(TransferReceived.received_at), col(TransferReceived.id))
    return [(row[0], row[1]) for row in await session.execute(rows)]


async def list_open_of(session: AsyncSession, returnee_id: UUID) -> list[UUID]:
    mine = select(col(TransferSent.id)).where(col(TransferSent.returnee_id) == returnee_id, col(TransferSent.ended_at).is_(None))
    return list((await session.execute(mine)).scalars())


async def lock_returnee(session: AsyncSession, returnee_id: UUID) -> Returnee:
    """Past who may see it: for the office that accepts."""
    return await session.get_one(Returnee, returnee_id, with_for_update=True)


async def lock_case(session: AsyncSession, case_id: UUID) -> ReintegrationCase:
    return await session.get_one(ReintegrationCase, case_id, with_for_update=True)


async def move(session: AsyncSession, returnee_id: UUID, case_id: UUID, district: str) -> None:
    """What is still to be done goes along: reviews that were not held, urgent tasks that were not ended."""
    unheld = (col(Review.case_id) == case_id, col(Review.held_on).is_(None))
    await session.execute(update(Review).where(*unheld).values(district=district))
    undone = (col(UrgentTask.returnee_id) == returnee_id, col(UrgentTask.done_at).is_(None))
    await session.execute(update(UrgentTask).where(*undone).values(district=district))


def _of(column: Any, visible: Visibility) -> ColumnElement[bool]:
    if visible.restricted_everywhere or "*" in visible.districts:
        return true()
    return col(column).in_(visible.districts) if visible.districts else false()
