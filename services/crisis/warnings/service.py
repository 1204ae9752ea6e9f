"""Use cases: load, decide, save, emit."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import AlertRaised, Certainty, MessageStatus, Severity, Urgency
from kit.auth import Caller
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from services.crisis.decisions.deciding import decide_again, lapse, open_decision
from services.crisis.decisions.rules import origin_of
from services.crisis.directory import Directory, load
from services.crisis.handover import service as handover
from services.crisis.sources.rules import NOT_TRUSTED, Trust
from services.crisis.warnings import cap, countries, reading, repository, rules, views
from services.crisis.warnings.cap import Identity
from services.crisis.warnings.countries import Concern, Evidence
from services.crisis.warnings.models import Alert, CapMessage, MessageReceipt
from services.crisis.warnings.repository import Record
from services.crisis.warnings.schemas import AlertChangeOut, AlertDetail, AlertOut

DIRECTORY: Final[Directory] = load()
SHOWN_CHARACTERS: Final = 500
CHANGES_AT_ONCE: Final = 100
MOST_MISSED: Final = 5_000


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it came in: its bytes, the countries that the poster names beside it, and how far the way that it came is trusted."""

    raw: bytes
    content_type: str
    named: Sequence[str]
    trust: Trust = NOT_TRUSTED


async def take_alert(session: AsyncSession, caller: Caller, arrival: Arrival) -> AlertOut:
    """Stores a CAP message, lets it act on the messages that it names, and tells of it, in one transaction.

    The same message again (sender, identifier, time of sending) is the same alert. Raises what `cap`, `countries` and `rules` refuse.
    """
    now = datetime.now(UTC)
    message = reading.read(arrival.raw)
    rules.refuse_future(message.identity.sent, now, DIRECTORY.sources.skew_minutes(message.identity.sender))
    stated, posting = countries.stated(arrival.named), rules.posting(caller.roles, caller.countries)
    await repository.one_at_a_time(session)
    if same := await repository.find_same(session, message.identity):
        record = await _same_again(session, same, message, posting)
        await _trust_more(session, record, message, arrival.trust)
        await _receive(session, same, arrival, caller.subject, now)
    else:
        referenced = await repository.list_named(session, message.references)
        earlier = await repository.list_earlier(session, message.identity)
        concern = _concern(message, stated, referenced)
        acted_on = (stated, *(record.countries for record in (*referenced, *earlier)))
        rules.refuse_foreign(concern.countries, acted_on, posting)
        _refuse_unknown(message, referenced, posting)
        alert = _alert(message, concern, arrival.trust, caller.subject, now)
        record = await _store(session, alert, arrival, message.references, _missions(concern, now))
        await _receive(session, alert, arrival, caller.subject, now)
        if alert.state == rules.State.STANDING:
            decided = await open_decision(session, record, message, origin_of(caller.roles, arrival.trust.tier), arrival.trust)
            await handover.watch(session, alert, decided.level)
        await _act_on(session, [*referenced, *earlier], now)
    return views.alert_out(record, viewer_of(caller, now))


async def _same_again(session: AsyncSession, same: Alert, message: cap.Message, posting: rules.Sight) -> Record:
    """Bytes may differ where the content does not: a relay may indent anew. Other content under one identity is refused."""
    found = await repository.find_alert(session, same.id, rules.Sight(everything=True))
    record = found or Record(same, {}, {})
    rules.refuse_foreign(record.countries, (), posting)
    stored = await repository.raw_of(session, same.id)
    if reading.read(stored.raw) != message:
        raise rules.IdentityReusedError(rules.MEND_IDENTITY)
    return record


async def _trust_more(session: AsyncSession, record: Record, message: cap.Message, trust: Trust) -> None:
    """An officer may paste what the authority's own feed brings a minute later: it then counts as official from that minute."""
    alert = record.alert
    if trust.tier <= alert.trust_tier:
        return
    alert.source, alert.trust_tier, alert.signature = trust.source, trust.tier, trust.signature
    await session.flush()
    if alert.state == rules.State.STANDING:
        await decide_again(session, record, message, trust)


def _concern(message: cap.Message, stated: tuple[str, ...], referenced: Sequence[Record]) -> Concern:
    """An Update or Cancel that does not say where concerns what it names; a Cancel of something unknown may concern nothing yet."""
    inherited = tuple(sorted({country for record in referenced for country in record.countries}))
    if message.type is cap.MessageType.CANCEL and inherited and not stated:
        return Concern(inherited, Evidence.REFERENCE)
    concern = countries.concerned(message, stated, DIRECTORY.sources)
    if concern.countries:
        return concern
    if inherited:
        return Concern(inherited, Evidence.REFERENCE)
    if message.type is cap.MessageType.CANCEL:
        return countries.NOBODY
    raise countries.without_country()


def _refuse_unknown(message: cap.Message, referenced: Sequence[Record], posting: rules.Sight) -> None:
    """What has not come yet may stand for others when it comes."""
    known = {repository.named(record.alert).identity for record in referenced}
    if not posting.everything and message.references - known:
        raise cap.CapInvalidError(cap.UNKNOWN_REFERENCE, errors=[{"pointer": "/alert/references"}])


