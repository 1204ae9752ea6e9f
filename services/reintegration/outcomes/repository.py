"""Statements that count outcomes and needs. They read codes and percentages: nothing that is sealed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Boolean, DateTime, Integer, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.reintegration.outcomes.lists import FollowUp
from services.reintegration.outcomes.models import OutcomePublic

# Of each case its later assessment minus its first, by the same questions. A range of case_assessment_first (or _later), then keys;
# help_referral_sent by help_referral_sent_case. `:help` divides again: those whom that help reached, and the rest.
_PAIRS: Final = """
    with pair as (
        select distinct on (b.case_id) b.case_id, c.returnee_id, a.made_at,
            a.economic - b.economic as economic, a.social - b.social as social, a.psychosocial - b.psychosocial as psychosocial
        from case_assessment b
        join case_assessment a on a.case_id = b.case_id and a.number > 0 and a.instrument = b.instrument
            and a.made_at >= b.made_at + make_interval(days => :from_days) and a.made_at < b.made_at + make_interval(days => :to_days + 1)
        join reintegration_case c on c.id = b.case_id
        where b.number = 0 and {of_time}
        order by b.case_id, case when :months > 0
            then abs(extract(epoch from a.made_at - b.made_at - make_interval(months => :months))) end, a.number desc
    ), helped as (
        select p.*, r.sex, r.age_band, r.disability, h.helps, h.referred
        from pair p join returnee r on r.id = p.returnee_id
        cross join lateral (
            select array_agg(distinct s.help) filter (where s.confirmed in ('came', 'partly') and s.confirmed_at <= p.made_at) as helps,
                count(*) > 0 as referred
            from help_referral_sent s where s.case_id = p.case_id and s.sent_at <= p.made_at
        ) h
        where not r.restricted or :restricted
    )
