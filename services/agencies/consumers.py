"""What the agencies service hears: complaints lodged, and what became of them, as evidence."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.complaints import ComplaintLodged
from kit.bus import Received, Subscription
from services.agencies.evidence.consumers import OUTCOMES, take_outcomes
from services.agencies.service import take_evidence


async def take(session: AsyncSession, events: Sequence[Received[Any]]) -> None:
    lodged = [one for one in events if isinstance(one.data, ComplaintLodged)]
    outcomes = [one for one in events if not isinstance(one.data, ComplaintLodged)]
    if lodged:
        await take_evidence(session, lodged)
    if outcomes:
        await take_outcomes(session, outcomes)


SUBSCRIPTIONS = (Subscription("agencies", "complaints", (ComplaintLodged, *OUTCOMES), take),)
