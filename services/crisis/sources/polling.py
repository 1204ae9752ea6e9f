"""Reading feeds: politely, each host one request at a time, each source by its own interval; one replica does it, the others wait.

The index is asked for with what it said last (ETag, Last-Modified). What it names is kept first, and each message is fetched, kept as it
came and only then read: a process that dies in between goes on where it was.
"""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from kit.database import Sessions
from kit.errors import ProblemError
from kit.ids import new_id
from kit.lead import leading
from kit.outward import Answer, Bounds, Outward, OutwardError
from services.crisis.sources import index, repository
from services.crisis.sources.lists import Registry, WarningSource
from services.crisis.sources.models import SourceEntry, SourceFetch, SourceState
from services.crisis.sources.reading import Brought, keep, read_kept
from services.crisis.sources.rules import next_poll
from services.crisis.warnings import cap

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 1.0
HOSTS_AT_ONCE: Final = 8
MESSAGES_AT_ONCE: Final = 25
INDEX_BYTES: Final = 8 * 1024 * 1024
INDEX_S: Final = 20.0
MESSAGE_S: Final = 10.0
# What was kept and not read within this time was left by a process that went away.
LEFT_BEHIND: Final = timedelta(minutes=1)
MOST_PATIENCE: Final = timedelta(hours=6)
OK: Final = 200
NOT_MODIFIED: Final = 304


@dataclass(frozen=True, slots=True)
class Got:
    """What a request came to: an answer, or a short word on why there is none."""

    answer: Answer | None
    outcome: str


