"""What one endpoint is to be sent now, and what became of it. The endpoint's row is held meanwhile: all replicas share its bounds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.partners.feed.models import FeedEvent
from services.partners.hooks.models import Attempt, Delivery, Endpoint
from services.partners.hooks.rules import MANAGE, NOT_IN_TIME, TRIED_FOR, EndpointState, State
from services.partners.models import Client, Organisation
from services.partners.rules import ClientState
from services.partners.rules import State as Standing

# Both are asked again and again while nothing is to be done: as text, for the ORM would build them anew each time.
_NEXT: Final = text(
    f"""
    select e.id, greatest(first.due, e.retry_at)
    from partner_endpoint e
    join partner_organisation o on o.id = e.organisation_id and o.state = '{Standing.VERIFIED}'
    join partner_client c on c.client_id = e.client_id and c.state = '{ClientState.ACTIVE}' and '{MANAGE}' = any (c.scopes)
    cross join lateral (
        select d.due from partner_delivery d where d.endpoint_id = e.id and d.state = '{State.WAITING}' order by d.due limit 1
    ) first
    where e.state = '{EndpointState.ACTIVE}'
    """  # noqa: S608 - words of ours
)
# Who settles one of them just now has it, and it is looked at again.
_BURY: Final = text(
    f"""
    update partner_delivery set state = '{State.DEAD}', reason = '{NOT_IN_TIME}', done_at = :now, claimed_until = null
    where (endpoint_id, event_id) in (
        select endpoint_id, event_id from partner_delivery where state = '{State.WAITING}' and begun_at <= :before for update skip locked
    )
    """  # noqa: S608 - words of ours
)


# For each event that is sent: as text, and all of a turn at once. Two updates apiece through the ORM took a third of the sender's time.
_GIVEN: Final = (
    bindparam("endpoint_id", type_=Uuid),
    bindparam("event_id", type_=ARRAY(Uuid)),
    bindparam("number", type_=ARRAY(Integer)),
    bindparam("ended_at", type_=ARRAY(DateTime(timezone=True))),
    bindparam("status", type_=ARRAY(Integer)),
    bindparam("outcome", type_=ARRAY(Text)),
    bindparam("due", type_=ARRAY(DateTime(timezone=True))),
)
_ROWS: Final = """
    (select * from unnest(cast(:event_id as uuid[]), cast(:number as integer[]), cast(:ended_at as timestamptz[]),
        cast(:status as integer[]), cast(:outcome as text[]), cast(:due as timestamptz[]))
        as one (event_id, number, ended_at, status, outcome, due)) one
