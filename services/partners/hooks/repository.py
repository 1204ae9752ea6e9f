"""Statements about endpoints and deliveries. Each read for a program names its organisation: another's does not exist for it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.partners.feed.models import FeedEvent
from services.partners.hooks import rules
from services.partners.hooks.models import Attempt, Delivery, Endpoint
from services.partners.hooks.rules import EndpointState, State
from services.partners.models import Organisation

CHANNEL: Final = "hooks"
NOT_ENDED: Final = col(Endpoint.state) != EndpointState.ENDED


class Queued(NamedTuple):
    """An event that is to go to whoever wants its type."""

    event_id: UUID
    type: str
    subject: UUID
    sequence: int


async def find(session: AsyncSession, organisation_id: UUID, endpoint_id: UUID, *, lock: bool = False) -> Endpoint | None:
    mine = select(Endpoint).where(col(Endpoint.organisation_id) == organisation_id, col(Endpoint.id) == endpoint_id)
    return (await session.execute(mine.with_for_update(key_share=True) if lock else mine)).scalar_one_or_none()


async def list_of(session: AsyncSession, organisation_id: UUID) -> Sequence[Endpoint]:
    """Those that have not ended, oldest first."""
    mine = select(Endpoint).where(col(Endpoint.organisation_id) == organisation_id, NOT_ENDED)
    return (await session.execute(mine.order_by(col(Endpoint.added_at), col(Endpoint.id)))).scalars().all()


async def lock_organisation(session: AsyncSession, organisation_id: UUID) -> None:
    """Until the transaction ends: who counts what is the organisation's counts alone."""
    mine = select(col(Organisation.id)).where(col(Organisation.id) == organisation_id)
    await session.execute(mine.with_for_update(key_share=True))


async def end_what_waits(session: AsyncSession, endpoint_id: UUID, reason: str, now: datetime) -> None:
    """Nothing goes there any more; what was to go can be had again from the feed, or by a replay once it takes events again."""
    waiting = (col(Delivery.endpoint_id) == endpoint_id, col(Delivery.state) == State.WAITING)
    change = {"state": State.DEAD, "reason": reason, "done_at": now, "claimed_until": None}
    await session.execute(update(Delivery).where(*waiting).values(**change))


async def queue(session: AsyncSession, organisation_id: UUID, events: Sequence[Queued], now: datetime) -> None:
    """To each endpoint of the organisation that wants them. Who pauses gets them later; who is gone does not."""
    endpoints = [one for one in await list_of(session, organisation_id) if one.state not in rules.CLOSED]
    rows = [_row(endpoint, event, now) for endpoint in endpoints for event in events if rules.wants(endpoint.types, event.type)]
    if rows:
        await session.execute(insert_or_skip(Delivery).values(rows).on_conflict_do_nothing())
        await wake(session)


def _row(endpoint: Endpoint, event: Queued, now: datetime) -> dict[str, object]:
    known = {"endpoint_id": endpoint.id, "organisation_id": endpoint.organisation_id, "state": State.WAITING, "attempts": 0}
    return {**known, **event._asdict(), "begun_at": now, "due": now}


async def queue_again(
    session: AsyncSession, endpoint: Endpoint, *, since: datetime | None, event_ids: Collection[UUID], now: datetime
) -> int:
    """What stands in the feed, since a time or by its ids, once more under the same ids. How many that did not wait already."""
    known = {"endpoint_id": endpoint.id, "organisation_id": endpoint.organisation_id, "attempts": 0}
    fresh = {"state": State.WAITING, "begun_at": now, "due": now}
    given = {name: literal(value, Delivery.__table__.c[name].type) for name, value in {**known, **fresh}.items()}  # type: ignore[attr-defined]
    theirs = select(col(FeedEvent.id), col(FeedEvent.type), col(FeedEvent.subject), col(FeedEvent.sequence), *given.values()).where(
        col(FeedEvent.organisation_id) == endpoint.organisation_id,
        col(FeedEvent.added_at) >= since if since is not None else col(FeedEvent.id).in_(event_ids),
    )
    if endpoint.types is not None:
        theirs = theirs.where(col(FeedEvent.type).in_(rules.wanted(endpoint.types)))
    added = insert_or_skip(Delivery).from_select(["event_id", "type", "subject", "sequence", *given], theirs)
    again = added.on_conflict_do_update(
        index_elements=["endpoint_id", "event_id"],
        set_={**fresh, "reason": None, "done_at": None},
        where=col(Delivery.state) != State.WAITING,
    )
    rows = await session.execute(again.returning(col(Delivery.event_id)))
    await wake(session)
    return len(rows.all())


async def wake(session: AsyncSession) -> None:
    await session.execute(select(func.pg_notify(CHANNEL, "")))


async def has_waiting_ping(session: AsyncSession, endpoint_id: UUID) -> bool:
    mine = (col(Delivery.endpoint_id) == endpoint_id, col(Delivery.ping).is_not(None), col(Delivery.state) == State.WAITING)
    return (await session.execute(select(col(Delivery.event_id)).where(*mine).limit(1))).first() is not None


async def list_deliveries(session: AsyncSession, endpoint_id: UUID, paging: Paging, *, state: str | None) -> Sequence[Delivery]:
    """Newest first: a keyset scan of partner_delivery_newest."""
    rows = select(Delivery).where(col(Delivery.endpoint_id) == endpoint_id)
    if state is not None:
        rows = rows.where(col(Delivery.state) == state)
    return (await session.execute(paging.of(rows, col(Delivery.begun_at), col(Delivery.event_id)))).scalars().all()


async def find_delivery(session: AsyncSession, endpoint_id: UUID, event_id: UUID) -> Delivery | None:
    mine = (col(Delivery.endpoint_id) == endpoint_id, col(Delivery.event_id) == event_id)
    return (await session.execute(select(Delivery).where(*mine))).scalar_one_or_none()


async def list_attempts(session: AsyncSession, endpoint_id: UUID, event_ids: Collection[UUID]) -> Sequence[Attempt]:
    mine = select(Attempt).where(col(Attempt.endpoint_id) == endpoint_id, col(Attempt.event_id).in_(event_ids))
    return (await session.execute(mine.order_by(col(Attempt.event_id), col(Attempt.number)))).scalars().all()
