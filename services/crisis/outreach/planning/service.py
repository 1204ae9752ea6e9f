"""From a warning that went out to rows of the ledger: jobs are found by looking, and their people taken page by page.

Nobody has to tell of a release or a Cancel: what the tables say is looked for again, so that nothing is lost with a process. A page's rows,
its links and the place of the next page commit together; a page that is fetched twice is written once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import MessageStatus, OutreachPlanned
from kit.calls import AwayError, Calls, RefusedCallError
from kit.database import Sessions
from kit.ids import new_id
from kit.outbox import emit
from kit.pauses import growing_pause
from kit.pulse import Pulse, wait_for
from services.crisis.exposure import clients as register
from services.crisis.exposure.clients import Exposed, Reachable
from services.crisis.exposure.rules import Asked
from services.crisis.exposure.service import question_of
from services.crisis.outreach import repository as outreach
from services.crisis.outreach import rules
from services.crisis.outreach.ledger import Pen, links_of, relay_row, rows_of
from services.crisis.outreach.lists import REACH
from services.crisis.outreach.models import OutreachJob, Relay
from services.crisis.outreach.planning import repository
from services.crisis.outreach.planning.repository import Opening
from services.crisis.outreach.repository import AT_ONCE
from services.crisis.outreach.rules import EXPOSED, Kind, Purpose, Source, Suppressed
from services.crisis.outreach.sending.repository import expire
from services.crisis.warnings import repository as warnings
from services.crisis.warnings.models import Alert
from services.crisis.warnings.rules import Sight

log = logging.getLogger(__name__)

CHANNEL: Final = "outreach"
IDLE_S: Final = 5.0
OPENS_AFTER_S: Final = 0.1
CLIMBS_AFTER_S: Final = 1.0
LONGEST_PAUSE: Final = timedelta(minutes=1)
# As the register knows what went out.
FIRST_VERSION: Final = int(Asked.RELEASED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk(Pen):
    """What planning needs. `ahead`: the page after the last that was taken, asked for while that one was written."""

    sessions: Sessions
    calls: Calls
    ahead: dict[tuple[UUID, str | None], asyncio.Task["_Page"]] = field(default_factory=dict)

    def forget(self) -> None:
        for one in self.ahead.values():
            one.cancel()
        self.ahead.clear()


async def plan_what_went_out(state: Mapping[str, Any]) -> None:
    """Runs until cancelled. A warning that is opened or ended meanwhile does not wait for the pages of another."""
    desk = Desk(sessions=state["sessions"], calls=state["calls"], keyring=state["keyring"], public_url=state["settings"].public_url)
    pulse: Pulse = state["outreach_pulse"]
    try:
        async with asyncio.TaskGroup() as group:
            for look, pause_s in ((_open_all, OPENS_AFTER_S), (take_next_page, 0.0), (climb, CLIMBS_AFTER_S)):
                group.create_task(_look_again_and_again(look, desk, pulse, pause_s))
    finally:
        desk.forget()


async def _look_again_and_again(look: Callable[[Desk], Awaitable[bool]], desk: Desk, pulse: Pulse, pause_s: float) -> None:
    """Runs until cancelled; woken by what changes, and looks now and then in any case. Many changes within `pause_s` are one look."""
    while True:
        beat = pulse.next_beat
        if not await look(desk):
            await asyncio.sleep(pause_s)
            await wait_for(beat, IDLE_S)


async def _open_all(desk: Desk) -> bool:
    await open_jobs(desk)
    return False


async def open_jobs(desk: Desk) -> None:
    async with desk.sessions.begin() as session:
        now = datetime.now(UTC)
        for root, alert in await repository.ended_without_all_clear(session):
            await _open_all_clear(session, root, alert, now)
        for opening in await repository.released_without_job(session):
            await _open(session, opening, now)
        for job, count in await repository.reminders_due(session):
            await _open_reminder(session, job, count, now)
        await expire(session, now)


async def _open(session: AsyncSession, opening: Opening, now: datetime) -> None:
    """First those who were warned of what this replaces, then who is exposed now, then relays."""
    alert, decision = opening
    if decision is None or decision.decided_at is None:
        return
    not_after = rules.ends_at(alert.expires, decision.decided_at, timedelta(hours=REACH.ends_after_hours))
    if not_after <= now:
        return
    level = REACH.levels[decision.level]
    roots = await repository.roots_of(session, alert)
    for root in roots:
        await repository.stop_queued(session, root, Suppressed.REPLACED)
    question = await question_of(session, alert.id, Asked.RELEASED)
    planned = [(Purpose.UPDATE, Source.WARNED)] if roots else []
    planned += [(Purpose.WARN, one) for one in rules.sources_of(level.sources, has_area=question is not None and bool(question.areas))]
    planned.append((Purpose.WARN, Source.RELAYS))
    rows = [
        _job(alert, roots[0] if roots else alert.id, purpose, source, decision.level, level.lane, place, not_after, now)
        for place, (purpose, source) in enumerate(planned)
    ]
    await repository.add_jobs(session, rows)


async def _open_all_clear(session: AsyncSession, root: UUID, alert: Alert, now: datetime) -> None:
    """To exactly those who were warned, wherever they are by now; what was still queued goes to nobody."""
    await repository.stop_queued(session, root, Suppressed.CANCELLED)
    level = max(job.level for job in await outreach.jobs_of(session, alert.id))
    ends = now + timedelta(hours=REACH.ends_after_hours)
    await repository.add_jobs(session, [_job(alert, root, Purpose.ALL_CLEAR, Source.WARNED, level, REACH.all_clear_lane, 0, ends, now)])


async def _open_reminder(session: AsyncSession, warned: OutreachJob, count: int, now: datetime) -> None:
    level = REACH.levels[warned.level]
    if count >= len(level.reminders_after) or now < warned.opened_at + timedelta(minutes=level.reminders_after[count]):
        return
    alert = (await outreach.alerts_by_id(session, [warned.alert_id]))[warned.alert_id]
    row = _job(alert, warned.root, Purpose.REMINDER, Source.SILENT, warned.level, level.lane, 0, warned.not_after, now)
    # A reminder is a message of its own: the same version would be the same message.
    await repository.add_jobs(session, [row | {"version": warned.version + count + 1}])


def _job(  # noqa: PLR0913, PLR0917 - a row
    alert: Alert, root: UUID, purpose: Purpose, source: Source, level: int, lane: int, place: int, not_after: datetime, now: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "alert_id": alert.id,
        "is_drill": alert.is_drill,
        "root": root,
        "version": FIRST_VERSION,
        "purpose": purpose,
        "source": source,
        "level": level,
        "lane": lane,
        "place": place,
        "not_after": not_after,
        "opened_at": now,
        "next_try": now,
        "taken": 0,
        "attempts": 0,
    }


async def take_next_page(desk: Desk) -> bool:
    """Whether there was a page to take, well or not. The register is asked outside of any transaction."""
    now = datetime.now(UTC)
    async with desk.sessions.begin() as session:
        job = await repository.next_job(session, now)
    if job is None:
        return False
    try:
        page = await _asked_for(desk, job)
    except (AwayError, RefusedCallError) as error:
        # Who is exposed is not known without the register: asked again soon, for as long as the warning stands.
        log.warning("outreach %s waits for the register: %s", job.id, error)
        async with desk.sessions.begin() as session:
            await repository.put_off(session, job.id, now + growing_pause(job.attempts, LONGEST_PAUSE))
        return True
    if page.following is not None:
        following = job.model_copy(update={"cursor": page.following})
        desk.ahead[job.id, page.following] = asyncio.create_task(_page(desk, following))
    await _write(desk, job, page)
    return True


async def _asked_for(desk: Desk, job: OutreachJob) -> "_Page":
    """The page that was asked for ahead, where it is still the next. Raises `AwayError`, `RefusedCallError`."""
    asked = desk.ahead.pop((job.id, job.cursor), None)
    desk.forget()  # where another warning goes first: by then people may be reached in another way
    return await (asked or _page(desk, job))


@dataclass(frozen=True, slots=True)
class _Page:
    people: Sequence[Reachable]
    relays: Sequence[Relay]
    following: str | None


async def _page(desk: Desk, job: OutreachJob) -> _Page:
    if job.source in EXPOSED:
        return await _exposed_page(desk, job)
    after = UUID(job.cursor) if job.cursor else None
    if job.source == Source.RELAYS:
        async with desk.sessions.begin() as session:
            record = await warnings.find_alert(session, job.alert_id, Sight(everything=True))
            countries = record.countries if record else ()
            relays = await repository.relays_page(session, countries, after, is_drill=job.is_drill)
        return _Page((), relays, str(relays[-1].id) if len(relays) == AT_ONCE else None)
    async with desk.sessions.begin() as session:
        warned = await outreach.warned(session, job.root, after=after, silent=job.source == Source.SILENT)
        relays = await outreach.relays_by_id(session, [one.person for one in warned if one.kind == Kind.RELAY])
    persons = [one.person for one in warned if one.kind == Kind.PERSON]
    key = sha256(f"{job.id} {job.cursor}".encode()).hexdigest()[:40]
    people = await register.contacts(desk.calls, f"outreach.{job.purpose}", persons, key=key) if persons else ()
    return _Page(people, relays, str(warned[-1].person) if len(warned) == AT_ONCE else None)


async def _exposed_page(desk: Desk, job: OutreachJob) -> _Page:
    """The figures for a version are computed once by whoever asks first; the register gives the same answer again."""
    if job.cursor is not None:
        found = await register.more_people(desk.calls, job.cursor)
        return _Page(found.items, (), found.next)
    async with desk.sessions.begin() as session:
        question = await question_of(session, job.alert_id, Asked.RELEASED)
    if question is None:
        return _Page((), (), None)
    computed = await register.compute(desk.calls, question)
    found = await register.people(desk.calls, computed.id, [Exposed(job.source)])
    return _Page(found.items, (), found.next)


async def _write(desk: Desk, job: OutreachJob, page: _Page) -> None:
    now = datetime.now(UTC)
    async with desk.sessions.begin() as session:
        if not await repository.take_page(
            session, job, page.following, len(page.people) + len(page.relays), None if page.following else now
        ):
            return
        told = set[UUID]()
        if job.purpose == Purpose.WARN:
            everybody = [*(one.person for one in page.people), *(one.id for one in page.relays)]
            told = await repository.already_told(session, job.alert_id, job.version, everybody)
        fresh = [one for one in page.people if one.person not in told]
        await outreach.add_recipients(session, [row for one in fresh for row in rows_of(desk, job, one, now)])
        await outreach.add_recipients(session, [relay_row(desk, job, one, now) for one in page.relays if one.id not in told])
        await repository.add_links(session, links_of(desk.keyring, job, fresh, page.relays, now))
        if page.following is None and not await repository.has_open_job(session, job.alert_id):
            alerts = await outreach.alerts_by_id(session, [job.alert_id])
            await _tell(session, job, alerts[job.alert_id])


async def _tell(session: AsyncSession, job: OutreachJob, alert: Alert) -> None:
    """One event for all that was planned, never one for each recipient."""
    jobs = [one for one in await outreach.jobs_of(session, alert.id) if one.purpose == job.purpose or job.purpose != Purpose.ALL_CLEAR]
    event = OutreachPlanned(
        message_status=MessageStatus(alert.message_status),
        all_clear=job.purpose == Purpose.ALL_CLEAR,
        level=job.level,
        people=sum(one.taken for one in jobs if one.source != Source.RELAYS),
        relays=sum(one.taken for one in jobs if one.source == Source.RELAYS),
        planned_at=datetime.now(UTC),
    )
    await emit(session, event, subject=alert.id, sequence=await warnings.next_version(session, alert.id))


async def climb(desk: Desk) -> bool:
    """Those who stayed silent, or could not be reached this way, by the next; how they may be reached is asked anew."""
    now = datetime.now(UTC)
    async with desk.sessions.begin() as session:
        climbing = await repository.claim_climbing(session, now)
        jobs = {one.id: one for one in await outreach.jobs_of(session, climbing[0].alert_id)} if climbing else {}
    if not climbing:
        return False
    job = jobs[climbing[0].job_id]
    rungs = {one.person: one.rung + 1 for one in climbing}
    key = sha256(f"{job.id} {sorted((str(one.id), one.attempts) for one in climbing)}".encode()).hexdigest()[:40]
    try:
        people = await register.contacts(desk.calls, "outreach.ladder", list(rungs), key=key)
    except (AwayError, RefusedCallError) as error:
        log.warning("outreach %s waits for the register: %s", job.id, error)
        return False
    async with desk.sessions.begin() as session:
        rows = [row for one in people for row in rows_of(desk, job, one, now, start=rungs[one.person])]
        await outreach.add_recipients(session, rows)
        await repository.climbed(session, [one.id for one in climbing])
    return True
