"""Use cases of messages that come in: taken once, talked about, made into a complaint or added to one; recordings fetched afterwards.

Whoever stops answering is heard all the same: a timer makes a complaint of what they told.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import phonenumbers
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Text
from kit.bringers import Incoming
from kit.crypto import Keyring
from kit.database import Sessions
from kit.errors import ProblemError
from kit.ids import new_id
from kit.reference import parse
from kit.strangers import TooManyTriesError, read_secret
from kit.timer import DueTimer, TimerHandler, schedule
from services.complaints import service as complaints
from services.complaints.contact import service as contact
from services.complaints.contact.lists import TEMPLATES
from services.complaints.contact.rules import Channel, Wording
from services.complaints.doors import repository
from services.complaints.doors.models import Conversation, InboundMessage
from services.complaints.doors.rules import DAY, Reason, doubts
from services.complaints.doors.service import lodge_with_secret
from services.complaints.duplicates.merges import service as merges
from services.complaints.messages import rules
from services.complaints.messages.rules import Step
from services.complaints.models import Complaint
from services.complaints.rules import Channel as Door
from services.complaints.schemas import ComplaintIn
from services.complaints.settings import Doors
from services.complaints.tracking import service as tracking
from services.complaints.tracking.views import said

RECORDING: Final = "[কণ্ঠ বা ছবি পাঠানো হয়েছে]"
# After a day of silence it is asked again what a message is about.
FRESH: Final = timedelta(days=1)
LANGUAGE: Final = "bn"
UNFINISHED: Final = "talk-unfinished"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a talk needs."""

    session: AsyncSession
    keyring: Keyring
    doors: Doors
    channel: Channel

    def seal(self, value: str, column: str) -> bytes:
        return self.keyring.seal(value, column)


async def take(desk: Desk, sessions: Sessions, provider: str, incoming: Incoming) -> bool:
    """Whether it was new. Its answer is queued in the same transaction. `sessions`: a status is asked for outside of it."""
    now = datetime.now(UTC)
    talk = await repository.talk_with(desk.session, _fresh(desk, incoming, now))
    message = _stored(desk, provider, incoming, talk, now)
    if not await repository.is_new(desk.session, message):
        return False
    # Merged into the session, so that what the talk makes of it is kept.
    message = await desk.session.merge(message)
    if incoming.text is not None and (answered := await _commanded(desk, sessions, talk, incoming, message, now)):
        await _reply(desk, talk, incoming.sender, answered, now)
        return True
    is_late = incoming.sent_at < talk.last_sent_at and talk.step != Step.BEGIN
    await _talk_on(desk, talk, incoming, message, now, written=None if is_late else incoming.text)
    talk.last_at, talk.last_sent_at = now, max(talk.last_sent_at, incoming.sent_at)
    if rules.is_unfinished(Step(talk.step)):
        await schedule(desk.session, _rests_until(talk, _answers(desk, talk)), UNFINISHED, talk.id)
    return True


def _answers(desk: Desk, talk: Conversation) -> dict[str, str]:
    known: dict[str, str] = json.loads(desk.keyring.open(talk.answers, "conversation.answers"))
    return known


def _rests_until(talk: Conversation, answers: Mapping[str, str]) -> datetime:
    spans = TEMPLATES.unfinished
    return talk.last_at + timedelta(minutes=spans.minutes_not_safe if answers.get(Step.SAFE) == "no" else spans.minutes)


async def take_unfinished(session: AsyncSession, keyring: Keyring, doors: Doors, timer: DueTimer) -> None:
    """Nobody answered for long: what was told goes to the open complaint that was asked about, or becomes one. A person looks at it.

    Each message has such a timer of its own: to take the one before back would wait for one that fires, which waits for the talk.
    """
    talk = await repository.held_talk(session, timer.record)
    desk = Desk(session, keyring, doors, Channel(talk.channel))
    answers = _answers(desk, talk)
    if not rules.is_unfinished(Step(talk.step)) or timer.due < _rests_until(talk, answers):
        return
    now = datetime.now(UTC)
    open_one = await repository.newest_of_number(session, talk.phone_index)
    if talk.step == Step.SAME_MATTER and open_one is not None:
        talk.step = Step.ATTACHED
        await _attach(desk, talk, open_one, now)
        return
    await _lodge(desk, talk, keyring.open(talk.phone, "conversation.phone"), answers, now, by_itself=True)


