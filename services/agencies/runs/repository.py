"""Every SQL statement of the process."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from kit.paging import Paging
from services.agencies.models import Agency
from services.agencies.runs.models import Correction, Published, Rating, Reply, Review, Run

OPEN = ("draft", "noticed")


class Listed(NamedTuple):
    """A result with the names of its agency."""

    rating: Rating
    name_en: str
    name_bn: str | None


class FactBehind(NamedTuple):
    id: UUID
    kind: str
    happened_on: date
    outcome: str | None


# Facts about one agency that count, or did at :known_at: of those about one complaint the decision that holds, and what rests on it.
FACTS: Final = text(
    """
    with struck as (
        select fact from (
            select distinct on (fact) fact, struck from fact_strike where made_at <= :known_at order by fact, made_at desc, id desc
        ) latest where latest.struck
    ), state as (
        select distinct on (record) id, record, outcome from agency_fact
        where record in (select record from agency_fact where licence = :licence and record is not null)
          and kind in ('complaint_decided', 'complaint_reopened', 'complaint_merged') and recorded_at <= :known_at
          and id not in (select fact from struck)
        order by record, sequence desc, recorded_at desc, id desc
    )
    select f.id, f.kind, f.happened_on, f.outcome from agency_fact f left join state s on s.record = f.record
    where f.licence = :licence and f.recorded_at <= :known_at and f.happened_on between :since and :until
      and f.id not in (select fact from struck)
      and (s.record is null or s.outcome in ('upheld', 'partly'))
      and (f.kind <> 'complaint_decided' or s.id = f.id)
    order by f.happened_on desc, f.id limit :most
    """
)
MOST_FACTS: Final = 500


async def list_facts(session: AsyncSession, licence: str, since: date, until: date, known_at: datetime) -> list[FactBehind]:
    """Newest first, at most `MOST_FACTS`. Reads fact_licence and fact_record."""
    given = {"licence": licence, "since": since, "until": until, "known_at": known_at, "most": MOST_FACTS}
    return [FactBehind(*row) for row in await session.execute(FACTS, given)]


async def add(session: AsyncSession, row: SQLModel) -> None:
    await session.execute(insert(type(row)).values(**row.model_dump()))


async def add_run(session: AsyncSession, run: Run) -> bool:
    """False where another one is open (`rating_run_open`)."""
    try:
        async with session.begin_nested():
            await add(session, run)
    except IntegrityError:
        return False
    return True


async def add_ratings(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await session.execute(insert(Rating), [dict(row) for row in rows])


async def find_open_run(session: AsyncSession) -> Run | None:
    return (await session.execute(select(Run).where(col(Run.status).in_(OPEN)))).scalar_one_or_none()


async def lock_run(session: AsyncSession, run_id: UUID) -> Run | None:
    return (await session.execute(select(Run).where(col(Run.id) == run_id).with_for_update())).scalar_one_or_none()


async def find_run(session: AsyncSession, run_id: UUID) -> Run | None:
    return (await session.execute(select(Run).where(col(Run.id) == run_id))).scalar_one_or_none()


async def change_run(session: AsyncSession, run: Run, **values: Any) -> Run:
    """The run as it is then; its version goes up by one."""
    statement = update(Run).where(col(Run.id) == run.id).values(**values, version=run.version + 1).returning(Run)
    return (await session.execute(statement, execution_options={"populate_existing": True})).scalar_one()


async def list_runs(session: AsyncSession, paging: Paging) -> list[Run]:
    shown = paging.of(select(Run), col(Run.created_at), col(Run.id))
    return list((await session.execute(shown)).scalars())


async def count_classes(session: AsyncSession, run_id: UUID) -> dict[str, int]:
    rows = await session.execute(
        select(col(Rating.class_code), func.count()).where(col(Rating.run) == run_id).group_by(col(Rating.class_code))
    )
    return {row[0]: row[1] for row in rows}


async def list_ratings(session: AsyncSession, run_id: UUID) -> list[Rating]:
    """In the order of licence numbers."""
    return list((await session.execute(select(Rating).where(col(Rating.run) == run_id).order_by(col(Rating.licence)))).scalars())


async def page_ratings(session: AsyncSession, run_id: UUID, paging: Paging, *, class_code: str | None, state: str | None) -> list[Listed]:
    """In the order of registration (rating_in_order)."""
    rows = _listed().where(col(Rating.run) == run_id)
    if class_code is not None:
        rows = rows.where(col(Rating.class_code) == class_code)
    if state is not None:
        rows = rows.where(col(Rating.state) == state)
    shown = paging.of(rows, col(Rating.registered_at), col(Rating.agency_id), newest_first=False)
    return [Listed(*row) for row in await session.execute(shown)]


async def find_rating(session: AsyncSession, run_id: UUID, licence: str) -> Listed | None:
    row = (await session.execute(_listed().where(col(Rating.run) == run_id, col(Rating.licence) == licence))).one_or_none()
    return Listed(*row) if row else None


async def set_states(
    session: AsyncSession, run_id: UUID, licences: Collection[str] | None, *, state: str, because: str | None = None
) -> None:
    """Of all results of a run, or of `licences`."""
    changed = update(Rating).where(col(Rating.run) == run_id)
    if licences is not None:
        changed = changed.where(col(Rating.licence).in_(sorted(licences)))
    await session.execute(changed.values(state=state, held_because=because))


async def list_replies(session: AsyncSession, run_id: UUID, licence: str | None = None) -> list[Reply]:
    rows = select(Reply).where(col(Reply.run) == run_id)
    if licence is not None:
        rows = rows.where(col(Reply.licence) == licence)
    return list((await session.execute(rows.order_by(col(Reply.replied_at), col(Reply.id)))).scalars())


async def lock_reply(session: AsyncSession, reply_id: UUID) -> Reply | None:
    return (await session.execute(select(Reply).where(col(Reply.id) == reply_id).with_for_update())).scalar_one_or_none()


async def answer_reply(session: AsyncSession, reply: Reply, **values: Any) -> Reply:
    statement = update(Reply).where(col(Reply.id) == reply.id).values(**values).returning(Reply)
    return (await session.execute(statement, execution_options={"populate_existing": True})).scalar_one()


async def list_in_force(session: AsyncSession, licences: Collection[str] | None = None) -> list[Published]:
    rows = select(Published).where(col(Published.until).is_(None))
    if licences is not None:
        rows = rows.where(col(Published.licence).in_(sorted(licences)))
    return list((await session.execute(rows.order_by(col(Published.licence)))).scalars())


async def list_published(session: AsyncSession, licence: str) -> list[Published]:
    """Newest first."""
    rows = select(Published).where(col(Published.licence) == licence).order_by(col(Published.published_at).desc(), col(Published.id).desc())
    return list((await session.execute(rows)).scalars())


async def find_published(session: AsyncSession, published_id: UUID) -> Published | None:
    return (await session.execute(select(Published).where(col(Published.id) == published_id))).scalar_one_or_none()


async def lock_in_force(session: AsyncSession, licence: str) -> Published | None:
    rows = select(Published).where(col(Published.licence) == licence, col(Published.until).is_(None))
    return (await session.execute(rows.with_for_update())).scalar_one_or_none()


async def put_in_force(session: AsyncSession, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """The new classes in force, in place of those before; what was proposed against the old ones is over."""
    ids = [row["agency_id"] for row in rows]
    ended = update(Published).where(col(Published.agency_id).in_(ids), col(Published.until).is_(None)).values(until=now)
    old = list((await session.execute(ended.returning(col(Published.id)))).scalars())
    if old:
        over = update(Correction).where(col(Correction.published).in_(old), col(Correction.status) == "proposed")
        await session.execute(over.values(status="superseded", version=Correction.version + 1))
    if rows:
        await session.execute(insert(Published), [dict(row) for row in rows])


async def change_published(session: AsyncSession, published: Published, **values: Any) -> None:
    await session.execute(update(Published).where(col(Published.id) == published.id).values(**values))


async def find_open_correction(session: AsyncSession, published_id: UUID) -> Correction | None:
    rows = select(Correction).where(col(Correction.published) == published_id, col(Correction.status) == "proposed")
    return (await session.execute(rows)).scalar_one_or_none()


async def lock_correction(session: AsyncSession, correction_id: UUID) -> Correction | None:
    return (await session.execute(select(Correction).where(col(Correction.id) == correction_id).with_for_update())).scalar_one_or_none()


async def change_correction(session: AsyncSession, correction: Correction, **values: Any) -> Correction:
    statement = update(Correction).where(col(Correction.id) == correction.id).values(**values, version=correction.version + 1)
    return (await session.execute(statement.returning(Correction), execution_options={"populate_existing": True})).scalar_one()


async def list_corrections(session: AsyncSession, paging: Paging, status: str | None) -> list[Correction]:
    rows = select(Correction)
    if status is not None:
        rows = rows.where(col(Correction.status) == status)
    return list((await session.execute(paging.of(rows, col(Correction.proposed_at), col(Correction.id)))).scalars())


async def add_review(session: AsyncSession, review: Review) -> bool:
    """False where one was asked for already."""
    added = insert(Review).values(**review.model_dump()).on_conflict_do_nothing(index_elements=["published"]).returning(col(Review.id))
    return (await session.execute(added)).scalar_one_or_none() is not None


async def lock_review(session: AsyncSession, review_id: UUID) -> Review | None:
    return (await session.execute(select(Review).where(col(Review.id) == review_id).with_for_update())).scalar_one_or_none()


async def find_last_review(session: AsyncSession, licence: str) -> Review | None:
    rows = select(Review).where(col(Review.licence) == licence).order_by(col(Review.asked_at).desc()).limit(1)
    return (await session.execute(rows)).scalar_one_or_none()


async def list_reviews(session: AsyncSession, paging: Paging, status: str | None) -> list[Review]:
    rows = select(Review)
    if status is not None:
        rows = rows.where(col(Review.status) == status)
    return list((await session.execute(paging.of(rows, col(Review.asked_at), col(Review.id)))).scalars())


async def change_review(session: AsyncSession, review: Review, **values: Any) -> Review:
    statement = update(Review).where(col(Review.id) == review.id).values(**values, version=review.version + 1).returning(Review)
    return (await session.execute(statement, execution_options={"populate_existing": True})).scalar_one()


async def find_noticed(session: AsyncSession, licence: str) -> Run | None:
    """The run to whose result an agency may reply now."""
    rows = select(Run).join(Rating, col(Rating.run) == col(Run.id)).where(col(Rating.licence) == licence, col(Run.status) == "noticed")
    return (await session.execute(rows)).scalar_one_or_none()


def _listed() -> Select[Rating, str, str | None]:
    return select(Rating, col(Agency.name_en), col(Agency.name_bn)).join(Agency, col(Agency.id) == col(Rating.agency_id))
