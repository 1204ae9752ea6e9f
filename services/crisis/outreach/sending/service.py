"""The loops that call providers: messages are claimed many at a time in one transaction, sent in none, settled in another.

A process that dies in between leaves rows *sent* without an outcome: when their time is over, whoever looks next asks the provider what
became of each before anything is sent again. Lane 0 has belts of its own, so that it never waits behind others.
"""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from kit.crypto import Keyring, SealError, UnknownKeyError
from kit.database import Sessions
from kit.messengers import Messenger, NeverSeen, NotNowError, Rejected, Sent, UnclearError
from kit.pauses import growing_pause
from kit.pulse import Pulse, wait_for
from services.crisis.outreach import rules
from services.crisis.outreach.ledger import token_for, topic_for
from services.crisis.outreach.lists import REACH, TEXTS, Provider
from services.crisis.outreach.push import service as push
from services.crisis.outreach.push.clients import Letter, SentInPart
from services.crisis.outreach.repository import alerts_by_id
from services.crisis.outreach.rules import Channel, Go, Kind, Purpose, SafeContact, State, Suppressed, Wait, Wording
from services.crisis.outreach.sending import repository
from services.crisis.outreach.sending.clients import recorders
from services.crisis.outreach.sending.repository import Claimed, Left, Settled
from services.crisis.warnings.models import Alert
from services.crisis.warnings.rules import State as Standing

log = logging.getLogger(__name__)

# A call may take as long as its own deadline; what has less time left is not begun any more.
CALL_S: Final = 10.0
LONGEST_PAUSE: Final = timedelta(minutes=15)
GIVEN_UP_AFTER: Final = timedelta(days=1)
SHORTEST_WAIT_S: Final = 0.05
# What a provider takes in so long may go at once after a rest, and is waited for before the next are claimed.
BURST_S: Final = 0.25
CLAIMS_FOR_S: Final = 0.1
WARNS: Final = frozenset({Purpose.WARN, Purpose.UPDATE, Purpose.REMINDER})
OVER: Final = frozenset({Standing.CANCELLED, Standing.ENDED})
# One look for all lines finds what nobody tells of; without it a belt looks for itself so seldom.
LOOKS_EVERY_S: Final = 2.0
IDLE_S: Final = 30.0
URGENT_PAUSE_S: Final = 0.05
PAUSE_S: Final = 0.2
DRILL_PAUSE_S: Final = 1.0
FIRST_TRIES: Final = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One channel's messages on their way to one provider. A drill's line knows only the recorder."""

    sessions: Sessions
    keyring: Keyring
    messenger: Messenger
    channel: str
    is_drill: bool
    public_url: str
    per_second: float | None


def lines(state: Mapping[str, Any], messengers: Mapping[str, Messenger], *, is_drill: bool) -> list[Line]:
    settings, carriers = state["settings"], state["known_carriers"]
    return [
        Line(
            state["sessions"],
            state["keyring"],
            messenger,
            channel,
            is_drill,
            settings.public_url,
            None if is_drill else _rate(channel, carriers.sms_parts_per_second),
        )
        for channel, messenger in messengers.items()
    ]


def _rate(channel: str, agreed: float | None) -> float | None:
    """Parts, letters or calls a second; None is unlimited. `agreed` with the company for texts, 0 for unlimited; else the dated list's."""
    if agreed is not None and channel in {Channel.SMS, Channel.HOME}:
        return agreed or None
    return _listed(channel).per_second


def _listed(channel: str) -> Provider:
    return REACH.providers[Channel.SMS if channel == Channel.HOME else Channel(channel)]


async def send_what_is_queued(state: Mapping[str, Any]) -> None:
    """Runs until cancelled. Raises when the database goes away: it is started again."""
    pulse = state["outreach_pulse"]
    carriers = {**state["carriers"], **push.carriers(state)}
    everything = [*lines(state, carriers, is_drill=False), *lines(state, recorders(state["sessions"]), is_drill=True)]
    is_lost = {(line.channel, line.is_drill): asyncio.Event() for line in everything}
    async with asyncio.TaskGroup() as group:
        group.create_task(look_for_all(state["sessions"], is_lost, pulse))
        for line in everything:
            group.create_task(Belt(line, urgent=False).run(pulse))
            group.create_task(ask_when_lost(line, is_lost[line.channel, line.is_drill]))
            if not line.is_drill:
                group.create_task(Belt(line, urgent=True).run(pulse))


