"""Statements on hand-overs of duty. The open ones are few: they are read whole."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.crisis.handover.models import DutyHandover
from services.crisis.warnings.models import Alert, AlertCountry

LOCK: Final = "duty"
MOST_SHOWN: Final = 50


async def one_at_a_time(session: AsyncSession) -> None:
    """So that two hand-overs at once do not close a circle together."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(LOCK))))


async def open_of(session: AsyncSession) -> dict[str, DutyHandover]:
    rows = await session.execute(select(DutyHandover).where(col(DutyHandover.ended_at).is_(None)))
    return {row.mission: row for row in rows.scalars()}


async def chains(session: AsyncSession) -> dict[str, str]:
    """Mission → the one that its duty went to, one step of the way."""
    return {mission: row.to_mission for mission, row in (await open_of(session)).items()}


async def standing_alerts(session: AsyncSession, mission: str) -> Sequence[UUID]:
    """Warnings in force of a mission: whose duty it is stands beside each."""
    rows = (
        select(col(Alert.id))
        .join(AlertCountry, col(AlertCountry.alert_id) == col(Alert.id))
        .where(col(AlertCountry.mission) == mission, col(Alert.state) == "standing")
        .where(or_(col(Alert.expires).is_(None), col(Alert.expires) > func.now()))
    )
    return sorted(set((await session.execute(rows)).scalars()))


async def add(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """Whether it was added: a mission has one open hand-over."""
    statement = insert(DutyHandover).values(dict(values)).on_conflict_do_nothing().returning(col(DutyHandover.id))
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def past(session: AsyncSession) -> Sequence[DutyHandover]:
    """The last that ended, newest first."""
    ended = select(DutyHandover).where(col(DutyHandover.ended_at).is_not(None)).order_by(col(DutyHandover.ended_at).desc())
    return (await session.execute(ended.limit(MOST_SHOWN))).scalars().all()
