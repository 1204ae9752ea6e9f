"""Every SQL statement of evidence. Counting what comes and building anew share `_COUNTED`: they cannot differ in what counts for what."""

from collections.abc import Mapping as Named
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.monitor.evidence.models import Fact, Figure, FigureMonth, FiguresState, Mapping
from services.monitor.evidence.rules import ActivityFacts, Dimension, Fingerprint

# Whoever counts holds it shared, whoever builds anew alone: no fact falls between the two.
_LOCK: Final = "hashtext('figures')"
# `{facts}` are rows of `fact`. Days are those of Bangladesh.
_COUNTED: Final = """
counted as (
    select m.activity, f.event_type, date_trunc('month', f.day)::date as month, f.district, f.country, f.sex, f.age_band,
           f.received_at >= ((date_trunc('quarter', f.day) + interval '3 months')::date + s.cut_off_days)::timestamp
               at time zone 'Asia/Dhaka' as late,
           count(*) as facts, max(f.happened_at) as last_at
    from (select *, (happened_at at time zone 'Asia/Dhaka')::date as day from {facts} as facts) f
    join activity_mapping m on m.event_type = f.event_type and m.since <= f.day and (m.until is null or f.day < m.until)
    cross join figures_state s
    group by 1, 2, 3, 4, 5, 6, 7, 8
),
by_group as (
    insert into evidence_figure as kept (activity, event_type, month, district, country, sex, age_band, late, facts)
    select activity, event_type, month, district, country, sex, age_band, late, facts from counted order by 1, 3, 2, 4, 5, 6, 7, 8
    on conflict (activity, month, event_type, district, country, sex, age_band, late) do update set facts = kept.facts + excluded.facts
)
insert into evidence_month as kept (activity, event_type, month, late, facts, last_at)
select activity, event_type, month, late, sum(facts), max(last_at) from counted group by 1, 2, 3, 4 order by 1, 3, 2, 4
on conflict (activity, month, event_type, late)
do update set facts = kept.facts + excluded.facts, last_at = greatest(kept.last_at, excluded.last_at)
"""
_COLUMNS: Final = {
    "event_id": "uuid",
    "event_type": "text",
    "record": "uuid",
    "happened_at": "timestamptz",
    "district": "text",
    "country": "text",
    "sex": "text",
    "age_band": "text",
    "received_at": "timestamptz",
}
_ADD: Final = text(
    f"""
    with fresh as (
        insert into fact ({", ".join(_COLUMNS)})
        select * from unnest({", ".join(f"cast(:{name} as {kind}[])" for name, kind in _COLUMNS.items())})
        on conflict (event_id) do nothing returning *
    ), {_COUNTED.format(facts="fresh")}
    """  # noqa: S608 - names of our own columns
)
_FINGERPRINT: Final = text(
    """
    select count(*), coalesce(sum(hashtextextended(row, 0)::numeric), 0)
    from (select 'group' || f::text as row from evidence_figure f union all select 'month' || m::text from evidence_month m) as rows
    """
)
_REBUILD: Final = text(f"with {_COUNTED.format(facts='fact')}")


async def lock_shared(session: AsyncSession) -> None:
    await session.execute(text(f"select pg_advisory_xact_lock_shared({_LOCK})"))


async def lock_alone(session: AsyncSession) -> None:
    """Waits for whoever is counting, and holds up the events that come until the transaction ends."""
    await session.execute(text(f"select pg_advisory_xact_lock({_LOCK})"))


async def add_facts(session: AsyncSession, facts: Sequence[Fact]) -> None:
    """Each event once, also where it was heard before and the inbox has forgotten it. Locks rows of figures in the order of their keys."""
    await session.execute(_ADD, {name: [getattr(fact, name) for fact in facts] for name in _COLUMNS})


async def count_of(session: AsyncSession) -> int:
    """Facts, all of them: reads the whole index."""
    return int((await session.execute(select(func.count()).select_from(Fact))).scalar_one())


async def fingerprint(session: AsyncSession) -> Fingerprint:
    """Of all figures, in whatever order they lie: a million of them are compared without leaving the database."""
    return Fingerprint(*(await session.execute(_FINGERPRINT)).one())


