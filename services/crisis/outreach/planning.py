"""From a warning that went out to rows of the ledger: jobs are found by looking, and their people taken page by page.

Nobody has to tell of a release or a Cancel: what the tables say is looked for again, so that nothing is lost with a process. A page's rows,
its links and the place of the next page commit together; a page that is fetched twice is written once.
"""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import MessageStatus, OutreachPlanned
from kit.calls import AwayError, Calls, RefusedCallError
from kit.crypto import Keyring
from kit.database import Sessions
from kit.ids import new_id
from kit.outbox import emit
from kit.pulse import Pulse
from kit.safe_contact import segments
from kit.zones import zone_of
from services.crisis.exposure import clients as register
from services.crisis.exposure.clients import Exposed, Reachable
from services.crisis.exposure.rules import Asked
from services.crisis.exposure.service import question_of
from services.crisis.outreach import repository, rules
from services.crisis.outreach.lists import REACH, TEXTS
from services.crisis.outreach.models import OutreachJob, Relay
from services.crisis.outreach.repository import Opening
from services.crisis.outreach.rules import EXPOSED, Address, Channel, Kind, Purpose, SafeContact, Source, State, Suppressed, Wording
from services.crisis.outreach.sending.repository import expire
from services.crisis.warnings import repository as warnings
from services.crisis.warnings.models import Alert
from services.crisis.warnings.rules import Sight

log = logging.getLogger(__name__)

CHANNEL: Final = "outreach"
IDLE_S: Final = 5.0
LONGEST_PAUSE_S: Final = 60
# As the register knows what went out.
FIRST_VERSION: Final = int(Asked.RELEASED)


@dataclass(frozen=True, slots=True)
class Desk:
    """What planning needs. `public_url`: where links lead."""

    sessions: Sessions
    keyring: Keyring
    calls: Calls
    public_url: str


async def plan_what_went_out(state: Mapping[str, Any]) -> None:
    """Runs until cancelled; woken by what changes, and looks now and then in any case."""
    desk = Desk(state["sessions"], state["keyring"], state["calls"], state["settings"].public_url)
    pulse: Pulse = state["outreach_pulse"]
    while True:
        beat = pulse.next_beat
        await open_jobs(desk)
        if not await take_next_page(desk) and not await climb(desk):
            await wait_for(beat, IDLE_S)


