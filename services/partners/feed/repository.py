"""Every SQL statement about feeds. Whoever adds holds the feed's row until the commit, so that readers meet its numbers in order."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Integer, Row, and_, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.policy import Share
from services.partners.feed.models import ClosedRecord, Feed, FeedEvent
from services.partners.models import Agreement, Organisation

Given = Mapping[str, Share]


async def organisations_by_code(session: AsyncSession, codes: Collection[str]) -> dict[str, UUID]:
    """Of those whom somebody verified, also while they are suspended: then they are told later."""
    rows = select(col(Organisation.code), col(Organisation.id)).where(
        col(Organisation.code).in_(codes), col(Organisation.state).in_(("verified", "suspended"))
    )
    return {row[0]: row[1] for row in await session.execute(rows)}


async def list_agreed_for(session: AsyncSession, purpose: str) -> list[UUID]:
    """Organisations that ever agreed on a purpose; whether today is judged by the agreement's days."""
    rows = select(col(Agreement.organisation_id)).where(col(Agreement.purposes).contains([purpose]), col(Agreement.state) == "approved")
    return list((await session.execute(rows.distinct())).scalars())


async def hold_feed(session: AsyncSession, organisation_id: UUID) -> Feed:
    """Locked until the transaction ends. Take those of several organisations in the order of their ids."""
    await session.execute(insert_or_skip(Feed).values(organisation_id=organisation_id, last=0).on_conflict_do_nothing())
    mine = select(Feed).where(col(Feed.organisation_id) == organisation_id)
    return (await session.execute(mine.with_for_update())).scalar_one()


async def add(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> None:
    await session.execute(insert(FeedEvent), [*rows])


async def list_closed(session: AsyncSession, organisation_id: UUID, records: Collection[UUID]) -> set[UUID]:
    mine = (col(ClosedRecord.organisation_id) == organisation_id, col(ClosedRecord.record).in_(records))
    return set((await session.execute(select(col(ClosedRecord.record)).where(*mine))).scalars())


async def close_records(session: AsyncSession, organisation_id: UUID, records: Collection[UUID], closed_by: UUID, word: str) -> None:
    """From now on nothing about them is given, neither what comes nor what is there."""
    if not records:
        return
    rows = [{"organisation_id": organisation_id, "record": one, "closed_by": closed_by} for one in records]
    await session.execute(insert_or_skip(ClosedRecord).values(rows).on_conflict_do_nothing())
    theirs = (col(FeedEvent.organisation_id) == organisation_id, col(FeedEvent.subject).in_(records), col(FeedEvent.purpose).is_not(None))
    await session.execute(update(FeedEvent).where(*theirs).values(withheld=word))


# `rules.may_be_given` as a question to the database, so that a page is full of what is shown. Built once, as what a program asks all the
# time: of each kind of event the fields that may be given are a parameter.
_MAY_BE_GIVEN: Final = and_(
    col(FeedEvent.withheld).is_(None),
    bindparam("given", type_=JSONB).op("->", return_type=JSONB())(col(FeedEvent.type)).contains(func.to_jsonb(col(FeedEvent.fields))),
)
_MINE: Final = col(FeedEvent.organisation_id) == bindparam("organisation_id")
_PAGE: Final = (
    select(col(FeedEvent.position), col(FeedEvent.type), col(FeedEvent.body))
    .where(_MINE, col(FeedEvent.position) > bindparam("after"), _MAY_BE_GIVEN)
    .order_by(col(FeedEvent.position))
    .limit(bindparam("most", type_=Integer))
)
_PAGE_SINCE: Final = _PAGE.where(col(FeedEvent.added_at) >= bindparam("since"))
_ONE: Final = select(col(FeedEvent.type), col(FeedEvent.body)).where(_MINE, col(FeedEvent.id) == bindparam("event_id"), _MAY_BE_GIVEN)


def _written(given: Given) -> dict[str, list[str]]:
    return {event: sorted(one.allowed) for event, one in given.items() if one.allowed}


async def page(
    session: AsyncSession, organisation_id: UUID, given: Given, *, after: int, since: datetime | None, limit: int
) -> Sequence[Row[int, str, bytes]]:
    """One more than `limit` where more follow. Index Scan on the primary key, from `after` on."""
    asked = {"organisation_id": organisation_id, "given": _written(given), "after": after, "most": limit + 1}
    if since is None:
        return (await session.execute(_PAGE, asked)).all()
    return (await session.execute(_PAGE_SINCE, {**asked, "since": since})).all()


async def position_of(session: AsyncSession, organisation_id: UUID, event_id: UUID) -> int | None:
    mine = (col(FeedEvent.organisation_id) == organisation_id, col(FeedEvent.id) == event_id)
    return (await session.execute(select(col(FeedEvent.position)).where(*mine))).scalar_one_or_none()


async def find_given(session: AsyncSession, organisation_id: UUID, event_id: UUID, given: Given) -> Row[str, bytes] | None:
    asked = {"organisation_id": organisation_id, "event_id": event_id, "given": _written(given)}
    return (await session.execute(_ONE, asked)).one_or_none()
