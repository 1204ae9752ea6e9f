"""The SQL of the duty; what a mission may see of a warning is read through the warnings' own repository.

`COUNT` is one scan of recipient_root: at 100,000 recipients some 200 ms, so that `counting` keeps what it found and no page asks for it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.crisis.checkins.rules import IN_NEED, UNREACHED
from services.crisis.duty.models import DutyCount
from services.crisis.duty.rules import Figures, Group
from services.crisis.outreach.models import OutreachJob
from services.crisis.warnings.models import Acknowledgement, Alert, AlertChange
from services.crisis.warnings.repository import seen_by
from services.crisis.warnings.rules import Sight

NOWHERE: Final = ""

COUNT: Final = text("""
with persons as materialized (
    select r.person, coalesce(max(r.country), '') as country, max(r.flags) as flags,
           bool_or(r.state in ('sent', 'accepted', 'delivered') and r.channel <> 'visit') as is_handed,
           bool_or(r.state = 'delivered') as is_delivered, bool_or(r.channel in ('visit', 'none')) as is_to_visit
    from recipient r where r.root = :root and r.kind = 'person' group by r.person
), standing as materialized (
    select p.*, coalesce(c.status, :unreached) as status
    from persons p left join checkin_current c on c.root = :root and c.person = p.person
)
select 'status' as part, country, status as name, count(*) as people, count(*) filter (where is_handed) as handed,
       count(*) filter (where is_delivered) as delivered, count(*) filter (where is_to_visit and status = :unreached) as to_visit,
       0 as unreached, 0 as in_need
from standing group by country, status
union all
select 'group', country, flag, count(*), count(*) filter (where is_handed), 0, 0, count(*) filter (where status = :unreached),
       count(*) filter (where status = any(cast(:in_need as text[])))
from standing, unnest(flags) as flag group by country, flag
union all
select 'texts', coalesce(t.country, ''), '', count(*), 0, 0, 0, 0, 0
from crisis_text t where t.root = :root and t.state = 'waiting' and t.kind in ('unparsed', 'question', 'answer') group by 2
""")


async def add_acknowledgement(session: AsyncSession, values: Mapping[str, Any]) -> None:
    await session.execute(insert_or_skip(Acknowledgement).values(**values).on_conflict_do_nothing())


async def count(session: AsyncSession, root: UUID) -> dict[str, Figures]:
    """By country; `NOWHERE` where nobody knows it."""
    asked = {"root": root, "unreached": UNREACHED, "in_need": sorted(IN_NEED)}
    found: dict[str, Figures] = {}
    for row in await session.execute(COUNT, asked):
        figures = found.setdefault(row.country, Figures())
        if row.part == "texts":
            figures.texts = row.people
        elif row.part == "group":
            figures.groups[row.name] = Group(row.people, row.handed, row.unreached, row.in_need)
        else:
            figures.statuses[row.name] = row.people
            figures.handed += row.handed
            figures.delivered += row.delivered
            figures.to_visit += row.to_visit
            figures.never_handed += row.people - row.handed if row.name == UNREACHED else 0
    return found


_LIVE: Final = (
    select(col(OutreachJob.root).label("root"), col(OutreachJob.is_drill).label("is_drill"))
    .group_by(col(OutreachJob.root), col(OutreachJob.is_drill))
    .having(func.max(col(OutreachJob.not_after)) >= bindparam("still_at"))
    .subquery()
)
CHAINS: Final = select(_LIVE.c.root, _LIVE.c.is_drill, DutyCount).outerjoin(DutyCount, col(DutyCount.root) == _LIVE.c.root)


async def list_chains(session: AsyncSession, still_at: datetime) -> Sequence[tuple[UUID, bool, DutyCount | None]]:
    """Chains of which a message held at `still_at` or later, with whether they are drills and what was counted last."""
    found = await session.execute(CHAINS, {"still_at": still_at})
    return [(root, is_drill, known) for root, is_drill, known in found.all()]


async def counts_alone(session: AsyncSession, root: UUID) -> bool:
    """Whether no other replica counts this chain now; until the end of the transaction."""
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtext("duty"), func.hashtext(str(root))))))


async def find_count(session: AsyncSession, root: UUID) -> DutyCount | None:
    found = select(DutyCount).where(col(DutyCount.root) == root).execution_options(populate_existing=True)
    return (await session.execute(found)).scalar_one_or_none()


async def keep_count(session: AsyncSession, values: Mapping[str, Any]) -> None:
    changed = {name: value for name, value in values.items() if name not in {"root", "is_drill"}}
    await session.execute(insert_or_skip(DutyCount).values(**values).on_conflict_do_update(index_elements=["root"], set_=changed))


async def alerts_of_chain(session: AsyncSession, root: UUID) -> Sequence[UUID]:
    """Each that went out, of a chain."""
    rows = select(col(OutreachJob.alert_id)).where(col(OutreachJob.root) == root).distinct().order_by(col(OutreachJob.alert_id))
    return [UUID(str(one)) for one in (await session.execute(rows)).scalars()]


async def list_changes(session: AsyncSession, alert_id: UUID, after: int, head: int, sight: Sight, limit: int) -> Sequence[AlertChange]:
    """Of one warning up to `head`, in the order in which they were committed. Index scan on alert_change_of."""
    rows = (
        select(AlertChange)
        .join(Alert, col(Alert.id) == AlertChange.alert_id)
        .where(col(AlertChange.alert_id) == alert_id, col(AlertChange.position) > after, col(AlertChange.position) <= head, seen_by(sight))
        .order_by(col(AlertChange.position))
        .limit(limit)
    )
    return (await session.execute(rows)).scalars().all()


async def newest_changes(session: AsyncSession, alert_id: UUID, limit: int) -> Sequence[AlertChange]:
    """The newest first."""
    rows = select(AlertChange).where(col(AlertChange.alert_id) == alert_id).order_by(col(AlertChange.position).desc()).limit(limit)
    return (await session.execute(rows)).scalars().all()