async def _commanded(
    desk: Desk, sessions: Sessions, talk: Conversation, incoming: Incoming, message: InboundMessage, now: datetime
) -> str | None:
    """STATUS and STOP, understood at any step."""
    written = incoming.text or ""
    if (asked := rules.status_asked(written)) is not None:
        # The secret must not lie about in what was said, sealed or not.
        message.kind, message.body = "command", None
        return await _status(desk, sessions, asked, incoming.sender)
    if rules.wants_stop(written):
        message.kind = "command"
        talk.answers = desk.seal(json.dumps({**_answers(desk, talk), rules.STOP: "yes"}), "conversation.answers")
        complaint = await repository.newest_of_number(desk.session, talk.phone_index)
        if complaint is not None:
            held = await repository.locked(desk.session, complaint.id)
            held.contact_rule = {**held.contact_rule, "may_text": False}
            await complaints.note_happening(desk.session, held, "contact_changed", by=_by(desk), at=now)
        return rules.STOPPED.in_language(LANGUAGE)
    return None


async def _status(desk: Desk, sessions: Sessions, asked: tuple[str, str], sender: str) -> str:
    try:
        reference, secret = parse(asked[0], complaints.PREFIX), read_secret(asked[1])
        entry = tracking.Entry(reference, secret, f"{desk.channel}:{sender}", desk.channel, sender)
        complaint = await tracking.enter(sessions, desk.keyring, entry)
    except ProblemError as error:
        return error.title.in_language(LANGUAGE) if isinstance(error, TooManyTriesError) else _words(rules.WRONG_KEY)
    except ValueError:
        return _words(rules.WRONG_KEY)
    await tracking.note_read(desk.session, complaint, desk.channel)
    return said(complaint, await merges.follow(desk.session, complaint)).say.bn


async def _talk_on(
    desk: Desk, talk: Conversation, incoming: Incoming, message: InboundMessage, now: datetime, *, written: str | None
) -> None:
    open_one = await repository.newest_of_number(desk.session, talk.phone_index)
    if talk.step == Step.ATTACHED and (now - talk.last_at > FRESH or open_one is None):
        talk.step, talk.began_at = Step.BEGIN, now
    told = await _told(desk, talk)
    known = rules.Talk(
        step=Step(talk.step),
        answers=_answers(desk, talk),
        has_open=open_one is not None,
        region=_region(incoming.sender),
        letters=sum(len(one) for one in told.texts) - len(written or ""),
        has_recording=told.has_recording,
    )
    if known.step in {Step.BEGIN, Step.DONE}:
        talk.began_at = message.received_at
    turn = rules.turn(known, written)
    if turn.was_answer:
        message.kind = "answer"
    asked_before, talk.step = talk.step, turn.step
    talk.answers = desk.seal(json.dumps(dict(turn.answers)), "conversation.answers")
    await desk.session.flush()
    await _say(desk, talk, incoming, turn, open_one, now, repeated=asked_before == turn.step)


async def _say(
    desk: Desk, talk: Conversation, incoming: Incoming, turn: rules.Turn, open_one: Complaint | None, now: datetime, *, repeated: bool
) -> None:
    if turn.step is Step.DONE:
        await _lodge(desk, talk, incoming.sender, turn.answers, now)
        return
    if turn.step is Step.ATTACHED and open_one is not None:
        await _attach(desk, talk, open_one, now)
        # Said once: somebody who sends ten pictures needs no ten answers.
        if not repeated:
            await _reply(desk, talk, incoming.sender, _words(rules.ADDED), now)
        return
    if turn.answers.get(Step.SAFE) == "no" and turn.step is Step.WHO and not repeated:
        await _reply(desk, talk, incoming.sender, _words(rules.NOT_SAFE), now)
    await _reply(desk, talk, incoming.sender, _words(rules.QUESTIONS[turn.step]), now)


