"""Every SQL statement of the figures."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.complaints.figures.models import Figure, FigurePublic, FigureState
from services.complaints.figures.rules import Area, Scope

# The months in which complaints were lodged that something happened to since: a range of happening_when (BRIN), then complaint's key.
_TOUCHED: Final = text(
    """
    select distinct date_trunc('month', c.lodged_at at time zone 'Asia/Dhaka')::date
    from happening h join complaint c on c.id = h.complaint_id where h.at >= :since
    union select distinct date_trunc('month', ended_at at time zone 'Asia/Dhaka')::date from holding where ended_at >= :since
    """
)
_ALL_MONTHS: Final = text(
    """
    select generate_series(date_trunc('month', min(lodged_at) at time zone 'Asia/Dhaka'),
                           date_trunc('month', greatest(max(lodged_at), now()) at time zone 'Asia/Dhaka'), interval '1 month')::date
    from complaint
    """
)
# One month at a time: a range of complaint_newest, one pass over its rows.
_COUNT: Final = text(
    """
    insert into figure (month, dimension, value, office, restricted, about, complaints, amount)
    select :month, cell.dimension, cell.value, office, restricted, coalesce(respondent_office, ''), count(*), 0
    from complaint, lateral (values
        ('all', ''), ('kind', kind), ('category', category), ('country', country), ('district', district),
        ('sex', victim_sex), ('age_band', victim_age_band),
        ('disability', victim_disability), ('channel', channel), ('outcome', coalesce(decision, 'open')), ('redress', redress_state),
        ('queue', case when look_at is not null then 'open' end), ('queue', nullif(risk, 'none')),
        ('queue', case when look_at is not null and assignee is null then 'unassigned' end),
        ('queue', case when seat is not null then 'escalated' end)
    ) cell (dimension, value)
    where lodged_at >= :month ::timestamp at time zone 'Asia/Dhaka'
      and lodged_at < (:month + interval '1 month') at time zone 'Asia/Dhaka'
      and cell.value is not null
    group by cell.dimension, cell.value, office, restricted, coalesce(respondent_office, '')
    """
).bindparams(bindparam("month", type_=Date))
# Stays at offices that ended in the month: how many, and seconds of working time in all.
_HELD: Final = text(
    """
    insert into figure (month, dimension, value, office, restricted, about, complaints, amount)
    select :month, 'held', '', office, restricted, coalesce(about, ''), count(*), sum(working_s)
    from holding
    where ended_at >= :month ::timestamp at time zone 'Asia/Dhaka' and ended_at < (:month + interval '1 month') at time zone 'Asia/Dhaka'
    group by office, restricted, coalesce(about, '')
    """
).bindparams(bindparam("month", type_=Date))


async def state(session: AsyncSession) -> FigureState | None:
    """Locked: one counts at a time."""
    return (await session.execute(select(FigureState).with_for_update())).scalar_one_or_none()


async def touched(session: AsyncSession, since: datetime | None) -> set[date]:
    found = await session.execute(_TOUCHED, {"since": since}) if since else await session.execute(_ALL_MONTHS)
    return {one for one in found.scalars() if one is not None}


async def count_month(session: AsyncSession, month: date, sums: Sequence[dict[str, Any]]) -> None:
    """Anew from the complaints themselves: nothing is added up twice. `sums`: amounts ordered and paid."""
    await session.execute(text("delete from figure where month = :month"), {"month": month})
    for statement in (_COUNT, _HELD):
        await session.execute(statement, {"month": month})
    if sums:
        await session.execute(insert(Figure), [{"month": month, **one} for one in sums])


async def put_state(session: AsyncSession, until: datetime, pending: Sequence[date]) -> None:
    values = {"one": True, "counted_until": until, "pending": list(pending)}
    written = insert(FigureState).values(values)
    await session.execute(written.on_conflict_do_update(index_elements=["one"], set_=values))


async def counted_until(session: AsyncSession) -> datetime | None:
    return (await session.execute(select(col(FigureState.counted_until)))).scalar_one_or_none()


def _narrowed(scope: Scope) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if scope.offices is not None:
        found.append(col(Figure.office).in_(scope.offices))
    if not scope.restricted:
        found.append(col(Figure.restricted).is_(False))
    if scope.about:
        found.append(col(Figure.about).not_in(scope.about))
    return found


async def cells(session: AsyncSession, scope: Scope, since: date, until: date) -> Sequence[Any]:
    """(dimension, value, complaints, amount) of the months from `since` to before `until`: a range of figure's key."""
    narrowed = [*_narrowed(scope), col(Figure.month) >= since, col(Figure.month) < until, col(Figure.dimension) != "queue"]
    counted = (func.sum(col(Figure.complaints)), func.sum(col(Figure.amount)))
    rows = select(col(Figure.dimension), col(Figure.value), *counted).where(*narrowed)
    rows = rows.group_by(col(Figure.dimension), col(Figure.value)).order_by(col(Figure.dimension), counted[0].desc())
    return (await session.execute(rows)).all()


async def of_area(session: AsyncSession, scope: Scope, area: Area, since: date, until: date) -> Sequence[Any]:
    """(office, complaints) of the area's own complaints, whoever holds them: what is not restricted, as they may be seen one by one."""
    district = (col(Figure.dimension) == "district") & col(Figure.value).in_(area.districts)
    country = (col(Figure.dimension) == "country") & col(Figure.value).in_(area.countries)
    wanted = [col(Figure.month) >= since, col(Figure.month) < until, col(Figure.restricted).is_(False)]
    if scope.about:
        wanted.append(col(Figure.about).not_in(scope.about))
    counted = func.sum(col(Figure.complaints))
    rows = select(col(Figure.office), counted).where(district | country, *wanted)
    return (await session.execute(rows.group_by(col(Figure.office)).order_by(counted.desc()))).all()


async def by_office(session: AsyncSession, scope: Scope, since: date, until: date) -> Sequence[Any]:
    """(office, dimension, value, complaints, amount): queues as they stand now whatever the month, stays of the months asked for."""
    in_time = (col(Figure.month) >= since) & (col(Figure.month) < until)
    wanted = (col(Figure.dimension) == "queue") | ((col(Figure.dimension) == "held") & in_time)
    counted = (func.sum(col(Figure.complaints)), func.sum(col(Figure.amount)))
    rows = select(col(Figure.office), col(Figure.dimension), col(Figure.value), *counted).where(wanted, *_narrowed(scope))
    return (await session.execute(rows.group_by(col(Figure.office), col(Figure.dimension), col(Figure.value)))).all()


async def find_public(session: AsyncSession, quarter: str) -> FigurePublic | None:
    return await session.get(FigurePublic, quarter)


async def tell_quarter(session: AsyncSession, quarter: str, at: datetime, told: list[dict[str, Any]]) -> FigurePublic:
    """The first edition stays, whoever made it."""
    await session.execute(insert(FigurePublic).values(quarter=quarter, made_at=at, cells=told).on_conflict_do_nothing())
    found = await session.execute(select(FigurePublic).where(col(FigurePublic.quarter) == quarter))
    return found.scalar_one()


async def quarters_published(session: AsyncSession) -> Sequence[str]:
    return (await session.execute(select(col(FigurePublic.quarter)).order_by(col(FigurePublic.quarter).desc()))).scalars().all()
