"""Every SQL statement on sources."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, bindparam, case, delete, func, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.crisis.sources.index import Entry
from services.crisis.sources.models import RawMessage, SourceAlarm, SourceEntry, SourceFetch, SourceState

# A message that cannot be fetched is asked for so often; the next change of its entry begins anew.
TRIES: Final = 8
KEPT: Final = timedelta(days=30)


async def keep(session: AsyncSession, row: RawMessage) -> tuple[UUID, bool]:
    """The id of the row that holds these bytes of this source, and whether it is new."""
    added = insert(RawMessage).values(**row.model_dump()).on_conflict_do_nothing(index_elements=["source", "sha256"])
    new = (await session.execute(added.returning(col(RawMessage.id)))).scalar_one_or_none()
    same = select(col(RawMessage.id)).where(col(RawMessage.source) == row.source, col(RawMessage.sha256) == row.sha256)
    return (new, True) if new is not None else ((await session.execute(same)).scalar_one(), False)


async def locked(session: AsyncSession, raw_id: UUID) -> RawMessage:
    found = select(RawMessage).where(col(RawMessage.id) == raw_id).with_for_update().execution_options(populate_existing=True)
    return (await session.execute(found)).scalar_one()


async def list_unread(session: AsyncSession, sources: Collection[str], before: datetime) -> Sequence[RawMessage]:
    """Kept and never judged: the process went away in between."""
    return (await session.execute(UNREAD, {"before": before, "sources": list(sources)})).scalars().all()


UNREAD: Final = (
    select(RawMessage)
    .where(
        col(RawMessage.state) == "received",
        col(RawMessage.received_at) < bindparam("before"),
        col(RawMessage.source) == func.any(bindparam("sources", type_=ARRAY(Text))),
    )
    .order_by(col(RawMessage.received_at))
    .limit(50)
)


async def list_quarantined(session: AsyncSession, paging: Paging, sources: Collection[str] | None) -> Sequence[RawMessage]:
    """Newest first: a keyset scan of raw_message_open. One row more than asked."""
    rows = select(RawMessage).where(col(RawMessage.state) == "quarantined", _of(sources))
    return (await session.execute(paging.of(rows, col(RawMessage.received_at), col(RawMessage.id)))).scalars().all()


async def find_raw(session: AsyncSession, raw_id: UUID, sources: Collection[str] | None, *, lock: bool = False) -> RawMessage | None:
    rows = select(RawMessage).where(
        col(RawMessage.id) == raw_id, col(RawMessage.state).in_(["quarantined", "closed", "taken"]), _of(sources)
    )
    return (await session.execute(rows.with_for_update() if lock else rows)).scalar_one_or_none()


async def count_quarantined(session: AsyncSession, sources: Collection[str] | None) -> Mapping[str, int]:
    rows = select(col(RawMessage.source), func.count().label("waiting")).where(col(RawMessage.state) == "quarantined", _of(sources))
    return {one.source: one.waiting for one in await session.execute(rows.group_by(col(RawMessage.source)))}


def _of(sources: Collection[str] | None) -> ColumnElement[bool]:
    return true() if sources is None else col(RawMessage.source).in_(sources)


async def watch_over(session: AsyncSession, sources: Iterable[str], now: datetime) -> None:
    rows = [{"source": one, "watched_since": now, "next_poll": now, "failures": 0} for one in sources]
    if rows:
        await session.execute(insert(SourceState).values(rows).on_conflict_do_nothing())


async def states(session: AsyncSession) -> Mapping[str, SourceState]:
    return {one.source: one for one in (await session.execute(STATES)).scalars()}


STATES: Final = select(SourceState)


async def change_state(session: AsyncSession, source: str, values: Mapping[str, Any]) -> None:
    await session.execute(update(SourceState).where(col(SourceState.source) == source).values(**values))


async def note_entries(session: AsyncSession, source: str, found: Sequence[Entry], now: datetime) -> None:
    """What is new or changed waits to be read; what is no longer there has vanished, and is not taken back by that."""
    for entry in found:
        row = insert(SourceEntry).values(
            source=source, link=entry.link, version_key=entry.key, named=list(entry.named), first_seen=now, last_seen=now, tries=0
        )
        is_changed = col(SourceEntry.version_key) != row.excluded.version_key
        values = {
            "version_key": row.excluded.version_key,
            "named": row.excluded.named,
            "last_seen": now,
            "vanished_at": None,
            "raw_id": _where(is_changed, None, col(SourceEntry.raw_id)),
            "tries": _where(is_changed, 0, col(SourceEntry.tries)),
        }
        await session.execute(row.on_conflict_do_update(index_elements=["source", "link"], set_=values))
    gone = update(SourceEntry).where(
        col(SourceEntry.source) == source, col(SourceEntry.vanished_at).is_(None), col(SourceEntry.last_seen) < now
    )
    await session.execute(gone.values(vanished_at=now))


def _where(condition: ColumnElement[bool], then: object, otherwise: object) -> ColumnElement[Any]:
    return case((condition, then), else_=otherwise)


async def list_pending(session: AsyncSession, source: str, most: int) -> Sequence[SourceEntry]:
    rows = select(SourceEntry).where(
        col(SourceEntry.source) == source,
        col(SourceEntry.raw_id).is_(None),
        col(SourceEntry.vanished_at).is_(None),
        col(SourceEntry.tries) < TRIES,
    )
    return (await session.execute(rows.order_by(col(SourceEntry.tries), col(SourceEntry.first_seen)).limit(most))).scalars().all()


async def settle_entry(session: AsyncSession, entry: SourceEntry, raw_id: UUID | None) -> None:
    """`None`: asked for in vain once more. What changed meanwhile stays to be read."""
    mine = update(SourceEntry).where(
        col(SourceEntry.source) == entry.source, col(SourceEntry.link) == entry.link, col(SourceEntry.version_key) == entry.version_key
    )
    values: dict[str, Any] = {"tries": SourceEntry.tries + 1} if raw_id is None else {"raw_id": raw_id}
    await session.execute(mine.values(**values))


async def add_fetch(session: AsyncSession, fetch: SourceFetch) -> None:
    session.add(fetch)
    await session.flush()


async def list_fetches(session: AsyncSession, source: str, paging: Paging) -> Sequence[SourceFetch]:
    rows = select(SourceFetch).where(col(SourceFetch.source) == source)
    return (await session.execute(paging.of(rows, col(SourceFetch.began_at), col(SourceFetch.id)))).scalars().all()


async def forget_fetches(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(SourceFetch).where(col(SourceFetch.began_at) < now - KEPT))


async def open_alarms(session: AsyncSession, *, lock: bool = False) -> Sequence[SourceAlarm]:
    rows = select(SourceAlarm).where(col(SourceAlarm.ended_at).is_(None))
    rows = rows.with_for_update() if lock else rows
    return (await session.execute(rows.order_by(col(SourceAlarm.raised_at)))).scalars().all()


async def add_alarm(session: AsyncSession, alarm: SourceAlarm) -> None:
    session.add(alarm)
    await session.flush()
