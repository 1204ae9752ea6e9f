"""Every SQL statement of the monitor."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.monitor.models import Fact, Tally


class DayCount(NamedTuple):
    event_type: str
    day: date
    facts: int
    last_at: datetime


async def add_facts(session: AsyncSession, facts: Sequence[Fact]) -> None:
    await session.execute(insert(Fact), [fact.model_dump() for fact in facts])


async def add_to_tallies(session: AsyncSession, counts: Sequence[DayCount]) -> None:
    """Locks the rows of (type, day), in that order, until the transaction ends."""
    statement = insert(Tally).values([count._asdict() for count in sorted(counts)])
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["event_type", "day"],
            set_={
                "facts": Tally.facts + statement.excluded.facts,
                "last_at": func.greatest(Tally.last_at, statement.excluded.last_at),
            },
        )
    )


async def list_tallies(session: AsyncSession) -> Sequence[DayCount]:
    rows = await session.execute(select(col(Tally.event_type), col(Tally.day), col(Tally.facts), col(Tally.last_at)))
    return [DayCount(*row) for row in rows]