async def _lodge(
    desk: Desk, talk: Conversation, sender: str, answers: Mapping[str, str], now: datetime, *, by_itself: bool = False
) -> None:
    """`by_itself`: the person is no longer there, and who reads the screen now is not known."""
    told = await _told(desk, talk)
    may_text = rules.may_text(answers, by_itself=by_itself)
    complaint = ComplaintIn.model_validate(
        {
            "channel": Door(desk.channel),
            "language": LANGUAGE,
            "caller_safe": {"yes": True, "no": False}.get(answers.get(Step.SAFE, "")),
            "category": answers.get(Step.ABOUT, "other"),
            "country": answers.get(Step.COUNTRY) or _region(sender),
            "reporter": {"phone": sender, "relation": answers.get(Step.WHO, "self")},
            "narrative": "\n".join(told.texts)[:20_000] or RECORDING,
            "safe_contact": {"may_text": may_text, "channels": [desk.channel]},
        }
    )
    earlier = await repository.lodged_since(desk.session, talk.phone_index, now - DAY)
    odd = doubts(earlier_of_number=earlier, most_of_number=desk.doors.reports_per_number, filled_in_s=None, trap="")
    odd += [Reason.UNFINISHED] if by_itself else []
    receipt, secret = await lodge_with_secret(desk.session, desk.keyring, complaint, door=_by(desk), odd=odd)
    talk.complaint_id = receipt.id
    for one in told.messages:
        one.complaint_id = receipt.id
    talk.step = Step.ATTACHED
    if may_text:
        words = TEMPLATES.render("received", Wording.NEUTRAL, LANGUAGE, {"reference": receipt.reference, "secret": secret})
        await _reply(desk, talk, sender, words, now)


async def _attach(desk: Desk, talk: Conversation, complaint: Complaint, now: datetime) -> None:
    """What was written in this talk goes to the complaint, as one entry of its history for each message."""
    told = await _told(desk, talk)
    held = await repository.locked(desk.session, complaint.id)
    talk.complaint_id = complaint.id
    for one in told.messages:
        one.complaint_id = complaint.id
        if one.body is not None and one.kind != "answer":
            note = complaints.seal_note(desk.keyring, desk.keyring.open(one.body, "inbound_message.body"))
            detail = {"channel": str(desk.channel)}
            await complaints.note_happening(desk.session, held, "message_received", by=_by(desk), at=now, detail=detail, note=note)
    await desk.session.flush()


@dataclass(frozen=True, slots=True)
class Told:
    texts: Sequence[str]
    messages: Sequence[InboundMessage]
    has_recording: bool


async def _told(desk: Desk, talk: Conversation) -> Told:
    """Of this talk, what is no answer to a question, in the order in which it was sent."""
    messages = await repository.messages_without_complaint(desk.session, talk.id, talk.began_at)
    texts = [
        desk.keyring.open(one.body, "inbound_message.body")
        for one in messages
        if one.body is not None and one.kind not in {"answer", "command"}
    ]
    return Told(texts, messages, any(one.media_id is not None for one in messages))


async def _reply(desk: Desk, talk: Conversation, to: str, words: str, now: datetime) -> None:
    await contact.reply(desk.session, desk.keyring, phone=to, channel=desk.channel, text=words, complaint_id=talk.complaint_id, now=now)


def _fresh(desk: Desk, incoming: Incoming, now: datetime) -> Conversation:
    index = complaints.phone_index(desk.keyring, incoming.sender)
    return Conversation(
        id=new_id(),
        channel=desk.channel,
        phone_index=index or b"",
        phone=desk.seal(incoming.sender, "conversation.phone"),
        step=Step.BEGIN,
        answers=desk.seal("{}", "conversation.answers"),
        complaint_id=None,
        began_at=now,
        last_at=now,
        last_sent_at=incoming.sent_at,
    )


def _stored(desk: Desk, provider: str, incoming: Incoming, talk: Conversation, now: datetime) -> InboundMessage:
    return InboundMessage(
        id=new_id(),
        provider=provider,
        provider_message_id=incoming.id,
        conversation_id=talk.id,
        sent_at=incoming.sent_at,
        received_at=now,
        kind=incoming.kind,
        body=desk.seal(incoming.text, "inbound_message.body") if incoming.text else None,
        media_id=desk.seal(incoming.media, "inbound_message.media_id") if incoming.media else None,
        state="media_waiting" if incoming.media else "taken",
        complaint_id=None,
        attempts=0,
        next_try=now,
    )


def _region(phone: str) -> str:
    return phonenumbers.region_code_for_number(phonenumbers.parse(phone, None)) or "BD"


def _by(desk: Desk) -> str:
    return f"door:{desk.channel}"


def _words(text: Text) -> str:
    return text.in_language(LANGUAGE)


def timers(keyring: Keyring, doors: Doors) -> Mapping[str, TimerHandler]:
    async def rest(session: AsyncSession, due: DueTimer) -> None:
        await take_unfinished(session, keyring, doors, due)

    return {UNFINISHED: rest}
