"""Who notices that nothing is read any more: a timer that every replica can take, so that it does not die with the reader of feeds.

Silence is a fact of its own: a row that `GET /v1/crisis/sources` shows, an alarm that pages Dhaka, an event, a line in the log.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import SourceHeard, SourceSilenced
from kit import timer
from kit.database import Sessions
from kit.ids import new_id
from kit.outbox import emit
from kit.timer import DueTimer, TimerHandler
from services.crisis.paging import service as paging
from services.crisis.sources import repository, rules
from services.crisis.sources.lists import Registry
from services.crisis.sources.models import SourceAlarm

log = logging.getLogger(__name__)

WATCH: Final = "sources-watch"
EVERY: Final = timedelta(minutes=1)
THE_WATCH: Final = UUID("0197b0a0-0000-7000-8000-00000000fe0d")


async def keep_watching(sessions: Sessions) -> None:
    """Begins the chain of timers; where one runs already they meet at the next full minute."""
    async with sessions.begin() as session:
        await timer.schedule(session, _next_minute(datetime.now(UTC)), WATCH, THE_WATCH)


def watcher(registry: Registry) -> TimerHandler:
    async def watch(session: AsyncSession, _: DueTimer) -> None:
        now = datetime.now(UTC)
        await look_for_silence(session, registry, now)
        await repository.forget_fetches(session, now)
        await timer.schedule(session, _next_minute(now), WATCH, THE_WATCH)

    return watch


async def look_for_silence(session: AsyncSession, registry: Registry, now: datetime) -> None:
    """Raises and ends alarms, per source and for all of them together. The same look twice changes nothing."""
    states = await repository.states(session)
    watched = {one.code: states[one.code] for one in registry.polled if one.code in states}
    silent: dict[str | None, datetime | None] = {
        code: state.last_ok
        for code, state in watched.items()
        if rules.is_silent(state.last_ok, state.watched_since, registry.by_code[code].stale_after, now)
    }
    readings = [(one.last_ok, one.watched_since) for one in watched.values()]
    if rules.beat(readings, registry.dead_after, now) is rules.Beat.SILENT:
        silent[None] = max((one.last_ok for one in watched.values() if one.last_ok), default=None)
    alarms = {one.source: one for one in await repository.open_alarms(session, lock=True)}
    for source in silent.keys() - alarms.keys():
        await _raise(session, registry, source, silent[source], now)
    for source in alarms.keys() - silent.keys():
        await _end(session, alarms[source], now)


async def _raise(session: AsyncSession, registry: Registry, source: str | None, last_ok: datetime | None, now: datetime) -> None:
    countries = list(registry.by_code[source].countries) if source else sorted({c for one in registry.polled for c in one.countries})
    alarm = SourceAlarm(id=new_id(), source=source, countries=countries, last_ok=last_ok, raised_at=now)
    await repository.add_alarm(session, alarm)
    event = SourceSilenced(source=source, countries=tuple(countries), last_read_at=last_ok, noticed_at=now)
    await emit(session, event, subject=alarm.id, sequence=1)
    await paging.of_silence(session, alarm.id, source, countries, now)
    log.error("%s has not been read since %s", source or "no source of warnings", last_ok or "the start")


async def _end(session: AsyncSession, alarm: SourceAlarm, now: datetime) -> None:
    alarm.ended_at = now
    await session.flush()
    event = SourceHeard(source=alarm.source, countries=tuple(alarm.countries), silent_since=alarm.last_ok, heard_at=now)
    # The id as asyncpg reads it is a UUID of its own, which the envelope cannot be written with.
    await emit(session, event, subject=UUID(str(alarm.id)), sequence=2)
    await paging.end_of(session, UUID(str(alarm.id)), now)
    log.info("%s is read again", alarm.source or "a source of warnings")


def _next_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0) + EVERY
