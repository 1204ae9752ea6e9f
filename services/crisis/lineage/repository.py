"""The SQL of lineage. What hangs together is found over references in both directions and over equal identifiers."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, case, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from contracts.crisis import MessageStatus
from services.crisis.decisions.models import AlertDecision
from services.crisis.decisions.rules import Outcome
from services.crisis.exposure.models import AlertRaise
from services.crisis.lineage.models import AlertLink, AlertStep, AlertTrait
from services.crisis.lineage.rules import Node
from services.crisis.sources.models import RawMessage, SourceEntry
from services.crisis.warnings.cap import Identity, MessageType
from services.crisis.warnings.models import Alert, AlertCountry, AlertReference, CapMessage, MessageReceipt
from services.crisis.warnings.repository import seen_by
from services.crisis.warnings.rules import Sight, State

LINKS_SHOWN: Final = 50
# One step each way along references (alert_reference's key and alert_reference_named) and to the next version either way: an event of many
# versions is walked once, not squared.
TOGETHER: Final = text("""
with recursive part as (
    select id, sender, identifier, sent from alert where id = :start
  union
    select near.id, near.sender, near.identifier, near.sent
    from part cross join lateral (
        select a.id, a.sender, a.identifier, a.sent from alert_reference r
            join alert a on a.sender = r.sender and a.identifier = r.identifier and a.sent = r.sent where r.alert_id = part.id
        union all
        select a.id, a.sender, a.identifier, a.sent from alert_reference r join alert a on a.id = r.alert_id
            where r.sender = part.sender and r.identifier = part.identifier and r.sent = part.sent
        union all
        (select a.id, a.sender, a.identifier, a.sent from alert a
            where a.sender = part.sender and a.identifier = part.identifier and a.sent < part.sent order by a.sent desc limit 1)
        union all
        (select a.id, a.sender, a.identifier, a.sent from alert a
            where a.sender = part.sender and a.identifier = part.identifier and a.sent > part.sent order by a.sent limit 1)
    ) near
)
select id from part
""")


@dataclass(frozen=True, slots=True)
class Known:
    """A message of a chain with the state that is written down for it."""

    id: UUID
    state: State
    node: Node


async def list_together(session: AsyncSession, alert_id: UUID) -> list[Known]:
    """All that hangs together with one message, itself included."""
    ids = (await session.execute(TOGETHER, {"start": alert_id})).scalars().all()
    alerts = (await session.execute(select(Alert).where(col(Alert.id).in_(ids)))).scalars().all()
    references = await _references(session, ids)
    return [Known(alert.id, State(alert.state), node_of(alert, frozenset(references[alert.id]))) for alert in alerts]


def node_of(alert: Alert, references: frozenset[Identity]) -> Node:
    return Node(
        identity=Identity(alert.sender, alert.identifier, alert.sent),
        status=MessageStatus(alert.message_status),
        type=MessageType(alert.message_type),
        ends=alert.ends,
        references=references,
        issuer=alert.issuer,
        by_person=alert.by_person,
        vouched=alert.vouched,
    )


async def _references(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[Identity]]:
    found: dict[UUID, list[Identity]] = defaultdict(list)
    for row in (await session.execute(select(AlertReference).where(col(AlertReference.alert_id).in_(ids)))).scalars():
        found[row.alert_id].append(Identity(row.sender, row.identifier, row.sent))
    return found


async def add_step(session: AsyncSession, step: AlertStep) -> None:
    session.add(step)
    await session.flush()


async def list_steps(session: AsyncSession, alert_id: UUID) -> Sequence[AlertStep]:
    found = await session.execute(select(AlertStep).where(col(AlertStep.alert_id) == alert_id).order_by(col(AlertStep.position)))
    return found.scalars().all()


async def add_trait(session: AsyncSession, trait: AlertTrait) -> None:
    session.add(trait)
    await session.flush()


async def trait_of(session: AsyncSession, alert_id: UUID) -> AlertTrait | None:
    return (await session.execute(select(AlertTrait).where(col(AlertTrait.alert_id) == alert_id))).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Comparable:
    alert: Alert
    trait: AlertTrait
    countries: frozenset[str]
    level: int | None


async def list_comparable(
    session: AsyncSession, alert: Alert, countries: Collection[str], since: datetime, until: datetime, limit: int
) -> list[Comparable]:
    """What stands near in time for one of these countries, the nearest first: Index Scan on alert_trait_starts, then by countries."""
    shared = select(1).where(col(AlertCountry.alert_id) == Alert.id, col(AlertCountry.country).in_(sorted(countries)))
    rows = (
        select(Alert, AlertTrait, AlertDecision)
        .join(AlertTrait, col(AlertTrait.alert_id) == col(Alert.id))
        .outerjoin(AlertDecision, col(AlertDecision.alert_id) == col(Alert.id))
        .where(
            col(Alert.id) != alert.id,
            col(Alert.state) == State.STANDING.value,
            col(Alert.message_status) == alert.message_status,
            col(AlertTrait.starts).between(since, until),
            shared.exists(),
        )
        .order_by(func.abs(func.extract("epoch", col(Alert.sent) - alert.sent)), col(Alert.id))
        .limit(limit)
    )
    found = (await session.execute(rows)).all()
    theirs = await countries_of(session, [one.id for one, _, _ in found])
    return [Comparable(one, trait, theirs[one.id], level_out(decision)) for one, trait, decision in found]


def level_out(decision: AlertDecision | None) -> int | None:
    """The level at which a warning went out, or goes out by itself unless an officer holds it back."""
    is_out = decision is not None and (decision.due is not None or decision.outcome == Outcome.RELEASED)
    return decision.level if decision is not None and is_out else None


async def list_twin_levels(session: AsyncSession, alert_id: UUID) -> list[int]:
    """Of the other language editions that stand now."""
    other = case((col(AlertLink.alert_id) == alert_id, col(AlertLink.other_id)), else_=col(AlertLink.alert_id))
    rows = (
        select(AlertDecision)
        .join(AlertLink, other == col(AlertDecision.alert_id))
        .join(Alert, col(Alert.id) == col(AlertDecision.alert_id))
        .where(or_(col(AlertLink.alert_id) == alert_id, col(AlertLink.other_id) == alert_id), col(AlertLink.twin))
        .where(col(Alert.state) == State.STANDING.value)
    )
    return [level for one in (await session.execute(rows)).scalars() if (level := level_out(one)) is not None]


async def countries_of(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    found: dict[UUID, set[str]] = {one: set() for one in ids}
    for row in (await session.execute(select(AlertCountry).where(col(AlertCountry.alert_id).in_(ids)))).scalars():
        found[row.alert_id].add(row.country)
    return {one: frozenset(countries) for one, countries in found.items()}


async def add_links(session: AsyncSession, links: Sequence[AlertLink]) -> None:
    session.add_all(links)
    await session.flush()


async def list_links(session: AsyncSession, alert_id: UUID, sight: Sight) -> list[tuple[UUID, AlertLink]]:
    """The other warning of each link, where the caller may see it; the likeliest first."""
    other = case((col(AlertLink.alert_id) == alert_id, col(AlertLink.other_id)), else_=col(AlertLink.alert_id))
    rows = (
        select(Alert, AlertLink)
        .join(AlertLink, other == col(Alert.id))
        .where(or_(col(AlertLink.alert_id) == alert_id, col(AlertLink.other_id) == alert_id), seen_by(sight))
        .order_by(col(AlertLink.score).desc(), col(Alert.id))
        .limit(LINKS_SHOWN)
    )
    return [(alert.id, link) for alert, link in (await session.execute(rows)).all()]


async def count_conflicts(session: AsyncSession, alert_id: UUID) -> int:
    """Other texts that came under the identity of this one (R2)."""
    rows = select(func.count()).select_from(RawMessage).where(col(RawMessage.conflicts_with) == alert_id)
    return await session.scalar(rows) or 0


async def vanished_at(session: AsyncSession, alert_id: UUID) -> datetime | None:
    """When the last of its sources that had listed it did no longer (R9); None where one still lists it, or none ever did."""
    entries = (
        select(func.bool_or(col(SourceEntry.vanished_at).is_(None)), func.max(col(SourceEntry.vanished_at)))
        .join(RawMessage, col(RawMessage.id) == col(SourceEntry.raw_id))
        .where(col(RawMessage.alert_id) == alert_id)
    )
    is_listed, last = (await session.execute(entries)).one()
    return None if is_listed else last


@dataclass(frozen=True, slots=True)
class Arrived:
    """An arrival as it was written down, with the message's bytes the first time that it came."""

    receipt: MessageReceipt
    raw: bytes


