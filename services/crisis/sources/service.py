"""Use cases: which countries are watched by what, and what an officer does with a message that could not be read."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual, Text
from kit.auth import EVERYWHERE, Caller
from kit.errors import ConflictError, NotFoundError
from kit.paging import Paging
from kit.versions import check_version
from services.crisis.paging import service as paging
from services.crisis.sources import repository, rules
from services.crisis.sources.lists import Kind, Registry, WarningSource
from services.crisis.sources.models import RawMessage, SourceFetch, SourceState
from services.crisis.sources.rules import BEAT_WORDS, NOT_TRUSTED, WATCHED_WORDS, Watched
from services.crisis.sources.schemas import AlarmOut, Closing, CountryOut, HeartbeatOut, RawDetail, RawOut, Rereading, SourceOut, SourcesOut
from services.crisis.warnings.schemas import AlertOut
from services.crisis.warnings.service import DIRECTORY
from services.crisis.warnings.taking import Arrival, take_alert

SHOWN_CHARACTERS: Final = 20_000


class AlreadyHandledError(ConflictError):
    slug = "message-already-handled"
    title = Text("Somebody has handled this message already.", "কেউ এই বার্তাটির ব্যবস্থা আগেই নিয়েছেন।")


async def overview(session: AsyncSession, registry: Registry, caller: Caller, *, is_reading: bool) -> SourcesOut:
    """A wing sees its countries; a country that no row names is watched by nobody, and stands here too."""
    now = datetime.now(UTC)
    states = await repository.states(session)
    waiting = await repository.count_quarantined(session, _visible(registry, caller))
    shown = {one.code: _source_out(registry, one, states.get(one.code), waiting.get(one.code, 0), now) for one in registry.plan.sources}
    alarms = [one for one in await repository.open_alarms(session) if one.source is None or one.source in registry.by_code]
    return SourcesOut(
        as_of=now,
        version=registry.plan.version,
        is_reading=is_reading,
        alarms=[AlarmOut(source=one.source, countries=one.countries, last_read=one.last_ok, raised_at=one.raised_at) for one in alarms],
        countries=[one for one in _countries(registry, shown, now) if _sees(caller, one.country)],
        everywhere=[shown[one.code] for one in registry.plan.sources if not one.countries],
        quarantined=sum(waiting.values()),
    )


async def heartbeat(session: AsyncSession, registry: Registry) -> HeartbeatOut:
    """From what was read itself, not from the alarm: it tells the truth also where nobody is left to raise one."""
    now, polled = datetime.now(UTC), {one.code for one in registry.polled}
    readings = [(one.last_ok, one.watched_since) for code, one in (await repository.states(session)).items() if code in polled]
    state = rules.beat(readings, registry.dead_after, now)
    return HeartbeatOut(
        as_of=now,
        state=state,
        state_label=Bilingual.of(BEAT_WORDS[state]),
        last_read=max((last for last, _ in readings if last), default=None),
        silent_after_minutes=registry.plan.dead_after_minutes,
    )


def _sees(caller: Caller, country: str) -> bool:
    is_only_wing = caller.has("wing") and not caller.has("agent", "supervisor", "analyst", "auditor", "admin", "service")
    return caller.covers_country(country) if is_only_wing else True


def _visible(registry: Registry, caller: Caller) -> frozenset[str] | None:
    """The sources whose unread messages a caller may see; None is all. A wing handles what came from its own countries' sources."""
    if caller.has("supervisor", "auditor", "admin") or EVERYWHERE in caller.countries:
        return None
    return frozenset(one.code for one in registry.plan.sources if one.countries and caller.countries.issuperset(one.countries))


def _countries(registry: Registry, shown: Mapping[str, SourceOut], now: datetime) -> list[CountryOut]:
    """Each country that a mission answers for or the plan speaks of."""
    sources: dict[str, list[SourceOut]] = defaultdict(list)
    for one in shown.values():
        for country in one.countries:
            sources[country].append(one)
    notes = {one.country: one.note for one in registry.plan.without_feed}
    known = {row.country for row in DIRECTORY.missions.coverage if row.holds(now.date())} | sources.keys() | notes.keys()
    return [_country_out(country, sources[country], notes.get(country)) for country in sorted(known)]


