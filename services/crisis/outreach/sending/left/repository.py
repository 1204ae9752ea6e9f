"""Browsers that may take yet what another of the same person took: claimed again, dropped when they took it or it is over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.crisis.outreach.models import PushLeft
from services.crisis.outreach.sending.repository import Claimed


async def claim(session: AsyncSession, most: int, now: datetime, until: datetime) -> list[Claimed]:
    """What is due, after what is over was dropped: `contact` and `attempts` are those of what is left. Index scans on push_left_due."""
    await session.execute(DROP_OVER, {"now": now})
    rows = await session.execute(CLAIM_LEFT, {"most": most, "now": now, "until": until})
    return [Claimed(*row) for row in rows]


# What came later in a chain has the same topic: it is never replaced by what came before. Who answered has seen it.
DROP_OVER: Final = text("""
delete from push_left l using recipient r, alert a
where l.due <= :now and r.id = l.recipient_id and a.id = r.alert_id and (
    l.not_after <= :now
    or (r.purpose in ('warn', 'update', 'reminder') and (
        a.state <> 'standing' or exists (select 1 from checkin_current c where c.root = r.root and c.person = r.person)
    ))
    or exists (
        select 1 from recipient n
        where n.root = r.root and n.person = r.person and n.channel = r.channel and n.queued_at > r.queued_at
          and n.state not in ('suppressed', 'expired')
    )
)
""")
CLAIM_LEFT: Final = text("""
with due as (
    select recipient_id from push_left where due <= :now order by due limit :most for update skip locked
), claimed as (
    update push_left l set due = :until, attempts = l.attempts + 1 from due where l.recipient_id = due.recipient_id returning l.*
)
select r.id, r.is_drill, r.alert_id, r.root, r.kind, r.person, r.purpose, r.channel, r.language, r.country, c.contact, r.parts,
       c.attempts, r.level, r.rung, r.not_after
from claimed c join recipient r on r.id = c.recipient_id
""")


async def drop(session: AsyncSession, ids: Sequence[UUID]) -> None:
    await session.execute(delete(PushLeft).where(col(PushLeft.recipient_id).in_(ids)))


async def next_due(session: AsyncSession) -> datetime | None:
    return await session.scalar(select(func.min(col(PushLeft.due))))
