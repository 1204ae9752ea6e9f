"""What one endpoint is to be sent now, and what became of it. The endpoint's row is held meanwhile: all replicas share its bounds.

A turn is few statements however many events it takes, and they are text: the ORM would build each anew, and write each row by itself.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import DateTime, Integer, Text, Uuid, and_, bindparam, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.database import NOW
from services.partners.hooks.models import Endpoint
from services.partners.hooks.rules import MANAGE, NOT_IN_TIME, TRIED_FOR, EndpointState, State
from services.partners.models import Client, Organisation
from services.partners.rules import ClientState
from services.partners.rules import State as Standing

# Asked again and again while nothing is to be done.
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

_ENDPOINT: Final = bindparam("endpoint_id", type_=Uuid)
_EVENTS: Final = bindparam("event_ids", type_=ARRAY(Uuid))
_UNTIL: Final = bindparam("until", type_=DateTime(timezone=True))
_HOLD: Final = (
    select(Endpoint, col(Organisation.code))
    .join(Organisation, col(Organisation.id) == col(Endpoint.organisation_id))
    .join(Client, col(Client.client_id) == col(Endpoint.client_id))
    .where(
        col(Endpoint.id) == _ENDPOINT,
        col(Endpoint.state) == EndpointState.ACTIVE,
        or_(col(Endpoint.retry_at).is_(None), col(Endpoint.retry_at) <= NOW),
        and_(col(Organisation.state) == Standing.VERIFIED, col(Client.state) == ClientState.ACTIVE, col(Client.scopes).contains([MANAGE])),
    )
    .with_for_update(of=Endpoint, skip_locked=True, key_share=True)
)
# Due, nobody's, and the first of its record: a later event waits for the earlier. Index Scan on partner_delivery_due.
_WAITING: Final = text(
    f"""
    select d.event_id, d.attempts, d.ping, e.type, e.fields, e.withheld, e.body
    from partner_delivery d
    left join partner_feed_event e on e.organisation_id = d.organisation_id and e.id = d.event_id
    where d.endpoint_id = :endpoint_id and d.state = '{State.WAITING}' and d.due <= :now
        and (d.claimed_until is null or d.claimed_until < :now)
        and not exists (
            select from partner_delivery b
            where b.endpoint_id = d.endpoint_id and b.subject = d.subject and b.state = '{State.WAITING}'
                and (b.sequence, b.begun_at, b.event_id) < (d.sequence, d.begun_at, d.event_id)
        )
    order by d.due, d.event_id
    limit greatest(0, :most - (
        select count(*) from partner_delivery u
        where u.endpoint_id = :endpoint_id and u.state = '{State.WAITING}' and u.claimed_until >= :now
    ))
    for update of d
    """  # noqa: S608 - words of ours
).bindparams(_ENDPOINT, NOW, bindparam("most", type_=Integer))
_SET_ASIDE: Final = text(
    f"""
    update partner_delivery d set state = '{State.WITHHELD}', reason = one.reason, done_at = :now
    from unnest(cast(:event_ids as uuid[]), cast(:reasons as text[])) as one (event_id, reason)
    where d.endpoint_id = :endpoint_id and d.event_id = one.event_id
    """  # noqa: S608 - words of ours
).bindparams(_ENDPOINT, NOW, _EVENTS, bindparam("reasons", type_=ARRAY(Text)))
_BEGIN: Final = text(
    """
    with claimed as (
        update partner_delivery set attempts = attempts + 1, claimed_until = :until
        where endpoint_id = :endpoint_id and event_id = any (:event_ids)
        returning endpoint_id, event_id, attempts
    )
    insert into partner_delivery_attempt (endpoint_id, event_id, number, began_at)
    select endpoint_id, event_id, attempts, :now from claimed
    """
).bindparams(_ENDPOINT, NOW, _EVENTS, _UNTIL)
# Only what is still this attempt's: one that took longer than its claim must not undo what another did meanwhile.
_SETTLE: Final = text(
    f"""
    with one as (
        select * from unnest(cast(:event_id as uuid[]), cast(:number as integer[]), cast(:ended_at as timestamptz[]),
            cast(:status as integer[]), cast(:outcome as text[]), cast(:due as timestamptz[]))
            as one (event_id, number, ended_at, status, outcome, due)
    ), ended as (
        update partner_delivery_attempt a set ended_at = one.ended_at, status = one.status, outcome = one.outcome from one
        where a.endpoint_id = :endpoint_id and a.event_id = one.event_id and a.number = one.number
    )
    update partner_delivery d set claimed_until = null, due = coalesce(one.due, d.due),
        state = case when one.due is null then '{State.DELIVERED}' else d.state end,
        done_at = case when one.due is null then one.ended_at end,
        reason = case when one.due is null then null else d.reason end
    from one
    where d.endpoint_id = :endpoint_id and d.event_id = one.event_id and d.attempts = one.number and d.state = '{State.WAITING}'
    """  # noqa: S608 - words of ours
).bindparams(
    _ENDPOINT,
    bindparam("event_id", type_=ARRAY(Uuid)),
    bindparam("number", type_=ARRAY(Integer)),
    bindparam("ended_at", type_=ARRAY(DateTime(timezone=True))),
    bindparam("status", type_=ARRAY(Integer)),
    bindparam("outcome", type_=ARRAY(Text)),
    bindparam("due", type_=ARRAY(DateTime(timezone=True))),
)


class Waiting(NamedTuple):
    """`attempts` so far. A `ping` stands in no feed: it has no type, fields or body there."""

    event_id: UUID
    attempts: int
    ping: bytes | None
    type: str | None
    fields: Sequence[str] | None
    withheld: str | None
    body: bytes | None


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


async def hold(session: AsyncSession, endpoint_id: UUID, now: datetime) -> tuple[Endpoint, str] | None:
    """With the code of its organisation. None where another replica holds it, or nothing may be sent there now."""
    row = (await session.execute(_HOLD, {"endpoint_id": endpoint_id, "now": now})).one_or_none()
    return (row[0], row[1]) if row else None


async def list_waiting(session: AsyncSession, endpoint_id: UUID, now: datetime, most: int) -> list[Waiting]:
    """So many that with what is under way there, by whichever replica, it is no more than `most`."""
    rows = await session.execute(_WAITING, {"endpoint_id": endpoint_id, "now": now, "most": most})
    return [Waiting(*row) for row in rows]


async def set_aside(session: AsyncSession, endpoint_id: UUID, reasons: Mapping[UUID, str], now: datetime) -> None:
    if reasons:
        given = {"event_ids": list(reasons), "reasons": list(reasons.values())}
        await session.execute(_SET_ASIDE, {"endpoint_id": endpoint_id, "now": now, **given})


async def begin(session: AsyncSession, endpoint_id: UUID, event_ids: Sequence[UUID], now: datetime, until: datetime) -> None:
    """Each attempt is written before its call: whoever dies in between leaves it without an end."""
    if event_ids:
        await session.execute(_BEGIN, {"endpoint_id": endpoint_id, "event_ids": list(event_ids), "now": now, "until": until})


async def settle(session: AsyncSession, endpoint_id: UUID, settled: Sequence[Settled]) -> None:
    given = {name: [getattr(one, name) for one in settled] for name in Settled._fields}
    await session.execute(_SETTLE, {"endpoint_id": endpoint_id, **given})


async def bury(session: AsyncSession, now: datetime) -> None:
    """What was tried for three days: a dead letter, until somebody asks for it again."""
    await session.execute(_BURY, {"now": now, "before": now - TRIED_FOR})
