"""Statements of the board alone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.complaints.calls.models import PhoneCall


async def list_in_danger(session: AsyncSession) -> Sequence[PhoneCall]:
    """A caller who is not safe, and a call that is not finished."""
    rows = select(PhoneCall).where(
        col(PhoneCall.caller_safe).is_(False), col(PhoneCall.answered_at).is_not(None), col(PhoneCall.disposition).is_(None)
    )
    return (await session.execute(rows.order_by(col(PhoneCall.opened_at)).limit(100))).scalars().all()


async def count_withheld_missed(session: AsyncSession, since: datetime) -> int:
    rows = select(func.count()).select_from(PhoneCall)
    rows = rows.where(col(PhoneCall.state) == "abandoned", col(PhoneCall.number_index).is_(None), col(PhoneCall.opened_at) > since)
    return (await session.execute(rows)).scalar_one()


async def list_calls(session: AsyncSession, identities: Sequence[UUID]) -> Sequence[PhoneCall]:
    if not identities:
        return []
    return (await session.execute(select(PhoneCall).where(col(PhoneCall.id).in_(identities)))).scalars().all()
