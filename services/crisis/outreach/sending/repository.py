"""What is claimed to be sent and what became of it, a batch at a time. Hot statements name the index that they scan."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.bringers import Delivery
from services.crisis.outreach.models import DrillMessage, ProviderBucket, PushGone, PushLeft, Recipient, SendAttempt
from services.crisis.outreach.repository import AT_ONCE
from services.crisis.outreach.rules import Channel, State


class Claimed(NamedTuple):
    """What sending one message needs."""

    id: UUID
    is_drill: bool
    alert_id: UUID
    root: UUID
    kind: str
    person: UUID
    purpose: str
    channel: str
    language: str
    country: str | None
    contact: bytes
    parts: int
    attempts: int
    level: int
    rung: int
    not_after: datetime


_CLAIMED: Final = tuple(getattr(Recipient, name) for name in Claimed._fields)


class Look(NamedTuple):
    channel: str
    is_drill: bool
    is_due: bool
    is_lost: bool


# The first of each and no more: of `exists` the planner makes a table of all that is due, and reads 100,000 rows to say yes.
LOOK: Final = text("""
select channel, is_drill, (
    select true from recipient r
    where r.state = 'queued' and r.channel = line.channel and r.is_drill = line.is_drill and r.channel not in ('visit', 'none')
      and r.lane in (0, 1, 2, 3) and r.due <= :now and r.not_after > :now
    limit 1
) is not null as is_due, (
    select true from recipient r
    where r.state = 'sent' and r.channel = line.channel and r.is_drill = line.is_drill and r.claimed_until < :now
    limit 1
) is not null as is_lost
from unnest(cast(:channels as text[]), cast(:drills as boolean[])) as line (channel, is_drill)
""")


async def look(session: AsyncSession, lines: Sequence[tuple[str, bool]], now: datetime) -> list[Look]:
    """Channels and whether for drills: what there is to send, and to ask for. Index scans on recipient_queued and recipient_sent."""
    asked = {"channels": [channel for channel, _ in lines], "drills": [is_drill for _, is_drill in lines], "now": now}
    return [Look(*row) for row in await session.execute(LOOK, asked)]


async def expire(session: AsyncSession, now: datetime) -> None:
    """Index scan on recipient_ends."""
    await session.execute(EXPIRE, {"now": now})


EXPIRE: Final = text("""
update recipient set state = 'expired', contact = null, climb_at = null
where state = 'queued' and channel not in ('visit', 'none') and not_after <= :now
""")


async def claim(session: AsyncSession, channel: str, *, is_drill: bool, most_parts: int, most: int, urgent: bool, now: datetime,
                until: datetime) -> list[Claimed]:  # fmt: skip
    """Marks up to `most` messages as sent to the provider, the urgent first, and notes a try of each: one statement.

    Index Scan on recipient_queued (channel, is_drill, lane, due, id), in its order: a message of lane 0 behind 100,000 is the next.
    """
    rows = await session.execute(CLAIM, {"channel": channel, "is_drill": is_drill, "parts": most_parts, "most": most,
                                         "lane": 0 if urgent else 3, "now": now, "until": until})  # fmt: skip
    return [Claimed(*row) for row in rows]


CLAIM: Final = text("""
with locked as (
    select id, parts, lane, due from recipient
    where state = 'queued' and channel = :channel and is_drill = :is_drill and channel not in ('visit', 'none')
      and lane <= :lane and due <= :now and not_after > :now
    order by lane, due, id limit :most for update skip locked
), affordable as (
    select id from (select id, sum(parts) over (order by lane, due, id) as total from locked) as counted where total <= :parts
), claimed as (
    update recipient r set state = 'sent', attempts = r.attempts + 1, claimed_until = :until
    from affordable where r.id = affordable.id returning r.*
), noted as (
    insert into send_attempt (recipient_id, is_drill, number, is_ask, begun_at)
    select id, is_drill, attempts, false, :now from claimed
)
select id, is_drill, alert_id, root, kind, person, purpose, channel, language, country, contact, parts, attempts, level, rung, not_after
from claimed order by lane, due, id
""")


async def claim_lost(session: AsyncSession, channel: str, *, is_drill: bool, now: datetime, until: datetime) -> list[Claimed]:
    """Those whose outcome nobody knows: their provider is asked. Index scan on recipient_sent."""
    lost = (
        select(col(Recipient.id))
        .where(
            col(Recipient.state) == State.SENT, col(Recipient.claimed_until) < now,
            col(Recipient.channel) == channel, col(Recipient.is_drill) == is_drill,
        )
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    claimed = (
        update(Recipient)
        .where(col(Recipient.id).in_(lost))
        .values(attempts=Recipient.attempts + 1, claimed_until=until)
        .returning(*_CLAIMED)
    )
    found = [Claimed(*row) for row in await session.execute(claimed)]
    if found:
        tries = [
            {"recipient_id": one.id, "is_drill": one.is_drill, "number": one.attempts, "is_ask": True, "begun_at": now} for one in found
        ]
        await session.execute(insert(SendAttempt), tries)
    return found


class Left(NamedTuple):
    """Browsers that may take yet what another of the same person took, sealed."""

    recipient_id: UUID
    contact: bytes
    due: datetime
    not_after: datetime


class Settled(NamedTuple):
    """What became of one try. `at`: when it was known. `climb_at`: when the next rung is due."""

    id: UUID
    number: int
    state: str
    outcome: str
    reason: str | None
    word: str | None
    due: datetime
    at: datetime
    claimed_until: datetime | None
    climb_at: datetime | None
    left: Left | None = None


async def settle(session: AsyncSession, rows: Sequence[Settled]) -> None:
    """Two statements for a batch. Who was settled meanwhile (a delivery was told) stays so; contacts of what is over are gone."""
    if rows:
        columns = {name: [getattr(one, name) for one in rows] for name in Settled._fields}
        await session.execute(SETTLE, columns)
        await session.execute(SETTLE_TRIES, {name: columns[name] for name in ("id", "number", "outcome", "word", "at")})
        await leave(session, [one.left for one in rows if one.left is not None])


# What is not over yet climbs when it was to climb, whatever is tried meanwhile.
SETTLE: Final = text("""
update recipient r set
    state = s.state, reason = s.reason, due = s.due, claimed_until = s.claimed_until,
    climb_at = case when s.state in ('queued', 'sent') then coalesce(r.climb_at, s.climb_at) else s.climb_at end,
    provider_id = case when s.outcome = 'sent' then s.word else r.provider_id end,
    handed_at = case when s.state = 'accepted' then s.at else r.handed_at end,
    contact = case when s.state in ('queued', 'sent') then r.contact end
