"""Statements on shifts and hand-overs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from contracts.text import Text
from kit.errors import ConflictError
from services.complaints.calls.shifts.models import Handover, Shift


class NotOnShiftError(ConflictError):
    slug = "not-on-shift"
    title = Text("Begin your shift first.", "আগে আপনার শিফট শুরু করুন।")


async def find_open(session: AsyncSession, agent: str, *, lock: bool = False) -> Shift | None:
    """Index scan on shift_open_of_agent."""
    mine = select(Shift).where(col(Shift.agent) == agent, col(Shift.ended_at).is_(None))
    return (await session.execute(mine.with_for_update() if lock else mine)).scalar_one_or_none()


async def need_open(session: AsyncSession, agent: str) -> Shift:
    """Locked for reading: whoever ends the shift at the same moment waits, and then hands over what was just taken.

    Raises `NotOnShiftError`.
    """
    mine = select(Shift).where(col(Shift.agent) == agent, col(Shift.ended_at).is_(None))
    shift = (await session.execute(mine.with_for_update(read=True))).scalar_one_or_none()
    if shift is None:
        raise NotOnShiftError
    return shift


async def of_extension(session: AsyncSession, extension: str) -> Shift | None:
    mine = select(Shift).where(col(Shift.extension) == extension, col(Shift.ended_at).is_(None))
    return (await session.execute(mine.with_for_update(read=True))).scalar_one_or_none()


async def find(session: AsyncSession, identity: UUID, *, lock: bool = False) -> Shift | None:
    statement = select(Shift).where(col(Shift.id) == identity)
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()


async def list_open(session: AsyncSession) -> Sequence[Shift]:
    rows = select(Shift).where(col(Shift.ended_at).is_(None)).order_by(col(Shift.began_at), col(Shift.id))
    return (await session.execute(rows)).scalars().all()


async def names_of(session: AsyncSession, shifts: Sequence[UUID]) -> dict[UUID, str]:
    if not shifts:
        return {}
    rows = await session.execute(select(col(Shift.id), col(Shift.name)).where(col(Shift.id).in_(shifts)))
    return {row[0]: row[1] for row in rows.all()}


async def somebody_serves_women(session: AsyncSession) -> bool:
    there = select(col(Shift.id)).where(col(Shift.ended_at).is_(None), col(Shift.serves_women)).limit(1)
    return (await session.execute(there)).scalar_one_or_none() is not None


async def list_waiting(session: AsyncSession) -> Sequence[Handover]:
    """What nobody has accepted, longest first: index scan on handover_open."""
    rows = select(Handover).where(col(Handover.state).in_(("offered", "at_seat"))).order_by(col(Handover.given_at), col(Handover.id))
    return (await session.execute(rows.limit(200))).scalars().all()


async def find_handover(session: AsyncSession, identity: UUID) -> Handover | None:
    """Locked."""
    return (await session.execute(select(Handover).where(col(Handover.id) == identity).with_for_update())).scalar_one_or_none()


async def to_seat(session: AsyncSession, shift: UUID) -> None:
    await session.execute(update(Handover).where(col(Handover.shift_id) == shift, col(Handover.state) == "offered").values(state="at_seat"))


async def settle(session: AsyncSession, kind: str, record: UUID) -> None:
    """The thing itself is done or in another's hand: nobody need accept it any more."""
    await session.execute(
        update(Handover)
        .where(col(Handover.kind) == kind, col(Handover.record) == record, col(Handover.state).in_(("offered", "at_seat")))
        .values(state="settled")
    )


async def oldest_open_until(session: AsyncSession, now: datetime) -> Sequence[Shift]:
    """Open shifts whose time is over: what the timer should have ended."""
    rows = select(Shift).where(col(Shift.ended_at).is_(None), col(Shift.ends_at) < now)
    return (await session.execute(rows)).scalars().all()