async def look_for_all(sessions: Sessions, is_lost: Mapping[tuple[str, bool], asyncio.Event], pulse: Pulse) -> None:
    """Runs until cancelled. Time wakes nobody: a message that was put off comes due, a call is over whose outcome nobody knows."""
    while True:
        async with sessions.begin() as session:
            found = await repository.look(session, list(is_lost), datetime.now(UTC))
        if any(one.is_due for one in found):
            pulse.wake()
        for one in found:
            if one.is_lost:
                is_lost[one.channel, one.is_drill].set()
        await asyncio.sleep(LOOKS_EVERY_S)


class Belt:
    """Messages of one line under way, claimed, called and settled all at the same time: no call waits for the slowest of a batch."""

    def __init__(self, line: Line, *, urgent: bool) -> None:
        self._line, self._urgent = line, urgent
        at_once = _listed(line.channel).at_once
        self._gate = asyncio.Semaphore(at_once)
        # As many again wait for their turn, so that none of the calls has to wait for a claim.
        self._most, self._least = 2 * at_once, max(1, at_once // 2)
        self._under_way = 0
        self._freed = asyncio.Event()
        self._answered: list[Settled] = []
        self._has_answered = asyncio.Event()

    async def run(self, pulse: Pulse) -> None:
        """Runs until cancelled."""
        async with asyncio.TaskGroup() as calls:
            calls.create_task(self._settle())
            while True:
                beat = pulse.next_beat
                if (room := self._most - self._under_way) < self._least:
                    self._freed.clear()
                    await self._freed.wait()
                    continue
                claim = await _claim(self._line, room, urgent=self._urgent)
                for message in claim.messages:
                    self._under_way += 1
                    calls.create_task(self._send(message, claim.alerts[message.alert_id], claim.until))
                if claim.full_s:
                    await asyncio.sleep(claim.full_s)
                elif not claim.messages:
                    await asyncio.sleep(self._pause_s)
                    await wait_for(beat, IDLE_S)

    @property
    def _pause_s(self) -> float:
        """Many changes shortly after one another are one look."""
        return DRILL_PAUSE_S if self._line.is_drill else URGENT_PAUSE_S if self._urgent else PAUSE_S

    async def _send(self, message: Claimed, alert: Alert, until: datetime) -> None:
        async with self._gate:
            # Its time may be over before its turn: then it is another's, who asks first.
            if (until - datetime.now(UTC)).total_seconds() < CALL_S:
                self._leave(1)
                return
            settled = await _deal_with(self._line, message, alert)
        self._answered.append(settled)
        self._has_answered.set()

    async def _settle(self) -> None:
        """What was answered while the last were written is written together."""
        while True:
            await self._has_answered.wait()
            self._has_answered.clear()
            settled, self._answered = self._answered, []
            async with self._line.sessions.begin() as session:
                await repository.settle(session, settled)
            self._leave(len(settled))

    def _leave(self, number: int) -> None:
        self._under_way -= number
        self._freed.set()


@dataclass(frozen=True, slots=True)
class Claim:
    """`until`: when others may ask what became of it. `full_s`: so long the provider takes no more."""

    messages: Sequence[Claimed]
    alerts: Mapping[UUID, Alert]
    until: datetime
    full_s: float = 0.0


async def _claim(line: Line, most: int, *, urgent: bool) -> Claim:
    """As many as the provider takes now. The bucket's row is held meanwhile: replicas and belts share one rate."""
    rate, bucket = line.per_second, Channel.SMS if line.channel == Channel.HOME else line.channel
    now = datetime.now(UTC)
    until = now + timedelta(seconds=REACH.lost_after_s)
    async with line.sessions.begin() as session:
        parts = rules.MOST_PARTS * most
        if rate is not None:
            tokens = await repository.take_tokens(session, bucket, rate, max(_listed(line.channel).burst, int(rate * BURST_S)))
            wanted = max(rules.MOST_PARTS, rate * CLAIMS_FOR_S)
            if tokens < wanted:
                return Claim((), {}, until, max(SHORTEST_WAIT_S, (wanted - tokens) / rate))
            parts = int(tokens)
        claimed = await repository.claim(
            session, line.channel, is_drill=line.is_drill, most_parts=parts, most=min(most, parts), urgent=urgent, now=now, until=until
        )
        if claimed and rate is not None:
            await repository.spend(session, bucket, sum(one.parts for one in claimed))
        return Claim(claimed, await alerts_by_id(session, list({one.alert_id for one in claimed})) if claimed else {}, until)


async def _deal_with(line: Line, message: Claimed, alert: Alert) -> Settled:
    """Safe contact is judged here, at the moment of sending and by what was sealed with the message."""
    now = datetime.now(UTC)
    try:
        contact = json.loads(line.keyring.open(message.contact, "recipient.contact"))
    except (SealError, UnknownKeyError) as error:
        log.error("message %s cannot be opened: %s", message.id, type(error).__name__)  # noqa: TRY400 - the trace would add nothing
        return _settled(message, State.FAILED, "failed", now, reason="not_readable", climb_at=now)
    verdict = judged(message, alert, contact["rule"], now)
    if isinstance(verdict, Suppressed):
        return _settled(message, State.SUPPRESSED, "put_off", now, reason=verdict)
    if isinstance(verdict, Wait):
        return _settled(message, State.QUEUED, "put_off", verdict.until)
    text = contact.get("text") or text_of(line, message, alert, verdict.wording)
    try:
        answer = await line.messenger.send(contact["to"], text, message.id)
    except NotNowError as error:
        return _settled(message, State.QUEUED, "never_seen", now + pause_after(message.attempts, error.after), word=str(error))
    except UnclearError as error:
        return _unclear(message, error, now)
    left = left_of(line, message, contact, answer, now) if isinstance(answer, SentInPart) else None
    return _answered(message, answer, now)._replace(left=left)


def left_of(line: Line, message: Claimed, contact: Mapping[str, Any], taken: SentInPart, now: datetime) -> Left:
    """The other browsers of a person who has it: tried again under the same rule, and counted no more."""
    sealed = line.keyring.seal(json.dumps({**contact, "to": taken.left}), "recipient.contact")
    return later(message, sealed, now + pause_after(message.attempts, taken.after))


def later(message: Claimed, contact: bytes, due: datetime) -> Left:
    """At the end of the warning it is due in any case: to be dropped."""
    return Left(message.id, contact, min(due, message.not_after), message.not_after)


def pause_after(attempts: int, asked: timedelta = timedelta()) -> timedelta:
    """Growing, and never shorter than the provider asked for."""
    return max(asked, growing_pause(attempts, LONGEST_PAUSE))


def judged(message: Claimed, alert: Alert, kept: Mapping[str, Any] | None, now: datetime) -> Go | Wait | Suppressed:
    if message.purpose in WARNS and alert.state in OVER:
        return Suppressed.CANCELLED  # it was with a provider that did not take it when what was queued was stopped
    if message.kind == Kind.RELAY or message.purpose == Purpose.ANSWER:
        return Go(Wording.PLAIN)  # whoever wrote has the phone in hand
    rule = None
    if kept is not None:
        hours = (kept["hours"][0], kept["hours"][1]) if kept["hours"] else None
        rule = SafeContact(kept["may_call"], kept["may_text"], Wording(kept["wording"]), hours, kept["zone"])
    return rules.judge(Channel(message.channel), rule, now, message.not_after)


def text_of(line: Line, message: Claimed, alert: Alert, wording: Wording) -> str:
    """Within the budget by construction: the data was judged with the longest values at the start."""
    language, purpose = message.language, Purpose(message.purpose)
    if message.kind == Kind.RELAY:
        words = TEXTS.relay_all_clear if purpose is Purpose.ALL_CLEAR else TEXTS.relay
        token = token_for(line.keyring, message.root, message.root, "relay")
    elif message.channel == Channel.HOME and purpose is not Purpose.ALL_CLEAR:
        words, token = TEXTS.home, token_for(line.keyring, message.root, message.person, "home")
    else:
        words = TEXTS.texts[purpose].of(wording)
        token = token_for(line.keyring, message.root, message.person, "home" if message.channel == Channel.HOME else "person")
    values = TEXTS.values(alert.severity, message.country, f"{line.public_url}/c/{token}", language)
    prefix = TEXTS.drill.in_language(language) if message.is_drill else ""
    if message.channel == Channel.PUSH:
        return _notice(line, message, wording, values, prefix)
    return prefix + words.in_language(language).format(**values)


def _notice(line: Line, message: Claimed, wording: Wording, values: Mapping[str, str], prefix: str) -> str:
    """What a browser shows of it, and where a tap leads. No text of a warning is in it: that stands on the page."""
    language, words = message.language, TEXTS.push
    topic = topic_for(line.keyring, message.root, message.person)
    shown = {
        "title": words.title.of(wording).in_language(language),
        "body": prefix + words.texts[Purpose(message.purpose)].of(wording).in_language(language).format(**values),
        "late": words.late.in_language(language),
        "lang": language,
        "tag": topic,
        "reference": str(message.id),
        "path": values["link"].removeprefix(line.public_url),
        "ends": message.not_after.isoformat(),
    }
    urgency = REACH.levels[message.level].urgency
    return Letter(topic=topic, urgency=urgency, ends=message.not_after, shown=shown).model_dump_json()


def _answered(message: Claimed, answer: Sent | Rejected | NeverSeen, now: datetime) -> Settled:
    match answer:
        case Sent(provider_id):
            return _settled(message, State.ACCEPTED, "sent", now, word=provider_id, climb_at=_next_rung_at(message, now))
        case Rejected(reason):
            return _settled(message, State.FAILED, "failed", now, reason=reason, word=reason, climb_at=now)
        case NeverSeen():
            return _settled(message, State.QUEUED, "never_seen", now)


def _next_rung_at(message: Claimed, now: datetime) -> datetime | None:
    """A warning climbs until somebody answers; what is told afterwards climbs only where it could not be sent."""
    if message.purpose != Purpose.WARN or message.kind == Kind.RELAY or message.rung >= REACH.levels[message.level].climbs_to:
        return None
    return now + REACH.wait_after(message.level, message.rung)


def _unclear(message: Claimed, error: UnclearError, now: datetime) -> Settled:
    """Asked for again after growing pauses. The next rung does not wait for it."""
    if now > message.not_after + GIVEN_UP_AFTER:
        return _settled(message, State.FAILED, "unclear", now, reason="no_outcome", word=str(error))
    again = now + pause_after(message.attempts)
    # The first ask after a death is the second try.
    climb_at = _next_rung_at(message, now) if message.attempts <= FIRST_TRIES else None
    return _settled(message, State.SENT, "unclear", now, word=str(error), claimed_until=again, climb_at=climb_at)


def _settled(message: Claimed, state: State, outcome: str, due: datetime, **more: Any) -> Settled:
    known = {"reason": None, "word": None, "claimed_until": None, "climb_at": None} | more
    return Settled(id=message.id, number=message.attempts, state=state, outcome=outcome, due=due, at=datetime.now(UTC), **known)


async def ask_when_lost(line: Line, is_lost: asyncio.Event) -> None:
    """Runs until cancelled."""
    while True:
        await is_lost.wait()
        is_lost.clear()
        while await ask_for_lost(line):
            pass


async def ask_for_lost(line: Line) -> bool:
    """What became of messages whose outcome nobody knows; whether there were any."""
    now = datetime.now(UTC)
    async with line.sessions.begin() as session:
        lost = await repository.claim_lost(
            session, line.channel, is_drill=line.is_drill, now=now, until=now + timedelta(seconds=REACH.lost_after_s)
        )

    async def one(message: Claimed) -> Settled:
        asked_at = datetime.now(UTC)
        try:
            return _answered(message, await line.messenger.outcome(message.id), asked_at)
        except UnclearError as error:
            return _unclear(message, error, asked_at)

    settled = await asyncio.gather(*(one(message) for message in lost))
    async with line.sessions.begin() as session:
        await repository.settle(session, settled)
    return bool(lost)
