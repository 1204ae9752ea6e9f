"""Every SQL statement on reports and comments. An activity is meant by its pairs of edition and number."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.monitor.activities.models import Comment, Reminder, Report

Pairs = Collection[tuple[str, str]]


def _is(model: type[Report] | type[Comment], pairs: Pairs) -> ColumnElement[bool]:
    return tuple_(col(model.edition), col(model.activity)).in_(sorted(pairs))


async def add(session: AsyncSession, row: Any) -> None:
    session.add(row)
    await session.flush()


async def lock(session: AsyncSession, activity: str) -> None:
    """Two who report at once wait for one another: the second then sees what the first said."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"activity {activity}", 0))))


async def latest(session: AsyncSession) -> Sequence[Report]:
    """The last report on each activity of each edition: some hundred rows at most."""
    rows = (
        select(Report)
        .ext(distinct_on(col(Report.edition), col(Report.activity)))
        .order_by(col(Report.edition), col(Report.activity), col(Report.version).desc())
    )
    return (await session.execute(rows)).scalars().all()


async def last_version(session: AsyncSession, pairs: Pairs) -> int:
    found = await session.scalar(select(func.max(col(Report.version))).where(_is(Report, pairs)))
    return found or 0


async def has_report(session: AsyncSession, pairs: Pairs, version: int) -> bool:
    rows = select(func.count()).select_from(Report).where(_is(Report, pairs), col(Report.version) == version)
    return bool(await session.scalar(rows))


async def reports(session: AsyncSession, pairs: Pairs, paging: Paging) -> Sequence[Report]:
    rows = select(Report).where(_is(Report, pairs))
    return (await session.execute(paging.of(rows, col(Report.reported_at), col(Report.id)))).scalars().all()


async def comments(session: AsyncSession, pairs: Pairs, paging: Paging) -> Sequence[Comment]:
    rows = select(Comment).where(_is(Comment, pairs))
    return (await session.execute(paging.of(rows, col(Comment.written_at), col(Comment.id)))).scalars().all()


async def last_reminders(session: AsyncSession, edition: str) -> Mapping[tuple[str, date], Reminder]:
    """By activity and the day on which its report was due."""
    rows = (
        select(Reminder)
        .ext(distinct_on(col(Reminder.activity), col(Reminder.report_due)))
        .where(col(Reminder.edition) == edition)
        .order_by(col(Reminder.activity), col(Reminder.report_due), col(Reminder.number).desc())
    )
    return {(one.activity, one.report_due): one for one in (await session.execute(rows)).scalars()}
