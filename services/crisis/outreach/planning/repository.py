"""The SQL of planning: what lacks a job, jobs page by page, and who climbs to the next way. Hot statements name their index."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.database import NOW
from services.crisis.checkins.models import CheckinCurrent
from services.crisis.decisions.models import AlertDecision
from services.crisis.outreach.models import OutreachJob, Recipient, Relay
from services.crisis.outreach.repository import AT_ONCE, add_columns, alerts_by_id
from services.crisis.outreach.rules import Purpose, State, Suppressed
from services.crisis.warnings.models import Alert, AlertReference


class Opening(NamedTuple):
    alert: Alert
    decision: AlertDecision | None


async def released_without_job(session: AsyncSession) -> list[Opening]:
    """Warnings that went out and for which nothing was opened. Few: index scans by the primary keys of both."""
    return [Opening(alert, decision) for alert, decision in await session.execute(UNOPENED)]


# Built once, as all that is looked for again and again: to build a statement costs more than to run it.
UNOPENED: Final = (
    select(Alert, AlertDecision)
    .join(AlertDecision, col(AlertDecision.alert_id) == col(Alert.id))
    .where(
        col(AlertDecision.outcome) == "released",
        col(Alert.state) == "standing",
        ~select(1).where(col(OutreachJob.alert_id) == col(AlertDecision.alert_id)).exists(),
    )
    .order_by(col(AlertDecision.level).desc(), col(AlertDecision.decided_at))
    .limit(20)
)


async def ended_without_all_clear(session: AsyncSession) -> list[tuple[UUID, Alert]]:
    """Chains that were warned of, of which nothing stands any more because it was taken back or is said to be over; each by its last."""
    rows = await session.execute(ENDED)
    found = [(UUID(str(root)), UUID(str(alert))) for root, alert in rows]
    alerts = await alerts_by_id(session, [alert for _, alert in found]) if found else {}
    return [(root, alerts[alert]) for root, alert in found]


ENDED: Final = text("""
select distinct on (j.root) j.root, j.alert_id
from outreach_job j join alert a on a.id = j.alert_id
where j.purpose in ('warn', 'update') and a.state in ('cancelled', 'ended')
  and not exists (select 1 from outreach_job o join alert s on s.id = o.alert_id where o.root = j.root and s.state = 'standing')
  and not exists (select 1 from outreach_job o where o.root = j.root and o.purpose = 'all_clear' and o.opened_at >= j.opened_at)
