"""Use cases of evidence: count what the services report, build the figures anew, divide them for anybody."""

import logging
from collections.abc import Mapping as Named
from collections.abc import Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.events import Event
from contracts.framework.activity_map import load_map
from contracts.framework.register import load as load_register
from contracts.text import Text
from kit.bus import Received
from kit.database import Sessions, make_engine, make_sessions
from kit.quarters import months_of, newest_over
from kit.reread import Kept
from services.monitor.evidence import lists, repository, rules
from services.monitor.evidence.models import Fact, FiguresState, Mapping
from services.monitor.evidence.rules import Dimension, Division, Rebuilt, Table, Versions

log = logging.getLogger(__name__)
KEPT: Final = 1_000


async def count_facts(session: AsyncSession, events: Sequence[Received[Event]]) -> None:
    """Each event once, a drill never. The figures change in the transaction that keeps the fact."""
    now = datetime.now(UTC)
    await repository.lock_shared(session)
    await repository.add_facts(session, [_fact(one, now) for one in events if rules.is_evidence(one.data)])


async def count_kept(session: AsyncSession, events: Sequence[Kept]) -> None:
    """As `count_facts`, of what a stream still holds: what is here already counts no second time. Received when the stream took it."""
    await repository.lock_shared(session)
    await repository.add_facts(session, [_fact(one.event, one.stored_at) for one in events if rules.is_evidence(one.event.data)])


def _fact(one: Received[Event], now: datetime) -> Fact:
    envelope = one.envelope
    return Fact(
        event_id=envelope.id,
        event_type=envelope.type,
        record=envelope.subject,
        happened_at=envelope.time,
        received_at=now,
        **rules.group_of(one.data, restricted=envelope.restricted)._asdict(),
    )


class Mark(NamedTuple):
    """By which figures a quarter is told. None: they were not built yet."""

    rebuilt_at: datetime | None
    facts: int


async def rebuild(session: AsyncSession) -> Rebuilt:
    """All figures anew from the facts. Events that come meanwhile wait; readers see the figures of before until the commit."""
    await repository.lock_alone(session)
    before = await repository.fingerprint(session)
    await repository.count_all_again(session)
    return Rebuilt(before, await repository.fingerprint(session))


async def follow_the_map(sessions: Sessions) -> bool:
    """Whether the figures had to be built anew: their map or cut-off was an older one than this release's.

    A replica of an earlier release changes nothing: the newest map counts, whoever hears the event.
    """
    known, publication = load_map(), lists.load()
    mappings = [Mapping(event_type=one.event, activity=one.activity, since=one.since, until=one.until) for one in known.entries]
    new = FiguresState(
        id=1,
        map_version=known.version,
        map_digest=sha256(known.model_dump_json().encode()).hexdigest(),
        publication_version=publication.version,
        cut_off_days=publication.cut_off_days,
        rebuilt_at=datetime.now(UTC),
    )
    async with sessions.begin() as session:
        await repository.lock_alone(session)
        state = await repository.find_state(session)
        if state is not None and not rules.is_newer(_versions(new), _versions(state)):
            return False
        await repository.put_map(session, new, mappings)
        await repository.count_all_again(session)
    return True


def _versions(state: FiguresState) -> Versions:
    return Versions(state.map_version, state.publication_version, state.map_digest)


async def keep_figures(state: Named[str, Any]) -> None:
    """At each start of a process. On a connection of its own, for millions of facts take longer than a statement may elsewhere."""
    engine = make_engine(state["settings"].required_database_url(), pool=1, statement_s=None)
    try:
        if await follow_the_map(make_sessions(engine)):
            log.info("figures built anew by map %d", load_map().version)
    finally:
        await engine.dispose()


class Counts:
    """Of closed quarters, as this process read them, those asked for last: read again when a figure of the quarter has changed."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, date, Dimension], tuple[Mark, Named[str, Named[str, int]]]] = {}

    async def of(
        self, session: AsyncSession, activity: str, months: tuple[date, date], dimension: Dimension
    ) -> Named[str, Named[str, int]]:
        """By kind and code: of an activity with many groups adding up takes longer than all the rest of a page."""
        key, mark = (activity, months[0], dimension), await _mark(session, months)
        kept = self._kept.pop(key, None)
        if kept is None or kept[0] != mark:
            kept = mark, await repository.divided(session, activity, months, dimension)
        self._kept[key] = kept
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return kept[1]


async def divided(
    session: AsyncSession, known: Counts, activity: str, quarter: str | None, dimension: Dimension
) -> tuple[str, Sequence[Table], Named[str, int]]:
    """The quarter, one table per kind of fact, and how many came late. Raises `UnknownActivityError`, `NotYetPublishedError`."""
    if activity not in {one.id for one in load_register().activities}:
        raise rules.UnknownActivityError
    chosen, months = _published_quarter(quarter)
    kinds = rules.kinds_told(load_map().entries, activity, months)
    counts = await known.of(session, activity, months, dimension)
    late = await repository.late_by_kind(session, activity, months)
    tables = [rules.table_of(kind, counts.get(kind, {})) for kind in kinds]
    return chosen, tables, {kind: late.get(kind, 0) for kind in kinds}


def reasons_of(activity: str) -> Named[str, Text]:
    """Why each kind of fact counts for the activity: the last word of the map."""
    return {one.event: one.reason for one in sorted(load_map().entries, key=lambda one: one.since) if one.activity == activity}


async def mark_of(session: AsyncSession, quarter: str | None) -> tuple[str, Mark]:
    """The quarter, and what changes with anything that `published` tells of it. Raises `NotYetPublishedError`."""
    chosen, months = _published_quarter(quarter)
    return chosen, await _mark(session, months)


async def _mark(session: AsyncSession, months: tuple[date, date]) -> Mark:
    state = await repository.find_state(session)
    return Mark(state.rebuilt_at if state else None, await repository.in_time(session, months))


async def published(session: AsyncSession, quarter: str | None) -> tuple[str, Sequence[Division]]:
    """Every table of a quarter that anybody may see, as `divided` tells them one by one. Raises `NotYetPublishedError`."""
    chosen, months = _published_quarter(quarter)
    entries = load_map().entries
    kinds = {one.activity: rules.kinds_told(entries, one.activity, months) for one in entries}
    found: list[Division] = []
    for dimension in Dimension:
        counts = await repository.divided_of(session, sorted(kinds), months, dimension)
        found += [
            Division(activity, dimension, rules.table_of(kind, counts.get((activity, kind), {})))
            for activity, told in kinds.items()
            for kind in told
        ]
    return chosen, found


def _published_quarter(quarter: str | None) -> tuple[str, tuple[date, date]]:
    """The one that is asked for, or the newest; its first day, and the first one after it."""
    cut_off = lists.load().cut_off_days
    chosen = quarter or _newest(cut_off)
    months = months_of(chosen)
    if datetime.now(DHAKA).date() < rules.published_from(months[1], cut_off):
        raise rules.NotYetPublishedError
    return chosen, months


def _newest(cut_off_days: int) -> str:
    today = datetime.now(DHAKA).date()
    newest = newest_over(today)
    return newest if today >= rules.published_from(months_of(newest)[1], cut_off_days) else newest_over(months_of(newest)[0])