async def _store(
    session: AsyncSession, alert: Alert, arrival: Arrival, references: Iterable[Identity], missions: dict[str, list[str]]
) -> Record:
    """A message that came after the one that takes it back never stands, and nothing is told of it."""
    own = repository.named(alert)
    state = rules.state_of(own, await repository.list_naming(session, own.identity))
    alert.state = state
    stored = CapMessage(alert_id=alert.id, raw=arrival.raw, sha256=hashlib.sha256(arrival.raw).digest(), content_type=arrival.content_type)
    record = await repository.add_alert(session, alert, stored, references, missions)
    if state is rules.State.STANDING:
        await emit(session, _raised(record), subject=alert.id, sequence=alert.version)
        await repository.add_change(session, alert.id, "raised")
    return record


def _missions(concern: Concern, now: datetime) -> dict[str, list[str]]:
    missions: dict[str, list[str]] = {}
    for country in concern.countries:
        missions.setdefault(DIRECTORY.missions.responsible(country, now.date()).code, []).append(country)
    return missions


def _alert(message: cap.Message, concern: Concern, trust: Trust, raised_by: str, now: datetime) -> Alert:
    info = rules.principal(message)
    return Alert(
        id=new_id(),
        version=1,
        state=rules.State.STANDING,
        sender=message.identity.sender,
        identifier=message.identity.identifier,
        sent=message.identity.sent,
        message_status=message.status,
        message_type=message.type,
        severity=info.severity if info else Severity.UNKNOWN,
        urgency=info.urgency if info else Urgency.UNKNOWN,
        certainty=info.certainty if info else Certainty.UNKNOWN,
        event=info.event[:SHOWN_CHARACTERS] if info else "",
        headlines={tag: line[:SHOWN_CHARACTERS] for tag, line in rules.headlines(message).items()},
        expires=rules.expiry(message),
        evidence=concern.evidence,
        defects=list(message.defects),
        directory_version=DIRECTORY.missions.version,
        source=trust.source,
        trust_tier=trust.tier,
        signature=trust.signature,
        raised_by=raised_by,
        raised_at=now,
    )


def _raised(record: Record) -> AlertRaised:
    alert = record.alert
    return AlertRaised(
        message_status=MessageStatus(alert.message_status),
        update=alert.message_type == cap.MessageType.UPDATE,
        severity=Severity(alert.severity),
        urgency=Urgency(alert.urgency),
        certainty=Certainty(alert.certainty),
        countries=tuple(record.countries),
        missions=tuple(record.missions),
        sent=alert.sent,
        expires=alert.expires,
        raised_at=alert.raised_at,
    )


async def _receive(session: AsyncSession, alert: Alert, arrival: Arrival, by: str, now: datetime) -> None:
    digest = hashlib.sha256(arrival.raw).digest()
    await repository.add_receipt(session, MessageReceipt(id=new_id(), alert_id=alert.id, received_at=now, received_by=by, sha256=digest))


async def _act_on(session: AsyncSession, referenced: Iterable[Record], now: datetime) -> None:
    """The states that follow now that one message more is known; only what changed is written and told."""
    for record in referenced:
        own = repository.named(record.alert)
        state = rules.state_of(own, await repository.list_naming(session, own.identity))
        if state.value != record.alert.state:
            await repository.set_state(session, record.alert.id, state)
            await repository.add_change(session, record.alert.id, state.value)
            await lapse(session, record.alert.id, now)


async def get_alert(session: AsyncSession, caller: Caller, alert_id: UUID) -> AlertDetail:
    """Raises `NotFoundError` also for a warning outside of the caller's sight."""
    viewer = viewer_of(caller, datetime.now(UTC))
    record = await visible(session, alert_id, viewer.sight)
    stored = await repository.raw_of(session, alert_id)
    return views.alert_detail(record, stored, reading.read(stored.raw), viewer)


async def list_alerts(session: AsyncSession, caller: Caller, paging: Paging, *, live: bool) -> list[Record]:
    sight = rules.sight(caller.roles, caller.countries)
    return await repository.list_alerts(session, sight, paging, live_at=datetime.now(UTC) if live else None)


def row_of(record: Record, caller: Caller) -> AlertOut:
    return views.alert_out(record, viewer_of(caller, datetime.now(UTC)))


async def start_of(session: AsyncSession, position: int | None) -> int:
    """Where a stream begins: now, unless the reader names an earlier place; not so early that a stream costs as much as the whole list.

    Who missed more than `MOST_MISSED` changes sees in the first event's id that the stream goes on later than it ended.
    """
    head = await repository.last_position(session)
    return head if position is None else max(min(position, head), head - MOST_MISSED)


async def changes_since(session: AsyncSession, caller: Caller, position: int) -> tuple[list[tuple[int, AlertChangeOut]], int, bool]:
    """Changes that the caller may see, the position to go on from, and whether more wait behind it."""
    viewer = viewer_of(caller, datetime.now(UTC))
    head = await repository.last_position(session)
    changes = await repository.list_changes(session, position, viewer.sight, CHANGES_AT_ONCE)
    shown = [(change.position, views.change_out(change, viewer)) for change in changes]
    if len(changes) == CHANGES_AT_ONCE:
        return shown, changes[-1].position, True
    return shown, max([head, position, *(change.position for change in changes)]), False


def viewer_of(caller: Caller, now: datetime) -> views.Viewer:
    return views.Viewer(rules.sight(caller.roles, caller.countries), DIRECTORY.missions, now)


async def visible(session: AsyncSession, alert_id: UUID, sight: rules.Sight) -> Record:
    record = await repository.find_alert(session, alert_id, sight)
    if record is None:
        raise NotFoundError
    return record