async def list_arrivals(session: AsyncSession, until: datetime, after: tuple[datetime, UUID] | None, limit: int) -> list[Arrived]:
    """In the order in which they were taken in: Index Scan on message_receipt_order."""
    rows: Select[MessageReceipt, bytes] = (
        select(MessageReceipt, col(CapMessage.raw))
        .join(CapMessage, col(CapMessage.alert_id) == col(MessageReceipt.alert_id))
        .where(col(MessageReceipt.received_at) <= until)
        .order_by(col(MessageReceipt.received_at), col(MessageReceipt.id))
        .limit(limit)
    )
    if after is not None:
        rows = rows.where(func.row(col(MessageReceipt.received_at), col(MessageReceipt.id)) > func.row(*after))
    return [Arrived(receipt, raw) for receipt, raw in (await session.execute(rows)).all()]


@dataclass(frozen=True, slots=True)
class Stored:
    """What is written down of a warning. `state`: the one that it had at the instant asked for; `first_rule`: of its first step."""

    alert: Alert
    decision: AlertDecision | None
    raised: AlertRaise | None
    countries: frozenset[str]
    state: str | None
    first_rule: str | None


async def list_stored(session: AsyncSession, ids: Collection[UUID], at: datetime) -> dict[UUID, Stored]:
    steps = select(AlertStep).where(col(AlertStep.alert_id) == Alert.id).correlate(Alert)
    state = steps.where(col(AlertStep.at) <= at).with_only_columns(col(AlertStep.state)).order_by(col(AlertStep.position).desc()).limit(1)
    first = steps.with_only_columns(col(AlertStep.rule)).order_by(col(AlertStep.position)).limit(1)
    rows = (
        select(Alert, AlertDecision, AlertRaise, state.scalar_subquery(), first.scalar_subquery())
        .outerjoin(AlertDecision, col(AlertDecision.alert_id) == col(Alert.id))
        .outerjoin(AlertRaise, col(AlertRaise.alert_id) == col(Alert.id))
        .where(col(Alert.id).in_(ids))
    )
    theirs = await countries_of(session, ids)
    return {
        alert.id: Stored(alert, decision, raised, theirs[alert.id], at_that_time, rule)
        for alert, decision, raised, at_that_time, rule in (await session.execute(rows)).all()
    }