class Poller:
    def __init__(self, sessions: Sessions, registry: Registry, outward: Outward, spread: Callable[[], float] = random.random) -> None:
        self._sessions = sessions
        self._registry = registry
        self._outward = outward
        self._spread = spread
        self._room = asyncio.Semaphore(HOSTS_AT_ONCE)

    async def run(self, database_url: str) -> None:
        """Runs until cancelled. Raises when PostgreSQL goes away: the caller starts it again."""
        async with leading(database_url, "crisis-feeds") as connection:
            log.info("this process reads %d feeds", len(self._registry.polled))
            while True:
                await self.look()
                await connection.fetchval("select 1")  # who lost the lock with its connection stops here
                await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """One round: what a process left behind, then each source that is due."""
        now = datetime.now(UTC)
        known = [one.code for one in self._registry.polled]
        async with self._sessions.begin() as session:
            states = await repository.states(session)
            if not states.keys() >= set(known):
                await repository.watch_over(session, known, now)
                states = await repository.states(session)
            left = await repository.list_unread(session, known, now - LEFT_BEHIND)
        for row in left:
            await read_kept(self._sessions, self._registry, self._registry.by_code[row.source], row.id)
        hosts: dict[str, list[WarningSource]] = defaultdict(list)
        for source in self._registry.polled:
            if states[source.code].next_poll <= now:
                hosts[source.host].append(source)
        async with asyncio.TaskGroup() as group:
            for sources in hosts.values():
                group.create_task(self._ask_host(sources, states))

    async def _ask_host(self, sources: Sequence[WarningSource], states: Mapping[str, SourceState]) -> None:
        async with self._room:
            for source in sources:
                await self.poll(source, states[source.code])

    async def poll(self, source: WarningSource, state: SourceState) -> None:
        now = datetime.now(UTC)
        headers = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
        asked = {name: value for name, value in headers.items() if value}
        bounds = Bounds(body=INDEX_BYTES, seconds=INDEX_S, plain_http=source.plain_http, hosts=source.all_hosts)
        got = await self._get(source, "index", source.url or "", bounds, asked)
        outcome, found = _read_index(source, got)
        await self._note(source, state, got, outcome, found, now)
        if outcome in {"read", "unchanged"}:
            await self._fetch_messages(source, found)

    async def _note(
        self, source: WarningSource, state: SourceState, got: Got, outcome: str, found: Sequence[index.Entry], now: datetime
    ) -> None:
        is_ok = outcome in {"read", "unchanged"}
        failures = 0 if is_ok else state.failures + 1
        pause = max(next_poll(source.every, failures, self._spread()), _patience(got.answer))
        values: dict[str, object] = {"last_tried": now, "next_poll": now + pause, "failures": failures, "last_outcome": outcome}
        if is_ok:
            values["last_ok"] = now
        if outcome == "read" and got.answer is not None:
            # An index that holds its messages is asked for whole: what was not read of it is nowhere else.
            is_whole = any(one.inline is not None for one in found)
            values |= {name: None if is_whole else _kept(got.answer, name.replace("_", "-")) for name in ("etag", "last_modified")}
        async with self._sessions.begin() as session:
            if outcome == "read":
                await repository.note_entries(session, source.code, found, now)
            await repository.change_state(session, source.code, values)
        if not is_ok:
            log.warning("source %s: %s, failure %d", source.code, outcome, failures)

    async def _fetch_messages(self, source: WarningSource, found: Sequence[index.Entry]) -> None:
        inline = {one.link: one.inline for one in found if one.inline is not None}
        async with self._sessions.begin() as session:
            pending = await repository.list_pending(session, source.code, max(MESSAGES_AT_ONCE, len(inline)))
        for entry in pending:
            raw = inline.get(entry.link)
            if raw is None and "#" in entry.link:
                continue  # it was held by an index that this one is not
            kept = await self._keep(source, entry, raw) if raw is not None else await self._fetch(source, entry)
            async with self._sessions.begin() as session:
                await repository.settle_entry(session, entry, kept)
            if kept is not None:
                await read_kept(self._sessions, self._registry, source, kept)

    async def _fetch(self, source: WarningSource, entry: SourceEntry) -> UUID | None:
        bounds = Bounds(body=cap.MAX_BYTES, seconds=MESSAGE_S, plain_http=source.plain_http, hosts=source.all_hosts)
        got = await self._get(source, "message", entry.link, bounds, {})
        if got.answer is None or got.answer.status != OK:
            return None
        return await self._keep(source, entry, got.answer.body, got.answer.headers.get("content-type", ""))

    async def _keep(self, source: WarningSource, entry: SourceEntry, raw: bytes, content_type: str = "application/cap+xml") -> UUID:
        brought = Brought(raw, content_type.partition(";")[0].strip().lower()[:100], entry.named, "feed", entry.link)
        kept, is_new = await keep(self._sessions, source, brought, f"source:{source.code}")
        if is_new:
            async with self._sessions.begin() as session:
                await repository.change_state(session, source.code, {"last_new": datetime.now(UTC)})
        return kept

    async def _get(
        self, source: WarningSource, kind: Literal["index", "message"], url: str, bounds: Bounds, headers: dict[str, str]
    ) -> Got:
        began = datetime.now(UTC)
        try:
            answer = await self._outward.get(url, bounds, {**headers, "Accept": "application/cap+xml, application/xml, */*;q=0.5"})
            got = Got(answer, f"status-{answer.status}")
        except OutwardError as error:
            got = Got(None, error.reason.value)
        row = SourceFetch(
            id=new_id(),
            source=source.code,
            kind=kind,
            url=url,
            began_at=began,
            took_ms=int((datetime.now(UTC) - began).total_seconds() * 1000),
            outcome=got.outcome,
            status=got.answer.status if got.answer else None,
            bytes=len(got.answer.body) if got.answer else 0,
        )
        async with self._sessions.begin() as session:
            await repository.add_fetch(session, row)
        return got


def _read_index(source: WarningSource, got: Got) -> tuple[str, Sequence[index.Entry]]:
    if got.answer is not None and got.answer.status == NOT_MODIFIED:
        return "unchanged", ()
    if got.answer is None or got.answer.status != OK:
        return got.outcome, ()
    try:
        return "read", index.entries(got.answer.body, got.answer.url, plain_http=source.plain_http)
    except ProblemError:
        return "not-a-feed", ()


def _kept(answer: Answer, name: str) -> str | None:
    value = answer.headers.get(name)
    return value if value and len(value) <= 500 and value.isascii() else None  # noqa: PLR2004 - longer than any real one


def _patience(answer: Answer | None) -> timedelta:
    """What a server in trouble asks for (RFC 9110 §10.2.3), in seconds; a date is not worth the trouble."""
    asked = answer.headers.get("retry-after", "") if answer is not None else ""
    return min(timedelta(seconds=int(asked)), MOST_PATIENCE) if asked.isascii() and asked.isdigit() and len(asked) < 7 else timedelta()  # noqa: PLR2004