"""
_END_ATTEMPTS: Final = text(
    f"""
    update partner_delivery_attempt a set ended_at = one.ended_at, status = one.status, outcome = one.outcome from {_ROWS}
    where a.endpoint_id = :endpoint_id and a.event_id = one.event_id and a.number = one.number
    """  # noqa: S608 - words of ours
).bindparams(*_GIVEN)
_SETTLE: Final = text(
    f"""
    update partner_delivery d set claimed_until = null, due = coalesce(one.due, d.due),
        state = case when one.due is null then '{State.DELIVERED}' else d.state end,
        done_at = case when one.due is null then one.ended_at end,
        reason = case when one.due is null then null else d.reason end
    from {_ROWS}
    where d.endpoint_id = :endpoint_id and d.event_id = one.event_id and d.attempts = one.number and d.state = '{State.WAITING}'
    """  # noqa: S608 - words of ours
).bindparams(*_GIVEN)


class Waiting(NamedTuple):
    """`event` is None for a ping."""

    delivery: Delivery
    event: FeedEvent | None


class Settled(NamedTuple):
    """What became of one attempt. `due`: when it is tried again, None where it is not."""

    event_id: UUID
    number: int
    ended_at: datetime
    status: int | None
    outcome: str
    due: datetime | None


async def list_next(session: AsyncSession) -> dict[UUID, datetime]:
    """Endpoints for which something waits, and since or until when; of organisations and clients that are in order."""
    return {row[0]: row[1] for row in await session.execute(_NEXT)}


def _may_be_sent(now: datetime) -> ColumnElement[bool]:
    return and_(
        col(Endpoint.state) == EndpointState.ACTIVE,
        or_(col(Endpoint.retry_at).is_(None), col(Endpoint.retry_at) <= now),
        col(Organisation.state) == Standing.VERIFIED,
        col(Client.state) == ClientState.ACTIVE,
        col(Client.scopes).contains([MANAGE]),
    )


async def hold(session: AsyncSession, endpoint_id: UUID, now: datetime) -> Endpoint | None:
    """None where another replica holds it, or nothing may be sent there now."""
    rows = select(Endpoint).join(Organisation, col(Organisation.id) == col(Endpoint.organisation_id))
    rows = rows.join(Client, col(Client.client_id) == col(Endpoint.client_id)).where(col(Endpoint.id) == endpoint_id, _may_be_sent(now))
    return (await session.execute(rows.with_for_update(of=Endpoint, skip_locked=True, key_share=True))).scalar_one_or_none()


async def code_of(session: AsyncSession, organisation_id: UUID) -> str:
    return (await session.execute(select(col(Organisation.code)).where(col(Organisation.id) == organisation_id))).scalar_one()


async def count_under_way(session: AsyncSession, endpoint_id: UUID, now: datetime) -> int:
    mine = (col(Delivery.endpoint_id) == endpoint_id, col(Delivery.state) == State.WAITING, col(Delivery.claimed_until) >= now)
    return (await session.execute(select(func.count()).select_from(Delivery).where(*mine))).scalar_one()


async def list_waiting(session: AsyncSession, endpoint_id: UUID, now: datetime, most: int) -> list[Waiting]:
    """Due, nobody's, and the first of its record: a later event waits for the earlier. Index Scan on partner_delivery_due."""
    before = aliased(Delivery)
    place = tuple_(col(before.sequence), col(before.begun_at), col(before.event_id)) < tuple_(
        col(Delivery.sequence), col(Delivery.begun_at), col(Delivery.event_id)
    )
    is_later = exists().where(
        col(before.endpoint_id) == col(Delivery.endpoint_id),
        col(before.subject) == col(Delivery.subject),
        col(before.state) == State.WAITING,
        place,
    )
    theirs = and_(col(FeedEvent.organisation_id) == col(Delivery.organisation_id), col(FeedEvent.id) == col(Delivery.event_id))
    rows = select(Delivery, FeedEvent).outerjoin(FeedEvent, theirs)
    rows = rows.where(
        col(Delivery.endpoint_id) == endpoint_id,
        col(Delivery.state) == State.WAITING,
        col(Delivery.due) <= now,
        or_(col(Delivery.claimed_until).is_(None), col(Delivery.claimed_until) < now),
        ~is_later,
    )
    rows = rows.order_by(col(Delivery.due), col(Delivery.event_id)).limit(most).with_for_update(of=Delivery)
    return [Waiting(*row) for row in await session.execute(rows)]


async def begin(session: AsyncSession, deliveries: Sequence[Delivery], now: datetime, until: datetime) -> None:
    """Each attempt is written before its call: whoever dies in between leaves it without an end."""
    rows = []
    for one in deliveries:
        one.attempts += 1
        one.claimed_until = until
        rows.append({"endpoint_id": one.endpoint_id, "event_id": one.event_id, "number": one.attempts, "began_at": now})
    await session.flush()
    await session.execute(insert(Attempt), rows)


async def settle(session: AsyncSession, endpoint_id: UUID, settled: Sequence[Settled]) -> None:
    """Only what is still this attempt's: one that took longer than its claim must not undo what another did meanwhile."""
    given = {name: [getattr(one, name) for one in settled] for name in Settled._fields}
    for statement in (_END_ATTEMPTS, _SETTLE):
        await session.execute(statement, {"endpoint_id": endpoint_id, **given})


async def bury(session: AsyncSession, now: datetime) -> None:
    """What was tried for three days: a dead letter, until somebody asks for it again."""
    await session.execute(_BURY, {"now": now, "before": now - TRIED_FOR})
