"""Every SQL statement about quotas and their use."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.partners.models import Client, Organisation
from services.partners.quotas.models import Handed, Use
from services.partners.quotas.rules import Taken
from services.partners.rules import ClientState, State


async def lock(session: AsyncSession, client_id: str, now: datetime) -> Handed:
    """Until the transaction ends nobody else is given of this client's quota."""
    fresh = Taken.none(now)
    values = {"client_id": client_id, "minute": fresh.minute, "in_minute": 0, "day": fresh.day, "in_day": 0}
    await session.execute(insert(Handed).values(values).on_conflict_do_nothing())
    return (await session.execute(select(Handed).where(col(Handed.client_id) == client_id).with_for_update())).scalar_one()


async def find(session: AsyncSession, client_id: str) -> Handed | None:
    return (await session.execute(select(Handed).where(col(Handed.client_id) == client_id))).scalar_one_or_none()


async def count(session: AsyncSession, client_id: str, hour: datetime, counts: dict[str, int]) -> None:
    added = insert(Use).values({"client_id": client_id, "hour": hour, **counts})
    sums = {name: col(getattr(Use, name)) + getattr(added.excluded, name) for name in counts}
    await session.execute(added.on_conflict_do_update(index_elements=["client_id", "hour"], set_=sums))


async def uses(session: AsyncSession, client_id: str, since: datetime) -> Sequence[Use]:
    rows = select(Use).where(col(Use.client_id) == client_id, col(Use.hour) >= since)
    return (await session.execute(rows.order_by(col(Use.hour).desc()))).scalars().all()


async def origins(session: AsyncSession) -> Sequence[str]:
    named = select(func.unnest(col(Client.origins))).join(Organisation, col(Client.organisation_id) == col(Organisation.id))
    ours = named.where(col(Client.state) == ClientState.ACTIVE, col(Organisation.state) == State.VERIFIED)
    return (await session.execute(ours.distinct())).scalars().all()