def _country_out(country: str, sources: list[SourceOut], note: Text | None) -> CountryOut:
    # What a partner brings when it will says nothing of whether a country is watched.
    state = rules.country_state([one.state for one in sources if one.kind is not Kind.PARTNER_PUSH])
    words = Bilingual.of(WATCHED_WORDS[state])
    return CountryOut(country=country, state=state, state_label=words, note=Bilingual.of(note) if note else None, sources=sources)


def _source_out(registry: Registry, source: WarningSource, state: SourceState | None, waiting: int, now: datetime) -> SourceOut:
    authority = registry.authority_of(source)
    watched = _watched(registry, source, state, now)
    return SourceOut(
        **source.model_dump(include={"code", "kind", "poll_s", "stale_after_minutes", "licence", "source", "as_of", "illustrative"}),
        name=Bilingual.of(source.name),
        authority=Bilingual.of(authority.authority) if authority else None,
        countries=list(source.countries),
        state=watched,
        state_label=Bilingual.of(WATCHED_WORDS[watched]),
        last_read=state.last_ok if state else None,
        last_new=state.last_new if state else None,
        last_tried=state.last_tried if state else None,
        last_outcome=state.last_outcome if state else None,
        failures=state.failures if state else 0,
        signature=source.signature.policy,
        quarantined=waiting,
    )


def _watched(registry: Registry, source: WarningSource, state: SourceState | None, now: datetime) -> Watched:
    if not registry.is_active(source):
        return Watched.NOT_CONNECTED
    if not source.is_polled:
        return Watched.READ
    if state is None:
        return Watched.NOT_YET
    if rules.is_silent(state.last_ok, state.watched_since, source.stale_after, now):
        return Watched.SILENT
    return Watched.READ if state.last_ok else Watched.NOT_YET


async def list_fetches(session: AsyncSession, registry: Registry, code: str, paging: Paging) -> list[SourceFetch]:
    if code not in registry.by_code:
        raise NotFoundError
    return list(await repository.list_fetches(session, code, paging))


async def list_quarantined(session: AsyncSession, registry: Registry, caller: Caller, paging: Paging) -> list[RawMessage]:
    return list(await repository.list_quarantined(session, paging, _visible(registry, caller)))


async def get_raw(session: AsyncSession, registry: Registry, caller: Caller, raw_id: UUID) -> RawDetail:
    """Raises `NotFoundError` also for a message out of the caller's sight."""
    row = await _found(session, registry, caller, raw_id)
    text = row.raw[: SHOWN_CHARACTERS * 4].decode("utf-8", "replace").replace("\x00", "\ufffd")
    return RawDetail(
        **RawOut.of(row).model_dump(),
        origin_url=row.origin_url,
        content_type=row.content_type,
        advice=row.advice,
        text=text[:SHOWN_CHARACTERS],
        is_cut=len(text) > SHOWN_CHARACTERS,
    )


async def close(session: AsyncSession, registry: Registry, caller: Caller, raw_id: UUID, version: int, closing: Closing) -> RawOut:
    """An officer looked and there is nothing to warn of. Raises `AlreadyHandledError`."""
    row = await _to_handle(session, registry, caller, raw_id, version)
    row.state, row.closing, row.closed_by, row.closed_at = "closed", closing.reason, caller.subject, datetime.now(UTC)
    row.version += 1
    await session.flush()
    await paging.end_of_quarantine(session, row.source, datetime.now(UTC))
    return RawOut.of(row)


async def read_again(session: AsyncSession, registry: Registry, caller: Caller, raw_id: UUID, version: int, how: Rereading) -> AlertOut:
    """As if the officer had brought it in: another one releases it. Raises what a posted warning is refused for."""
    row = await _to_handle(session, registry, caller, raw_id, version)
    alert = await take_alert(session, caller, Arrival(row.raw, row.content_type, how.countries or row.named, NOT_TRUSTED))
    row.state, row.alert_id, row.version = "taken", alert.id, row.version + 1
    await session.flush()
    await paging.end_of_quarantine(session, row.source, datetime.now(UTC))
    return alert


async def _to_handle(session: AsyncSession, registry: Registry, caller: Caller, raw_id: UUID, version: int) -> RawMessage:
    row = await _found(session, registry, caller, raw_id, lock=True)
    if row.state != "quarantined":
        raise AlreadyHandledError
    check_version(version, row.version)
    return row


async def _found(session: AsyncSession, registry: Registry, caller: Caller, raw_id: UUID, *, lock: bool = False) -> RawMessage:
    row = await repository.find_raw(session, raw_id, _visible(registry, caller), lock=lock)
    if row is None:
        raise NotFoundError
    return row
