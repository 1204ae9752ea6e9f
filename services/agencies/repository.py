"""Every SQL statement of the agencies service."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, cast, false, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import TSQUERY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.outbox import ADD
from kit.paging import Paging
from services.agencies.models import Agency, Classification, Evidence
from services.agencies.runs.models import Published

LOCK: Final = "classification"
# One statement for any number of rows; a complaint that is told of twice, in one batch or in two, is one row.
ADD_EVIDENCE: Final = text(
    """
    insert into evidence (event_id, complaint, licence, category, country, happened_at)
    select * from unnest(cast(:event_ids as uuid[]), cast(:complaints as uuid[]), cast(:licences as text[]),
                         cast(:categories as text[]), cast(:countries as text[]), cast(:times as timestamptz[]))
    on conflict do nothing
    """
)


class Listed(NamedTuple):
    """An agency with its provisional class and, where there is one, the class that a person published."""

    agency: Agency
    classification: Classification
    published: Published | None = None


async def one_at_a_time(session: AsyncSession) -> None:
    """Whoever computes classes waits here for the end of the other's transaction.

    So two facts about one agency, at the same moment, cannot miss each other.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(LOCK))))


async def add_agencies(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> dict[str, UUID]:
    """Ids by licence, of those that were new."""
    if not rows:
        return {}
    statement = insert(Agency).on_conflict_do_nothing(index_elements=["licence"]).returning(col(Agency.licence), col(Agency.id))
    return {one.licence: one.id for one in await session.execute(statement, [dict(row) for row in rows])}


async def add_events(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> None:
    """Rows of `kit.outbox.outbox_row`, all in one execution."""
    if rows:
        await session.execute(ADD, [dict(row) for row in rows])


async def add_evidence(session: AsyncSession, rows: Sequence[Evidence]) -> None:
    await session.execute(
        ADD_EVIDENCE,
        {
            "event_ids": [row.event_id for row in rows],
            "complaints": [row.complaint for row in rows],
            "licences": [row.licence for row in rows],
            "categories": [row.category for row in rows],
            "countries": [row.country for row in rows],
            "times": [row.happened_at for row in rows],
        },
    )


async def next_version(session: AsyncSession, agency: Agency) -> int:
    statement = update(Agency).where(col(Agency.id) == agency.id).values(version=Agency.version + 1).returning(col(Agency.version))
    return (await session.execute(statement)).scalar_one()


async def find_agency(session: AsyncSession, licence: str) -> Listed | None:
    row = (await session.execute(_listed().where(col(Agency.licence) == licence))).one_or_none()
    return Listed(*row) if row else None


async def list_agencies(session: AsyncSession, paging: Paging, *, words: Sequence[str] | None, licence: str | None) -> list[Listed]:
    """In the order of registration. `words`: each must begin a word of the names or the number (agency_search); `licence` matches too."""
    rows = _listed()
    if words is not None:
        query = cast(literal(" & ".join(f"'{word}':*" for word in words)), TSQUERY)
        found = col(Agency.search).bool_op("@@")(query) if words else false()
        rows = rows.where(or_(found, col(Agency.licence) == licence))
    shown = paging.of(rows, col(Agency.registered_at), col(Agency.id), newest_first=False)
    return [Listed(*row) for row in (await session.execute(shown))]


async def count_evidence(session: AsyncSession) -> tuple[int, int]:
    """All complaints, and those that name a licence of the register."""
    linked = select(func.count()).select_from(Evidence).join(Agency, col(Agency.licence) == col(Evidence.licence))
    counts = select(select(func.count()).select_from(Evidence).scalar_subquery(), linked.scalar_subquery())
    return (await session.execute(counts)).one()


def _listed() -> Select[Agency, Classification, Published]:
    published = (col(Published.agency_id) == col(Agency.id)) & col(Published.until).is_(None)
    return select(Agency, Classification, Published).join(Classification, _in_force()).outerjoin(Published, published)


def _in_force() -> Any:
    return (col(Classification.agency_id) == col(Agency.id)) & col(Classification.until).is_(None)