async def wait_for(beat: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await beat.wait()
    except TimeoutError:
        return


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
    level = max(job.level for job in await repository.jobs_of(session, alert.id))
    ends = now + timedelta(hours=REACH.ends_after_hours)
    await repository.add_jobs(session, [_job(alert, root, Purpose.ALL_CLEAR, Source.WARNED, level, REACH.all_clear_lane, 0, ends, now)])


async def _open_reminder(session: AsyncSession, warned: OutreachJob, count: int, now: datetime) -> None:
    level = REACH.levels[warned.level]
    if count >= len(level.reminders_after) or now < warned.opened_at + timedelta(minutes=level.reminders_after[count]):
        return
    alert = (await repository.alerts_by_id(session, [warned.alert_id]))[warned.alert_id]
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
        record = None if job is None else await warnings.find_alert(session, job.alert_id, Sight(everything=True))
    if job is None or record is None:
        return False
    try:
        page = await _page(desk, job, record.countries)
    except (AwayError, RefusedCallError) as error:
        # Who is exposed is not known without the register: asked again soon, for as long as the warning stands.
        log.warning("outreach %s waits for the register: %s", job.id, error)
        async with desk.sessions.begin() as session:
            await repository.put_off(session, job.id, now + timedelta(seconds=min(2**job.attempts, LONGEST_PAUSE_S)))
        return True
    await _write(desk, job, record.alert, page)
    return True


@dataclass(frozen=True, slots=True)
class _Page:
    people: Sequence[Reachable]
    relays: Sequence[Relay]
    following: str | None


async def _page(desk: Desk, job: OutreachJob, countries: Sequence[str]) -> _Page:
    if job.source in EXPOSED:
        return await _exposed_page(desk, job)
    after = UUID(job.cursor) if job.cursor else None
    if job.source == Source.RELAYS:
        async with desk.sessions.begin() as session:
            relays = await repository.relays_page(session, countries, after, is_drill=job.is_drill)
        return _Page((), relays, str(relays[-1].id) if len(relays) == repository.AT_ONCE else None)
    async with desk.sessions.begin() as session:
        warned = await repository.warned(session, job.root, after=after, silent=job.source == Source.SILENT)
        relays = await repository.relays_by_id(session, [one.person for one in warned if one.kind == Kind.RELAY])
    persons = [one.person for one in warned if one.kind == Kind.PERSON]
    key = sha256(f"{job.id} {job.cursor}".encode()).hexdigest()[:40]
    people = await register.contacts(desk.calls, f"outreach.{job.purpose}", persons, key=key) if persons else ()
    return _Page(people, relays, str(warned[-1].person) if len(warned) == repository.AT_ONCE else None)


async def _exposed_page(desk: Desk, job: OutreachJob) -> _Page:
    """The figures for a version are computed once by whoever asks first; the register gives the same answer again."""
    async with desk.sessions.begin() as session:
        question = await question_of(session, job.alert_id, Asked.RELEASED)
    if question is None:
        return _Page((), (), None)
    computed = await register.compute(desk.calls, question)
    found = await register.people(desk.calls, computed.id, [Exposed(job.source)], job.cursor)
    return _Page(found.items, (), found.next)


async def _write(desk: Desk, job: OutreachJob, alert: Alert, page: _Page) -> None:
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
        await repository.add_recipients(session, [row for one in fresh for row in rows_of(desk, job, one, now)])
        await repository.add_recipients(session, [_relay_row(desk, job, one, now) for one in page.relays if one.id not in told])
        await repository.add_links(session, links_of(desk.keyring, job, fresh, page.relays, now))
        if page.following is None and not await repository.has_open_job(session, job.alert_id):
            await _tell(session, job, alert)


async def _tell(session: AsyncSession, job: OutreachJob, alert: Alert) -> None:
    """One event for all that was planned, never one for each recipient."""
    jobs = [one for one in await repository.jobs_of(session, alert.id) if one.purpose == job.purpose or job.purpose != Purpose.ALL_CLEAR]
    event = OutreachPlanned(
        message_status=MessageStatus(alert.message_status),
        all_clear=job.purpose == Purpose.ALL_CLEAR,
        level=job.level,
        people=sum(one.taken for one in jobs if one.source != Source.RELAYS),
        relays=sum(one.taken for one in jobs if one.source == Source.RELAYS),
        planned_at=datetime.now(UTC),
    )
    await emit(session, event, subject=alert.id, sequence=await warnings.next_version(session, alert.id))


def rows_of(desk: Desk, job: OutreachJob, person: Reachable, now: datetime, start: int = 0) -> list[dict[str, Any]]:
    """Rungs that have no wait are written together; one without any way is written too: it is counted, and visited."""
    rungs = REACH.rungs_of(job.level)
    addresses, rule = _addresses(person), _rule(person)
    rows: list[dict[str, Any]] = []
    rung = start
    while (planned := rules.plan(addresses, rule, rungs, rung)) is not None:
        at_once = REACH.wait_after(job.level, planned.rung) == timedelta(0)
        # A visit cannot be sent: it is due at once where nothing else leads to the person.
        rows += [_row(desk, job, person, one, planned.rung, rule, now) for one in planned.addresses]
        rung = planned.rung + 1
        if not at_once:
            break
    if not any(row["channel"] not in {Channel.VISIT, Channel.HOME} for row in rows) and start == 0:
        rows.append(_row(desk, job, person, Address(Channel.VISIT, ""), len(rungs), rule, now) | _unreachable(addresses))
    return rows


def _unreachable(addresses: Sequence[Address]) -> dict[str, Any]:
    return {"channel": "none", "state": State.SUPPRESSED, "reason": rules.why_none(addresses)}


def _row(
    desk: Desk, job: OutreachJob, person: Reachable, address: Address, rung: int, rule: SafeContact | None, now: datetime
) -> dict[str, Any]:
    row = _common(job, now) | {
        "kind": Kind.PERSON,
        "person": person.person,
        "channel": address.channel,
        "rung": rung,
        "language": "en" if person.language == "en" else "bn",
        "country": person.country,
        "flags": list(person.flags),
    }
    if address.channel is Channel.VISIT:
        return row
    sealed = {"to": address.to, "rule": None if rule is None else {**_kept(rule), "zone": rule.zone}}
    return row | {
        "parts": _parts(desk, job, address.channel, row["language"], person.country, rule),
        "contact": desk.keyring.seal(json.dumps(sealed), "recipient.contact"),
        "phone_index": desk.keyring.blind_index(address.to, "phone") if address.channel is not Channel.EMAIL else None,
    }


def _kept(rule: SafeContact) -> dict[str, Any]:
    return {"may_call": rule.may_call, "may_text": rule.may_text, "wording": rule.wording, "hours": rule.hours}


def _common(job: OutreachJob, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "job_id": job.id,
        "is_drill": job.is_drill,
        "alert_id": job.alert_id,
        "root": job.root,
        "version": job.version,
        "purpose": job.purpose,
        "source": job.source,
        "level": job.level,
        "lane": job.lane,
        "parts": 1,
        "state": State.QUEUED,
        "reason": None,
        "contact": None,
        "phone_index": None,
        "due": now,
        "not_after": job.not_after,
        "attempts": 0,
        "queued_at": now,
    }


def _relay_row(desk: Desk, job: OutreachJob, relay: Relay, now: datetime) -> dict[str, Any]:
    to = desk.keyring.open(relay.address, "relay.address")
    return _common(job, now) | {
        "kind": Kind.RELAY,
        "person": relay.id,
        "channel": relay.channel,
        "rung": 0,
        "language": relay.language,
        "country": relay.country,
        "flags": [],
        "parts": _parts(desk, job, Channel(relay.channel), relay.language, relay.country, None),
        "contact": desk.keyring.seal(json.dumps({"to": to, "rule": None}), "recipient.contact"),
    }


def _parts(desk: Desk, job: OutreachJob, channel: Channel, language: str, country: str | None, rule: SafeContact | None) -> int:
    """What the message will cost its provider, by the longest danger; a call and a letter are one."""
    if channel not in {Channel.SMS, Channel.HOME}:
        return 1
    wording = Wording.PLAIN if channel is Channel.HOME else Wording.NEUTRAL if rule is None else rule.wording
    words = TEXTS.home if channel is Channel.HOME else TEXTS.texts[Purpose(job.purpose)].of(wording)
    link = f"{desk.public_url}/c/{'0' * rules.TOKEN_LETTERS}"
    return segments(words.in_language(language).format(**TEXTS.values("minor", country, link, language)))


def _addresses(person: Reachable) -> list[Address]:
    """Of several of one kind the first: one message by each way. A household's number is another way than the person's own."""
    found: dict[Channel, Address] = {}
    for one in person.channels:
        is_household = one.at_home or one.whose == "family"
        if is_household and one.kind != "sms":
            continue
        channel = Channel.HOME if is_household else Channel(one.kind)
        found.setdefault(channel, Address(channel, one.address))
        if channel is Channel.SMS:
            found.setdefault(Channel.VOICE, Address(Channel.VOICE, one.address))
    return list(found.values())


def _rule(person: Reachable) -> SafeContact | None:
    said = person.contact_rule
    if said is None:
        return None
    phone = next((one.address for one in person.channels if one.kind == "sms" and not one.at_home), None)
    return SafeContact(said.may_call, said.may_text, Wording(said.words), said.hours, said.time_zone or zone_of(phone))


def token_for(keyring: Keyring, root: UUID, person: UUID, kind: str) -> str:
    """The same each time it is made, and found nowhere: it needs the service's key."""
    return rules.token_of(keyring.blind_index(f"{root} {person} {kind}", "outreach.token"))


def token_index(keyring: Keyring, token: str) -> bytes:
    return keyring.blind_index(token, "outreach.link")


def links_of(
    keyring: Keyring, job: OutreachJob, people: Sequence[Reachable], relays: Sequence[Relay], now: datetime
) -> list[dict[str, Any]]:
    told = [("person", one.person, one.language, one.country, one.flags) for one in people]
    told += [("home", one.person, "bn", one.country, one.flags) for one in people]
    told += [("relay", job.root, "bn", one.country, ()) for one in relays[:1]]
    return [
        {
            "token_index": token_index(keyring, token_for(keyring, job.root, person, kind)),
            "root": job.root,
            "is_drill": job.is_drill,
            "kind": kind,
            "person": person,
            "language": language,
            "country": country,
            "flags": list(flags),
            "made_at": now,
            "ends_at": job.not_after + timedelta(days=REACH.links_days),
        }
        for kind, person, language, country, flags in told
    ]


async def climb(desk: Desk) -> bool:
    """Those who stayed silent, or could not be reached this way, by the next; how they may be reached is asked anew."""
    now = datetime.now(UTC)
    async with desk.sessions.begin() as session:
        climbing = await repository.claim_climbing(session, now)
        jobs = {one.id: one for one in await repository.jobs_of(session, climbing[0].alert_id)} if climbing else {}
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
        await repository.add_recipients(session, rows)
        await repository.climbed(session, [one.id for one in climbing])
    return True