order by j.root, j.opened_at desc
""")


async def roots_of(session: AsyncSession, alert: Alert) -> list[UUID]:
    """Chains of outreach that this message goes on: those of what it names and of its earlier versions, the oldest first."""
    references = (
        select(col(Alert.id))
        .join(
            AlertReference,
            and_(
                col(AlertReference.sender) == col(Alert.sender),
                col(AlertReference.identifier) == col(Alert.identifier),
                col(AlertReference.sent) == col(Alert.sent),
            ),
        )
        .where(col(AlertReference.alert_id) == alert.id)
    )
    earlier = select(col(Alert.id)).where(
        col(Alert.sender) == alert.sender, col(Alert.identifier) == alert.identifier, col(Alert.sent) < alert.sent
    )
    before = references.union(earlier)
    found = await session.execute(
        select(col(OutreachJob.root))
        .where(col(OutreachJob.alert_id).in_(before), col(OutreachJob.is_drill) == alert.is_drill)
        .group_by(col(OutreachJob.root))
        .order_by(func.min(col(OutreachJob.opened_at)))
    )
    return list(found.scalars())


async def add_jobs(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> int:
    """How many were new: another replica may have opened them."""
    statement = insert_or_skip(OutreachJob).on_conflict_do_nothing().returning(col(OutreachJob.id))
    return len((await session.execute(statement, list(rows))).all())


async def next_job(session: AsyncSession, now: datetime) -> OutreachJob | None:
    """Index scan on outreach_job_open. Of an alert in order of place: who was warned before hears of it before anybody is warned anew."""
    return (await session.execute(NEXT_JOB, {"now": now})).scalar_one_or_none()


NEXT_JOB: Final = (
    select(OutreachJob)
    .where(col(OutreachJob.done_at).is_(None), col(OutreachJob.next_try) <= NOW)
    .order_by(col(OutreachJob.lane), col(OutreachJob.opened_at), col(OutreachJob.place))
    .limit(1)
)


async def take_page(session: AsyncSession, job: OutreachJob, following: str | None, taken: int, done_at: datetime | None) -> bool:
    """Whether this page was still to be taken; locks the job until the end of the transaction."""
    same = col(OutreachJob.cursor).is_not_distinct_from(job.cursor)
    statement = (
        update(OutreachJob)
        .where(col(OutreachJob.id) == job.id, same, col(OutreachJob.done_at).is_(None))
        .values(cursor=following, taken=OutreachJob.taken + taken, done_at=done_at, attempts=0)
    )
    return bool((await session.execute(statement)).rowcount)  # type: ignore[attr-defined]  # of an UPDATE it is there


async def put_off(session: AsyncSession, job_id: UUID, until: datetime) -> None:
    statement = update(OutreachJob).where(col(OutreachJob.id) == job_id).values(attempts=OutreachJob.attempts + 1, next_try=until)
    await session.execute(statement)


async def has_open_job(session: AsyncSession, alert_id: UUID) -> bool:
    found = select(1).where(col(OutreachJob.alert_id) == alert_id, col(OutreachJob.done_at).is_(None))
    return (await session.scalar(found.limit(1))) is not None


async def reminders_due(session: AsyncSession) -> list[tuple[OutreachJob, int]]:
    """The first warning of each root that stands, and how many reminders it had."""
    return [(job, int(count)) for job, count in await session.execute(REMINDED)]


def _first_place() -> Any:
    other = OutreachJob.__table__.alias("other")  # type: ignore[attr-defined]  # SQLModel gives each table class one
    return (
        select(func.min(other.c.place))
        .where(other.c.alert_id == col(OutreachJob.alert_id), other.c.purpose == Purpose.WARN)
        .scalar_subquery()
    )


_HAD: Final = (
    select(func.count())
    .where(col(OutreachJob.alert_id) == Alert.id, col(OutreachJob.purpose) == Purpose.REMINDER)
    .correlate(Alert)
    .scalar_subquery()
)
REMINDED: Final = (
    select(OutreachJob, _HAD)
    .join(Alert, col(Alert.id) == col(OutreachJob.alert_id))
    .where(
        col(Alert.state) == "standing", col(OutreachJob.purpose) == Purpose.WARN, col(OutreachJob.not_after) > func.now(),
        col(OutreachJob.place) == _first_place(),
    )
)  # fmt: skip


async def already_told(session: AsyncSession, alert_id: UUID, version: int, persons: Sequence[UUID]) -> set[UUID]:
    """Who has a row for this alert and version already, for a warning or an update."""
    found = await session.execute(
        select(col(Recipient.person)).where(
            col(Recipient.alert_id) == alert_id,
            col(Recipient.version) == version,
            col(Recipient.person).in_(persons),
            col(Recipient.purpose).in_([Purpose.WARN, Purpose.UPDATE]),
        )
    )
    return {UUID(str(one)) for one in found.scalars()}


ADD_LINKS: Final = text("""
insert into outreach_link (token_index, root, is_drill, kind, person, language, country, flags, made_at, ends_at)
select token_index, root, is_drill, kind, person, language, country, string_to_array(flags, ','), made_at, ends_at
from unnest(
    cast(:token_index as bytea[]), cast(:root as uuid[]), cast(:is_drill as boolean[]), cast(:kind as text[]), cast(:person as uuid[]),
    cast(:language as text[]), cast(:country as text[]), cast(:flags as text[]), cast(:made_at as timestamptz[]),
    cast(:ends_at as timestamptz[])
) as given (token_index, root, is_drill, kind, person, language, country, flags, made_at, ends_at)
on conflict do nothing
""")


async def add_links(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    await add_columns(session, ADD_LINKS, rows)


async def stop_queued(session: AsyncSession, root: UUID, reason: Suppressed) -> None:
    """What was not handed over yet of a chain is not sent any more."""
    # The jobs first: whoever writes a page holds its job, so that none of its rows is missed below.
    await session.execute(
        update(OutreachJob).where(col(OutreachJob.root) == root, col(OutreachJob.done_at).is_(None)).values(done_at=func.now())
    )
    await session.execute(
        update(Recipient)
        .where(col(Recipient.root) == root, col(Recipient.state) == State.QUEUED)
        .values(state=State.SUPPRESSED, reason=reason, contact=None, climb_at=None)
    )


ANY_CLIMBS: Final = text("select exists (select 1 from recipient where climb_at <= :now)")


async def claim_climbing(session: AsyncSession, now: datetime) -> list[Recipient]:
    """A page of those of one job whose next rung is due, locked; who has answered meanwhile climbs no further. Scans recipient_climbs."""
    if not await session.scalar(ANY_CLIMBS, {"now": now}):
        return []
    answered = select(1).where(col(CheckinCurrent.root) == col(Recipient.root), col(CheckinCurrent.person) == col(Recipient.person))
    await session.execute(update(Recipient).where(col(Recipient.climb_at) <= now, answered.exists()).values(climb_at=None))
    first = select(col(Recipient.job_id)).where(col(Recipient.climb_at) <= now).order_by(col(Recipient.climb_at)).limit(1)
    rows = await session.execute(
        select(Recipient)
        .where(col(Recipient.climb_at) <= now, col(Recipient.job_id) == first.scalar_subquery())
        .order_by(col(Recipient.climb_at))
        .limit(AT_ONCE)
    )
    return list(rows.scalars())


async def climbed(session: AsyncSession, ids: Sequence[UUID]) -> None:
    await session.execute(update(Recipient).where(col(Recipient.id).in_(ids)).values(climb_at=None))


async def relays_page(session: AsyncSession, countries: Sequence[str], after: UUID | None, *, is_drill: bool) -> Sequence[Relay]:
    rows = select(Relay).where(col(Relay.country).in_(countries), col(Relay.ended_at).is_(None)).order_by(col(Relay.id)).limit(AT_ONCE)
    if after is not None:
        rows = rows.where(col(Relay.id) > after)
    if is_drill:
        rows = rows.where(col(Relay.in_drills))
    return (await session.execute(rows)).scalars().all()