from unnest(cast(:id as uuid[]), cast(:state as text[]), cast(:outcome as text[]), cast(:reason as text[]), cast(:word as text[]),
            cast(:due as timestamptz[]), cast(:at as timestamptz[]), cast(:claimed_until as timestamptz[]),
            cast(:climb_at as timestamptz[]))
    as s (id, state, outcome, reason, word, due, at, claimed_until, climb_at)
where r.id = s.id and r.state = 'sent'
""")
SETTLE_TRIES: Final = text("""
update send_attempt a set ended_at = s.at, outcome = s.outcome, word = s.word
from unnest(cast(:id as uuid[]), cast(:number as smallint[]), cast(:outcome as text[]), cast(:word as text[]),
            cast(:at as timestamptz[]))
    as s (id, number, outcome, word, at)
where a.recipient_id = s.id and a.number = s.number
""")


async def take_tokens(session: AsyncSession, channel: str, per_second: float, burst: int) -> float:
    """What the bucket holds now; its row is locked until the end of the transaction, so that replicas share one rate."""
    await session.execute(FILL, {"channel": channel, "burst": burst})
    found = await session.scalar(REFILL, {"channel": channel, "rate": per_second, "burst": burst})
    return float(found or 0)


FILL: Final = text(
    "insert into provider_bucket (channel, tokens, filled_at) values (:channel, :burst, clock_timestamp()) on conflict do nothing"
)
REFILL: Final = text("""
update provider_bucket set
    tokens = least(cast(:burst as float8), tokens + cast(:rate as float8) * greatest(0, extract(epoch from clock_timestamp() - filled_at))),
    filled_at = greatest(filled_at, clock_timestamp())
where channel = :channel returning tokens
""")


async def spend(session: AsyncSession, channel: str, parts: int) -> None:
    statement = update(ProviderBucket).where(col(ProviderBucket.channel) == channel).values(tokens=ProviderBucket.tokens - parts)
    await session.execute(statement)


async def note_gone(session: AsyncSession, subscriptions: Sequence[UUID], now: datetime) -> None:
    rows = [{"subscription": one, "noted_at": now} for one in subscriptions]
    await session.execute(insert_or_skip(PushGone).on_conflict_do_nothing(), rows)


async def list_gone(session: AsyncSession) -> Sequence[UUID]:
    found = await session.execute(select(col(PushGone.subscription)).order_by(col(PushGone.subscription)).limit(AT_ONCE))
    return found.scalars().all()


async def forget_gone(session: AsyncSession, subscriptions: Sequence[UUID]) -> None:
    await session.execute(delete(PushGone).where(col(PushGone.subscription).in_(subscriptions)))


async def leave(session: AsyncSession, rows: Sequence[Left]) -> None:
    """What is left for a later try; what was left before is replaced."""
    if rows:
        new = insert_or_skip(PushLeft)
        again = {name: getattr(new.excluded, name) for name in ("contact", "due")}
        await session.execute(new.on_conflict_do_update(index_elements=["recipient_id"], set_=again), [one._asdict() for one in rows])


async def record_drill(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    await session.execute(insert_or_skip(DrillMessage).on_conflict_do_nothing(), list(rows))


async def list_drilled(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    found = await session.execute(select(col(DrillMessage.recipient_id)).where(col(DrillMessage.recipient_id).in_(ids)))
    return {UUID(str(one)) for one in found.scalars()}


async def note_told(session: AsyncSession, told: Delivery, now: datetime) -> bool:
    """Whether it is of a message of ours: by the company's id; of one whose outcome nobody knew, by our reference, said again."""
    rows = select(col(Recipient.id)).where(col(Recipient.provider_id) == told.id).limit(1)
    found = (await session.execute(rows)).scalar_one_or_none()
    if found is None and (reference := _uuid(told.reference)) is not None:
        named = update(Recipient).where(col(Recipient.id) == reference, col(Recipient.channel) == Channel.WHATSAPP)
        found = (await session.execute(named.values(provider_id=told.id).returning(col(Recipient.id)))).scalar_one_or_none()
    if found is not None:
        await note_delivery(session, told.id, now)
    return found is not None


def _uuid(said: str | None) -> UUID | None:
    try:
        return UUID(said or "")
    except ValueError:
        return None


async def note_delivery(session: AsyncSession, provider_id: str, now: datetime) -> None:
    """A delivery that was told is not taken back by an earlier word that comes late. Index scan on recipient_provider."""
    statement = (
        update(Recipient)
        .where(col(Recipient.provider_id) == provider_id, col(Recipient.state).in_([State.SENT, State.ACCEPTED]))
        .values(state=State.DELIVERED, delivered_at=now, contact=None, handed_at=func.coalesce(col(Recipient.handed_at), now))
    )
    await session.execute(statement)
