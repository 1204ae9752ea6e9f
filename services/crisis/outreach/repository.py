"""The SQL of outreach: the ledger in batches, links and relays. Hot statements name the index that they scan."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.crisis.checkins.models import CheckinCurrent
from services.crisis.outreach.models import OutreachJob, OutreachLink, Recipient, Relay, SendAttempt
from services.crisis.outreach.rules import HANDED, Channel, Purpose
from services.crisis.warnings.models import Alert

AT_ONCE: Final = 200


async def root_of(session: AsyncSession, alert_id: UUID) -> UUID | None:
    found = await session.scalar(select(col(OutreachJob.root)).where(col(OutreachJob.alert_id) == alert_id).limit(1))
    return None if found is None else UUID(str(found))


async def newest_of(session: AsyncSession, root: UUID) -> UUID:
    """The last message of a chain that went out."""
    rows = select(col(OutreachJob.alert_id)).where(col(OutreachJob.root) == root).order_by(col(OutreachJob.opened_at).desc()).limit(1)
    return UUID(str((await session.execute(rows)).scalar_one()))


async def jobs_of(session: AsyncSession, alert_id: UUID) -> Sequence[OutreachJob]:
    found = await session.execute(
        select(OutreachJob).where(col(OutreachJob.alert_id) == alert_id).order_by(col(OutreachJob.opened_at), col(OutreachJob.place))
    )
    return found.scalars().all()


class Warned(NamedTuple):
    person: UUID
    kind: str


async def warned(session: AsyncSession, root: UUID, *, after: UUID | None, silent: bool) -> list[Warned]:
    """A page of those who were warned in this chain, wherever they are now; `silent`: only who has not answered. Scans recipient_root.

    A browser may have what is tried again because nobody knows.
    """
    unknown = select(1).where(
        col(SendAttempt.recipient_id) == col(Recipient.id),
        ~col(SendAttempt.is_ask),
        func.coalesce(col(SendAttempt.outcome), "unclear") == "unclear",
    )
    handed = or_(col(Recipient.state).in_(HANDED), and_(col(Recipient.channel) == Channel.PUSH, unknown.exists()))
    rows = (
        select(col(Recipient.person), func.min(col(Recipient.kind)))
        .where(col(Recipient.root) == root, handed, col(Recipient.purpose) != Purpose.ALL_CLEAR)
        .group_by(col(Recipient.person))
        .order_by(col(Recipient.person))
        .limit(AT_ONCE)
    )
    if after is not None:
        rows = rows.where(col(Recipient.person) > after)
    if silent:
        answered = select(1).where(col(CheckinCurrent.root) == root, col(CheckinCurrent.person) == col(Recipient.person))
        rows = rows.where(~answered.exists(), col(Recipient.kind) == "person")
    return [Warned(UUID(str(person)), kind) for person, kind in await session.execute(rows)]


# One array for each column: SQLAlchemy would make each cell of each row a parameter of its own. Codes in `flags` hold no comma.
ADD_RECIPIENTS: Final = text("""
insert into recipient (id, job_id, is_drill, alert_id, root, version, kind, person, purpose, source, level, lane, channel, rung, language,
                       country, flags, parts, state, reason, contact, phone_index, due, not_after, queued_at)
select id, job_id, is_drill, alert_id, root, version, kind, person, purpose, source, level, lane, channel, rung, language,
       country, string_to_array(flags, ','), parts, state, reason, contact, phone_index, due, not_after, queued_at
from unnest(
    cast(:id as uuid[]), cast(:job_id as uuid[]), cast(:is_drill as boolean[]), cast(:alert_id as uuid[]), cast(:root as uuid[]),
    cast(:version as integer[]), cast(:kind as text[]), cast(:person as uuid[]), cast(:purpose as text[]), cast(:source as text[]),
    cast(:level as smallint[]), cast(:lane as smallint[]), cast(:channel as text[]), cast(:rung as smallint[]), cast(:language as text[]),
    cast(:country as text[]), cast(:flags as text[]), cast(:parts as smallint[]), cast(:state as text[]), cast(:reason as text[]),
    cast(:contact as bytea[]), cast(:phone_index as bytea[]), cast(:due as timestamptz[]), cast(:not_after as timestamptz[]),
    cast(:queued_at as timestamptz[])
) as given (id, job_id, is_drill, alert_id, root, version, kind, person, purpose, source, level, lane, channel, rung, language,
            country, flags, parts, state, reason, contact, phone_index, due, not_after, queued_at)
on conflict do nothing
""")


async def add_recipients(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Who is there already by the same way stays as they are."""
    await add_columns(session, ADD_RECIPIENTS, rows)


async def add_columns(session: AsyncSession, statement: TextClause, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        written = [{**row, "flags": ",".join(row["flags"])} for row in rows]
        await session.execute(statement, {name: [row.get(name) for row in written] for name in statement.compile().params})


async def wake(session: AsyncSession) -> None:
    """With the commit: whoever sends looks at once."""
    await session.execute(select(func.pg_notify("outreach", "")))


async def alerts_by_id(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, Alert]:
    found = await session.execute(select(Alert).where(col(Alert.id).in_(ids)))
    return {UUID(str(one.id)): one for one in found.scalars()}


async def relays_by_id(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[Relay]:
    rows = select(Relay).where(col(Relay.id).in_(ids), col(Relay.ended_at).is_(None))
    return (await session.execute(rows)).scalars().all()


async def list_relays(session: AsyncSession, countries: frozenset[str] | None, after: UUID | None) -> Sequence[Relay]:
    """One more than a page."""
    rows = select(Relay).where(col(Relay.ended_at).is_(None)).order_by(col(Relay.id)).limit(AT_ONCE + 1)
    if after is not None:
        rows = rows.where(col(Relay.id) > after)
    if countries is not None:
        rows = rows.where(col(Relay.country).in_(sorted(countries)))
    return (await session.execute(rows)).scalars().all()


async def find_link(session: AsyncSession, token_index: bytes) -> OutreachLink | None:
    return (await session.execute(select(OutreachLink).where(col(OutreachLink.token_index) == token_index))).scalar_one_or_none()


async def newest_by_phone(session: AsyncSession, phone_index: bytes) -> Recipient | None:
    """Whose number it is, by the last that was sent there. Index scan on recipient_phone, backwards."""
    rows = (
        select(Recipient)
        .where(col(Recipient.phone_index) == phone_index, col(Recipient.state).in_(HANDED), ~col(Recipient.is_drill))
        .order_by(col(Recipient.queued_at).desc())
        .limit(1)
    )
    return (await session.execute(rows)).scalar_one_or_none()
