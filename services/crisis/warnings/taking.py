"""How a message becomes a warning, in one transaction: judged, kept, set beside what hangs together with it, decided, told."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import AlertRaised, Certainty, MessageStatus, Severity, Urgency
from kit.auth import Caller
from kit.ids import new_id
from kit.outbox import emit
from services.crisis.decisions.deciding import Circumstances, decide_again, open_decision
from services.crisis.decisions.rules import Origin, origin_of
from services.crisis.exposure import service as exposure
from services.crisis.lineage import service as lineage
from services.crisis.lineage.judging import Judged, in_own_land, judge
from services.crisis.lineage.rules import is_over
from services.crisis.sources.rules import NOT_TRUSTED, Trust
from services.crisis.warnings import cap, countries, reading, repository, rules, views
from services.crisis.warnings.countries import Concern
from services.crisis.warnings.models import Alert, CapMessage, MessageReceipt
from services.crisis.warnings.repository import Record
from services.crisis.warnings.rules import State
from services.crisis.warnings.schemas import AlertOut
from services.crisis.warnings.service import DIRECTORY, SHOWN_CHARACTERS, viewer_of


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it came in: its bytes, the countries that the poster names beside it, and how far the way that it came is trusted."""

    raw: bytes
    content_type: str
    named: Sequence[str]
    trust: Trust = NOT_TRUSTED


async def take_alert(session: AsyncSession, caller: Caller, arrival: Arrival) -> AlertOut:
    """The same message again (sender, identifier, time of sending) is the same alert. Raises what `cap`, `countries` and `rules` refuse."""
    message = reading.read(arrival.raw)
    skew = DIRECTORY.sources.skew_minutes(message.identity.sender)
    rules.refuse_future(message.identity.sent, datetime.now(UTC), skew)
    stated = countries.stated(arrival.named)
    await repository.one_at_a_time(session)
    now = datetime.now(UTC)  # under the lock: the order of arrivals is that of their times
    if same := await repository.find_same(session, message.identity):
        record = await _take_again(session, caller, same, message, arrival.trust, now)
    else:
        record = await _take_new(session, caller, message, stated, arrival, now)
    await _receive(session, record.alert, arrival, caller, now)
    return views.alert_out(record, viewer_of(caller, now))


async def _take_new(
    session: AsyncSession, caller: Caller, message: cap.Message, stated: tuple[str, ...], arrival: Arrival, now: datetime
) -> Record:
    """A message that came after the one that takes it back never stands, and nothing is told of it."""
    posting = rules.posting(caller.roles, caller.countries)
    named = await repository.list_named(session, message.references)
    judged = judge(message, stated, {country for one in named for country in one.countries}, DIRECTORY.sources, now.date())
    rules.refuse_foreign(judged.concern.countries, (stated, *(one.countries for one in named)), posting)
    _refuse_unknown(message, named, posting)
    record = await _store(session, _alert(judged, caller, arrival.trust, now), arrival, judged.concern)
    alert = record.alert
    changed = await lineage.settle(session, alert, now)
    rules.refuse_foreign(judged.concern.countries, await lineage.countries_acted_on(session, changed), posting)
    twin_level = await lineage.compare(session, alert, judged, now)
    if alert.state == State.STANDING:
        await _tell(session, record)
    # What was over before it came is not weighed: nobody is woken for it.
    if alert.state == State.STANDING or (alert.state == State.ENDED and alert.ends):
        origin = origin_of(caller.roles, arrival.trust.tier)
        is_own = in_own_land(record.countries, judged.footprint.shape, arrival.trust.jurisdiction)
        await open_decision(session, alert, message, Circumstances(origin, arrival.trust.tier, is_own, twin_level), now)
    return record


