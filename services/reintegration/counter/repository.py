"""Statements on tickets and on what was told. All of one counter and one day: index scans on (district, day)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.reintegration.counter.models import CounterTicket, CounterTold
from services.reintegration.models import ReintegrationCase, Returnee
from services.reintegration.referrals.models import ReferralSent
from services.reintegration.referrals.rules import State
from services.reintegration.repository import seen_by
from services.reintegration.rules import Visibility

MOST_WAITING: Final = 50


async def next_number(session: AsyncSession, district: str, day: date) -> int:
    """Two who take a number at once get two: held until the end of the transaction."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"counter:{district}:{day}", 0))))
    last = select(func.max(col(CounterTicket.number))).where(col(CounterTicket.district) == district, col(CounterTicket.day) == day)
    return int(await session.scalar(last) or 0) + 1


async def lock_ticket(session: AsyncSession, ticket_id: UUID) -> CounterTicket | None:
    return (await session.execute(select(CounterTicket).where(col(CounterTicket.id) == ticket_id).with_for_update())).scalar_one_or_none()


async def list_tickets(session: AsyncSession, district: str, day: date) -> Sequence[CounterTicket]:
    rows = select(CounterTicket).where(col(CounterTicket.district) == district, col(CounterTicket.day) == day)
    return (await session.execute(rows.order_by(col(CounterTicket.number)))).scalars().all()


async def count_told(session: AsyncSession, district: str, day: date) -> dict[str, int]:
    rows = select(col(CounterTold.topic), func.count()).where(col(CounterTold.district) == district, col(CounterTold.day) == day)
    return {row[0]: row[1] for row in await session.execute(rows.group_by(col(CounterTold.topic)))}


async def list_waiting(session: AsyncSession, visible: Visibility) -> list[tuple[str, Returnee, datetime, str]]:
    """(kind, who, since, by whom), the longest first, at most `MOST_WAITING` + 1: referrals delivered, closings proposed."""
    of: Any = col(Returnee.id).label("returnee_id")
    delivered = (
        select(literal("confirm").label("kind"), of, col(ReferralSent.delivered_at).label("since"), col(ReferralSent.sent_by).label("by"))
        .join(ReferralSent, col(ReferralSent.returnee_id) == col(Returnee.id))
        .where(col(ReferralSent.state) == State.DELIVERED, seen_by(visible))
    )
    since: Any = col(ReintegrationCase.closing_proposed_at).label("since")
    by: Any = col(ReintegrationCase.closing_proposed_by).label("by")
    proposed = (
        select(literal("closing").label("kind"), of, since, by)
        .join(ReintegrationCase, col(ReintegrationCase.returnee_id) == col(Returnee.id))
        .where(col(ReintegrationCase.closed_at).is_(None), by.is_not(None), seen_by(visible))
    )
    both = union_all(delivered, proposed).subquery()
    rows = select(both.c.kind, Returnee, both.c.since, both.c.by).join(Returnee, col(Returnee.id) == both.c.returnee_id)
    found = await session.execute(rows.order_by(both.c.since, both.c.returnee_id).limit(MOST_WAITING + 1))
    return [(row[0], row[1], row[2], row[3]) for row in found]