async def count_all_again(session: AsyncSession) -> None:
    await session.execute(delete(Figure))
    await session.execute(delete(FigureMonth))
    await session.execute(_REBUILD)


async def find_state(session: AsyncSession) -> FiguresState | None:
    return (await session.execute(select(FiguresState))).scalar_one_or_none()


async def put_map(session: AsyncSession, state: FiguresState, mappings: Sequence[Mapping]) -> None:
    await session.execute(delete(FiguresState))
    await session.execute(delete(Mapping))
    await session.execute(insert(FiguresState), state.model_dump())
    await session.execute(insert(Mapping), [one.model_dump() for one in mappings])


async def totals(session: AsyncSession) -> Named[str, ActivityFacts]:
    """A few thousand rows at most: activities × kinds × months."""
    rows = await session.execute(
        select(col(FigureMonth.activity), func.sum(FigureMonth.facts), func.max(FigureMonth.last_at)).group_by(col(FigureMonth.activity))
    )
    return {activity: ActivityFacts(int(facts), last_at) for activity, facts, last_at in rows}


async def divided(session: AsyncSession, activity: str, months: tuple[date, date], dimension: Dimension) -> Named[str, Named[str, int]]:
    """What was received in time, by kind and code of the dimension. Index range of the primary key (activity, month)."""
    code = getattr(Figure, dimension.value)
    rows = await session.execute(
        select(col(Figure.event_type), code, func.sum(Figure.facts))
        .where(
            col(Figure.activity) == activity,
            col(Figure.month) >= months[0],
            col(Figure.month) < months[1],
            col(Figure.late).is_(False),
        )
        .group_by(col(Figure.event_type), code)
    )
    found: dict[str, dict[str, int]] = {}
    for event_type, value, facts in rows:
        found.setdefault(event_type, {})[value] = int(facts)
    return found


async def divided_of(
    session: AsyncSession, activities: Sequence[str], months: tuple[date, date], dimension: Dimension
) -> Named[tuple[str, str], Named[str, int]]:
    """The same of several activities in one statement: by activity and kind, by code."""
    code = getattr(Figure, dimension.value)
    rows = await session.execute(
        select(col(Figure.activity), col(Figure.event_type), code, func.sum(Figure.facts))
        .where(
            col(Figure.activity).in_(activities),
            col(Figure.month) >= months[0],
            col(Figure.month) < months[1],
            col(Figure.late).is_(False),
        )
        .group_by(col(Figure.activity), col(Figure.event_type), code)
    )
    found: dict[tuple[str, str], dict[str, int]] = {}
    for activity, event_type, value, facts in rows:
        found.setdefault((activity, event_type), {})[value] = int(facts)
    return found


async def late_by_kind(session: AsyncSession, activity: str, months: tuple[date, date]) -> Named[str, int]:
    rows = await session.execute(
        select(col(FigureMonth.event_type), func.sum(FigureMonth.facts))
        .where(
            col(FigureMonth.activity) == activity,
            col(FigureMonth.month) >= months[0],
            col(FigureMonth.month) < months[1],
            col(FigureMonth.late).is_(True),
        )
        .group_by(col(FigureMonth.event_type))
    )
    return {kind: int(facts) for kind, facts in rows}


async def in_time(session: AsyncSession, months: tuple[date, date]) -> int:
    """Facts of these months that divisions count, once per activity: it only grows, so that what was made from it is known to hold."""
    counted = select(func.coalesce(func.sum(FigureMonth.facts), 0)).where(
        col(FigureMonth.month) >= months[0], col(FigureMonth.month) < months[1], col(FigureMonth.late).is_(False)
    )
    return int((await session.execute(counted)).scalar_one())


async def all_figures(session: AsyncSession) -> Sequence[Row[Any]]:
    """Everything that is kept, in one order: for comparing what was counted with what is counted anew."""
    rows = await session.execute(text("select * from evidence_figure order by 1, 2, 3, 4, 5, 6, 7, 8"))
    months = await session.execute(text("select * from evidence_month order by 1, 2, 3, 4"))
    return [*rows, *months]