async def _take_again(session: AsyncSession, caller: Caller, same: Alert, message: cap.Message, trust: Trust, now: datetime) -> Record:
    """Bytes may differ where the content does not: a relay may indent anew. Other content under one identity is refused.

    An officer may paste what the authority's own feed brings a minute later: it then counts as official from that minute.
    """
    found = await repository.find_alert(session, same.id, rules.Sight(everything=True))
    record = found or Record(same, {}, {})
    rules.refuse_foreign(record.countries, (), rules.posting(caller.roles, caller.countries))
    stored = await repository.raw_of(session, same.id)
    if reading.read(stored.raw) != message:
        raise rules.IdentityReusedError(same.id)
    if trust.tier > record.alert.trust_tier:
        await _trust_more(session, record, message, trust, now)
    return record


async def _trust_more(session: AsyncSession, record: Record, message: cap.Message, trust: Trust, now: datetime) -> None:
    alert, stood = record.alert, record.alert.state == State.STANDING
    alert.source, alert.trust_tier, alert.signature, alert.vouched = trust.source, trust.tier, trust.signature, True
    await session.flush()
    await lineage.settle(session, alert, now)
    if alert.state == State.STANDING:
        if not stood:
            alert.version += 1
            await session.flush()
            await _tell(session, record)
        is_own = in_own_land(record.countries, await lineage.shape_of(session, alert.id), trust.jurisdiction)
        twin_level = await lineage.twin_level(session, alert.id)
        await decide_again(session, alert, message, Circumstances(Origin.OFFICIAL, trust.tier, is_own, twin_level), now)
        await exposure.raise_again(session, alert.id, now)


def _refuse_unknown(message: cap.Message, named: Collection[Record], posting: rules.Sight) -> None:
    """What has not come yet may stand for others when it comes."""
    known = {cap.Identity(one.alert.sender, one.alert.identifier, one.alert.sent) for one in named}
    if not posting.everything and message.references - known:
        raise cap.CapInvalidError(cap.UNKNOWN_REFERENCE, errors=[{"pointer": "/alert/references"}])


async def _store(session: AsyncSession, alert: Alert, arrival: Arrival, concern: Concern) -> Record:
    digest = hashlib.sha256(arrival.raw).digest()
    stored = CapMessage(alert_id=alert.id, raw=arrival.raw, sha256=digest, content_type=arrival.content_type)
    references = reading.read(arrival.raw).references
    return await repository.add_alert(session, alert, stored, references, _missions(concern, alert.raised_at))


async def _tell(session: AsyncSession, record: Record) -> None:
    await emit(session, _raised(record), subject=record.alert.id, sequence=record.alert.version)
    await repository.add_change(session, record.alert.id, "raised")


def _missions(concern: Concern, now: datetime) -> dict[str, list[str]]:
    missions: dict[str, list[str]] = {}
    for country in concern.countries:
        missions.setdefault(DIRECTORY.missions.responsible(country, now.date()).code, []).append(country)
    return missions


def _alert(judged: Judged, caller: Caller, trust: Trust, now: datetime) -> Alert:
    message = judged.message
    info = rules.principal(message)
    is_officer = origin_of(caller.roles, trust.tier) is Origin.OFFICER
    return Alert(
        id=new_id(),
        version=1,
        state=State.NOTICE if message.type is cap.MessageType.CANCEL else State.STANDING,
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
        expires=judged.expires,
        evidence=judged.concern.evidence,
        defects=list(judged.defects),
        directory_version=DIRECTORY.missions.version,
        issuer=judged.sketch.issuer,
        by_person=is_officer,
        vouched=is_officer or trust.tier > 0,
        ends=is_over(message),
        source=trust.source,
        trust_tier=trust.tier,
        signature=trust.signature,
        raised_by=caller.subject,
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


async def _receive(session: AsyncSession, alert: Alert, arrival: Arrival, caller: Caller, now: datetime) -> None:
    trust = arrival.trust
    receipt = MessageReceipt(
        id=new_id(),
        alert_id=alert.id,
        received_at=now,
        received_by=caller.subject,
        sha256=hashlib.sha256(arrival.raw).digest(),
        named=list(countries.stated(arrival.named)),
        by_person=origin_of(caller.roles, trust.tier) is Origin.OFFICER,
        tier=trust.tier,
        source=trust.source,
        jurisdiction=sorted(trust.jurisdiction),
    )
    await repository.add_receipt(session, receipt)
