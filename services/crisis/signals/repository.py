"""The SQL of signals. Each read for a caller takes a `Sight`."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.crisis.signals.models import ComplaintSeen, Signal
from services.crisis.signals.rules import Counts, Series, State
from services.crisis.warnings.rules import Sight

LOCK = "signals"


async def add_seen(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    await session.execute(insert(ComplaintSeen).values(rows).on_conflict_do_nothing())


async def forget(session: AsyncSession, complaints: Collection[UUID]) -> None:
    await session.execute(delete(ComplaintSeen).where(col(ComplaintSeen.complaint_id).in_(complaints)))


async def forget_before(session: AsyncSession, day: date) -> None:
    await session.execute(delete(ComplaintSeen).where(col(ComplaintSeen.day) < day))


async def one_at_a_time(session: AsyncSession) -> None:
    """Runs wait for one another until the end of the transaction: each draft is drafted once."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(LOCK))))


async def count_days(session: AsyncSession, since: date, until: date) -> Counts:
    """A range of complaint_seen_day, by index alone."""
    key = (col(ComplaintSeen.country), col(ComplaintSeen.category), col(ComplaintSeen.day))
    rows = await session.execute(select(*key, func.count()).where(key[2].between(since, until)).group_by(*key))
    found: dict[Series, dict[date, int]] = defaultdict(dict)
    for country, category, day, count in rows:
        found[Series(country, category)][day] = count
    return found


async def list_counted(session: AsyncSession, series: Series, since: date, until: date) -> Sequence[UUID]:
    of_series = (col(ComplaintSeen.country) == series.country, col(ComplaintSeen.category) == series.category)
    rows = select(col(ComplaintSeen.complaint_id)).where(*of_series, col(ComplaintSeen.day).between(since, until))
    return (await session.execute(rows.order_by(col(ComplaintSeen.complaint_id)))).scalars().all()


async def find_draft(session: AsyncSession, series: Series) -> Signal | None:
    rows = select(Signal).where(*_is_of(series), col(Signal.state) == State.DRAFT.value).with_for_update()
    return (await session.execute(rows)).scalar_one_or_none()


async def find_last_answered(session: AsyncSession, series: Series) -> Signal | None:
    rows = select(Signal).where(*_is_of(series), col(Signal.state) != State.DRAFT.value)
    return (await session.execute(rows.order_by(col(Signal.answered_at).desc()).limit(1))).scalar_one_or_none()


async def add(session: AsyncSession, signal: Signal) -> None:
    session.add(signal)
    await session.flush()


async def find(session: AsyncSession, identity: UUID, sight: Sight, *, locked: bool = False) -> Signal | None:
    rows = select(Signal).where(col(Signal.id) == identity, seen_by(sight))
    return (await session.execute(rows.with_for_update() if locked else rows)).scalar_one_or_none()


async def list_signals(session: AsyncSession, sight: Sight, paging: Paging, *, waiting: bool) -> Sequence[Signal]:
    """Newest first: a keyset scan of signal_newest. One row more than asked."""
    rows = select(Signal).where(seen_by(sight))
    if waiting:
        rows = rows.where(col(Signal.state) == State.DRAFT.value)
    return (await session.execute(paging.of(rows, col(Signal.made_at), col(Signal.id)))).scalars().all()


def seen_by(sight: Sight) -> ColumnElement[bool]:
    return true() if sight.everything else col(Signal.country).in_(sorted(sight.countries))


def _is_of(series: Series) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(Signal.country) == series.country, col(Signal.category) == series.category
