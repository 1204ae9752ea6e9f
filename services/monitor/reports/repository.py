"""Every SQL statement of reports."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.monitor.evidence.rules import Dimension, Group
from services.monitor.reports.models import Report
from services.monitor.reports.rules import Counts, State

# Index fact_kind_time. Days are those of Bangladesh.
_COUNTED: Final = text(
    """
    select event_type, district, country, sex, age_band, count(*)
    from fact
    where event_type = any(:kinds) and received_at < cast(:until as timestamp) at time zone 'Asia/Dhaka'
      and happened_at >= cast(:first as timestamp) at time zone 'Asia/Dhaka'
      and happened_at < cast(:end as timestamp) at time zone 'Asia/Dhaka'
    group by 1, 2, 3, 4, 5
    """
)


async def counts(session: AsyncSession, kinds: Sequence[str], months: tuple[date, date], until: date) -> Mapping[str, Counts]:
    """By kind: what happened in these months and was received before `until`, undivided and by each dimension."""
    moments = {name: datetime(day.year, day.month, day.day) for name, day in zip(("first", "end", "until"), (*months, until), strict=True)}  # noqa: DTZ001 - the statement names the zone
    found: dict[str, Counts] = {kind: Counts(0, {}) for kind in kinds}
    for kind, district, country, sex, age_band, facts in await session.execute(_COUNTED, {"kinds": list(kinds), **moments}):
        group = Group(district, country, sex, age_band)
        parts = {by.value: dict(found[kind].parts.get(by, {})) for by in Dimension}
        for by, cells in parts.items():
            code = getattr(group, by)
            cells[code] = cells.get(code, 0) + facts
        found[kind] = Counts(found[kind].whole + facts, parts)
    return found


async def lock_period(session: AsyncSession, report: str, period: str) -> None:
    await session.execute(text("select pg_advisory_xact_lock(hashtext(:name))"), {"name": f"report {report} {period}"})


async def add(session: AsyncSession, report: Report) -> None:
    session.add(report)
    await session.flush()


async def find(session: AsyncSession, identity: UUID, *, lock: bool = False) -> Report | None:
    rows = select(Report).where(col(Report.id) == identity)
    return (await session.execute(rows.with_for_update() if lock else rows)).scalar_one_or_none()


async def newest(session: AsyncSession, report: str, period: str) -> Report | None:
    """The last edition that was not withdrawn."""
    rows = select(Report).where(col(Report.report) == report, col(Report.period) == period, col(Report.state) != State.WITHDRAWN)
    return (await session.execute(rows.order_by(col(Report.edition).desc()).limit(1))).scalar_one_or_none()


async def published(session: AsyncSession, report: str, period: str, edition: int | None) -> Report | None:
    """The edition, or the newest that is published."""
    rows = select(Report).where(col(Report.report) == report, col(Report.period) == period, col(Report.state) == State.PUBLISHED)
    if edition is not None:
        rows = rows.where(col(Report.edition) == edition)
    return (await session.execute(rows.order_by(col(Report.edition).desc()).limit(1))).scalar_one_or_none()


async def newest_published(session: AsyncSession, reports: Sequence[str], number: int) -> Sequence[Report]:
    """The last edition of each half-year, the newest half-years first."""
    rows = (
        select(Report)
        .ext(distinct_on(col(Report.report), col(Report.period)))
        .where(col(Report.report).in_(reports), col(Report.state) == State.PUBLISHED)
        .order_by(col(Report.report), col(Report.period).desc(), col(Report.edition).desc())
        .limit(number)
    )
    return (await session.execute(rows)).scalars().all()


async def list_published(session: AsyncSession, paging: Paging) -> Sequence[Report]:
    rows = select(Report).where(col(Report.state) == State.PUBLISHED)
    return (await session.execute(paging.of(rows, func.coalesce(Report.published_at, Report.drafted_at), col(Report.id)))).scalars().all()


async def list_drafts(session: AsyncSession, paging: Paging) -> Sequence[Report]:
    """Everything that is not published, also what was withdrawn."""
    rows = select(Report).where(col(Report.state) != State.PUBLISHED)
    return (await session.execute(paging.of(rows, col(Report.drafted_at), col(Report.id)))).scalars().all()