"""
_OUTCOMES: Final = (
    _PAIRS  # noqa: S608 - fixed parts; what a reader says is bound
    + """
    select of.dimension, cell.dimension, cell.value, :help = any(coalesce(helps, '{{}}')),
        count(*), sum(of.change), sum(of.change * of.change), count(*) filter (where of.change >= :least_change)
    from helped,
        lateral (values ('economic', economic), ('social', social), ('psychosocial', psychosocial)) of (dimension, change),
        lateral (
            values ('all', ''), ('sex', sex), ('age_band', age_band), ('disability', disability),
                ('reached', case when helps is not null then 'helped' when referred then 'referred_only' else 'neither' end)
            union all select 'help', unnest(helps)
        ) cell (dimension, value)
    where of.change is not null
    group by 1, 2, 3, 4
    """
)
_BY_FIRST: Final = "b.made_at >= :since and b.made_at < :until"
_BY_LATER: Final = "a.made_at >= :since and a.made_at < :until"
# How many had a first assessment in the time, and of how many there is a later one.
_FOLLOWED: Final = text(
    _PAIRS.format(of_time=_BY_FIRST)  # noqa: S608 - fixed parts; what a reader says is bound
    + """
    select (select count(*)
        from case_assessment b join reintegration_case c on c.id = b.case_id join returnee r on r.id = c.returnee_id
        where b.number = 0 and b.made_at >= :since and b.made_at < :until and (not r.restricted or :restricted)),
        (select count(*) from helped)
    """
)
# One pass over a range of returnee_newest.
_REGISTERED: Final = text(
    """
    select cell.dimension, cell.value, count(*)
    from returnee r, lateral (
        values ('all', ''), ('sex', r.sex), ('age_band', r.age_band), ('disability', r.disability), ('country', r.country),
            ('reason', r.return_reason)
        union all select distinct 'owed', unnest(r.owed)
    ) cell (dimension, value)
    where r.registered_at >= :since and r.registered_at < :until and (not r.restricted or :restricted)
    group by 1, 2
    """
)
# Of those registered in the time who were asked: the needs of their latest case, '' for all of them.
_NEEDS: Final = text(
    """
    with asked as (
        select distinct on (r.id) r.id, r.sex, r.age_band, r.disability, r.country, c.needs
        from returnee r join reintegration_case c on c.returnee_id = r.id
        where r.registered_at >= :since and r.registered_at < :until and (not r.restricted or :restricted)
        order by r.id, c.opened_at desc
    )
    select need.code, cell.dimension, cell.value, count(*)
    from asked, lateral (select '' union all select distinct unnest(needs)) need (code),
        lateral (values ('all', ''), ('sex', sex), ('age_band', age_band), ('disability', disability), ('country', country))
            cell (dimension, value)
    group by 1, 2, 3
    """
)


async def count_outcomes(
    session: AsyncSession,
    period: tuple[datetime, datetime],
    follow_up: FollowUp,
    *,
    least_change: int,
    restricted: bool,
    help_code: str = "",
    by_later: bool = False,
) -> Sequence[Any]:
    """(dimension, group, value, whether `help_code` reached them, cases, sum, sum of squares, better ones).

    Cases of which the first assessment lies in the period; `by_later`: the later one.
    """
    statement = text(_OUTCOMES.format(of_time=_BY_LATER if by_later else _BY_FIRST)).bindparams(
        *_typed(), bindparam("help", type_=Text), bindparam("least_change", type_=Integer)
    )
    values = _values(period, follow_up, restricted=restricted) | {"help": help_code, "least_change": least_change}
    return (await session.execute(statement, values)).all()


async def count_followed(
    session: AsyncSession, period: tuple[datetime, datetime], follow_up: FollowUp, *, restricted: bool
) -> tuple[int, int]:
    """Cases with a first assessment in the period, and those of them with a later one."""
    statement = _FOLLOWED.bindparams(*_typed())
    first, followed = (await session.execute(statement, _values(period, follow_up, restricted=restricted))).one()
    return first, followed


async def count_registered(session: AsyncSession, period: tuple[datetime, datetime], *, restricted: bool) -> Sequence[Any]:
    """(division, value, returnees)."""
    return (await session.execute(_REGISTERED, {"since": period[0], "until": period[1], "restricted": restricted})).all()


async def count_needs(session: AsyncSession, period: tuple[datetime, datetime], *, restricted: bool) -> Sequence[Any]:
    """(need or '', group, value, returnees)."""
    return (await session.execute(_NEEDS, {"since": period[0], "until": period[1], "restricted": restricted})).all()


async def find_public(session: AsyncSession, quarter: str) -> OutcomePublic | None:
    return await session.get(OutcomePublic, quarter)


async def tell_quarter(session: AsyncSession, quarter: str, at: datetime, content: dict[str, Any]) -> OutcomePublic:
    """The first edition stays, whoever made it."""
    await session.execute(insert(OutcomePublic).values(quarter=quarter, made_at=at, content=content).on_conflict_do_nothing())
    return (await session.execute(select(OutcomePublic).where(col(OutcomePublic.quarter) == quarter))).scalar_one()


async def quarters_published(session: AsyncSession) -> Sequence[str]:
    return (await session.execute(select(col(OutcomePublic.quarter)).order_by(col(OutcomePublic.quarter).desc()))).scalars().all()


def _typed() -> tuple[Any, ...]:
    times = (bindparam("since", type_=DateTime(timezone=True)), bindparam("until", type_=DateTime(timezone=True)))
    numbers = (bindparam("from_days", type_=Integer), bindparam("to_days", type_=Integer), bindparam("months", type_=Integer))
    return (*times, *numbers, bindparam("restricted", type_=Boolean))


def _values(period: tuple[datetime, datetime], follow_up: FollowUp, *, restricted: bool) -> dict[str, Any]:
    return {
        "since": period[0],
        "until": period[1],
        "from_days": follow_up.from_days,
        "to_days": follow_up.to_days,
        "months": follow_up.months or 0,
        "restricted": restricted,
    }
