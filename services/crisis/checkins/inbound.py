"""Texts that come in by the number that all services share: what answers a warning is taken here, all else is passed on as it came.

The company is told this door. A text of somebody who was warned is read; one that nobody can read, and each voice note or picture,
waits for a person, with a clock that ends in *needs help*. A text from any other number is stored, acknowledged, and carried to the
complaints service by a loop, with the company's own body and signature, until that service has it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Text
from kit import timer
from kit.access_log import record_access
from kit.auth import Caller
from kit.bringers import Bringer, Incoming
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from kit.ids import new_id
from kit.pauses import growing_pause
from kit.pulse import seconds_until, wait_for
from kit.timer import DueTimer, TimerHandler
from kit.versions import check_version
from services.crisis.checkins import repository, rules
from services.crisis.checkins.clients import NotTakenError, pass_on
from services.crisis.checkins.lists import ANSWERS
from services.crisis.checkins.models import CrisisText
from services.crisis.checkins.recordings import service as recordings
from services.crisis.checkins.recordings.schemas import RecordingOut
from services.crisis.checkins.rules import Reporter, Status
from services.crisis.checkins.schemas import AnswerIn, SaidIn, TextOut, TextsOut
from services.crisis.checkins.service import CLOCK, PROVIDER, Whose, record
from services.crisis.handover import service as handover
from services.crisis.outreach import repository as outreach
from services.crisis.outreach.access import countries_of
from services.crisis.outreach.models import Recipient
from services.crisis.outreach.replying import reply
from services.crisis.outreach.rules import Channel
from services.crisis.outreach.sending.repository import note_told
from services.crisis.paging import answering as officers

TEXT_WAITS: Final = "crisis-text-waits"
LISTENS: Final = timedelta(hours=ANSWERS.listens_hours)
PASSED_WITHIN: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(minutes=5)
BREATH_S: Final = 1.0
IDLE_S: Final = 10.0
LANGUAGE: Final = "bn"


class AlreadyAnsweredError(ConflictError):
    slug = "text-answered"
    title = Text("Somebody has answered this already.", "এটির উত্তর আগেই দেওয়া হয়েছে।")


class NobodyKnownError(ConflictError):
    slug = "text-of-nobody"
    title = Text("It is not known whose text this is: a status cannot be recorded.", "বার্তাটি কার জানা নেই: অবস্থা নথিভুক্ত করা যাবে না।")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A text with the request that brought it: what is passed on is what the company signed."""

    provider: str
    raw: bytes
    signature: str


async def open_envelope(session: AsyncSession, keyring: Keyring, bringer: Bringer, envelope: Envelope) -> int:
    """How many messages were new. A word on a delivery that is not ours is carried on like a message of anybody."""
    messages, deliveries = bringer.read(envelope.raw)
    for told in deliveries:
        if not await note_told(session, told, datetime.now(UTC)):
            incoming = Incoming(f"{told.id}:{told.status}"[:200], "", datetime.now(UTC), "delivery")
            await _keep_foreign(session, keyring, envelope, incoming, datetime.now(UTC))
    return sum([await take(session, keyring, envelope, one) for one in messages])


async def take(session: AsyncSession, keyring: Keyring, envelope: Envelope, incoming: Incoming) -> bool:
    """Whether it was new."""
    now = datetime.now(UTC)
    phone_index = keyring.blind_index(incoming.sender, "phone")
    row = await outreach.newest_by_phone(session, phone_index)
    is_warned = row is not None and row.not_after + LISTENS > now
    if (answered := await officers.take_text(session, phone_index, incoming.text or "", now, is_warned=is_warned)) is not None:
        return answered
    if row is None or not is_warned:
        return await _keep_foreign(session, keyring, envelope, incoming, now)
    status = rules.parse(incoming.text or "", ANSWERS.words)
    kept = _kept(keyring, envelope, incoming, now) | {
        "kind": "unparsed" if status is None else "answer",
        # Words beside a picture say something of the writer; what the picture shows, only a person sees.
        "state": "waiting" if status is None or incoming.media else "done",
        "root": row.root,
        "is_drill": row.is_drill,
        "person": row.person if row.kind == "person" else None,
        "country": row.country,
    }
    if not await repository.add_text(session, kept):
        return False
    await recordings.note(session, keyring, kept["id"], envelope.provider, incoming, now)
    if status is None or row.kind != "person":
        await timer.schedule(session, now + CLOCK, TEXT_WAITS, kept["id"])
        await _acknowledge(session, keyring, row, envelope.provider, incoming.sender, "unparsed", now)
        return True
    await record(
        session, keyring, _whose(row, envelope.provider), SaidIn(status=status, note=(incoming.text or "")[:1000]), _reporter(row),
        made_contact=True, observed_at=incoming.sent_at,
    )  # fmt: skip
    word = "safe" if status is Status.SAFE else "need_help"
    await _acknowledge(session, keyring, row, envelope.provider, incoming.sender, word, now)
    return True


async def _acknowledge(session: AsyncSession, keyring: Keyring, row: Recipient, provider: str, to: str, word: str, now: datetime) -> None:
    await reply(session, keyring, row, (_way_back(provider), to), ANSWERS.acknowledged[word].in_language(row.language), now)


def _way_back(provider: str) -> Channel:
    """Whoever wrote is answered where they wrote."""
    return Channel.WHATSAPP if provider == Channel.WHATSAPP else Channel.SMS


def _whose(row: Recipient, channel: str) -> Whose:
    return Whose(row.root, row.is_drill, row.person, channel)


def _reporter(row: Recipient) -> Reporter:
    """What comes from the household's number is a relative's word."""
    return Reporter.PROXY if row.channel == Channel.HOME else Reporter.SELF


def _kept(keyring: Keyring, envelope: Envelope, incoming: Incoming, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "provider": envelope.provider,
        "provider_message_id": incoming.id,
        "language": LANGUAGE,
        "sender": keyring.seal(incoming.sender, "crisis_text.sender"),
        "body": keyring.seal(incoming.text or "", "crisis_text.body"),
        "sent_at": min(incoming.sent_at, now),
        "received_at": now,
        "due": now + CLOCK,
        "attempts": 0,
        "version": 1,
    }


async def _keep_foreign(session: AsyncSession, keyring: Keyring, envelope: Envelope, incoming: Incoming, now: datetime) -> bool:
    foreign = {
        "kind": "foreign",
        "state": "passing",
        "due": now,
        "raw": keyring.seal(envelope.raw.decode(), "crisis_text.raw"),
        "signature": envelope.signature,
        "body": None,
        "sender": None,
    }
    return await repository.add_text(session, _kept(keyring, envelope, incoming, now) | foreign)


async def pass_on_what_is_not_ours(state: Mapping[str, Any]) -> None:
    """Runs until cancelled; woken by texts, which the duty hears of too: many within `BREATH_S` are one look."""
    sessions, keyring, pulse = state["sessions"], state["keyring"], state["duty"]
    while True:
        beat, now = pulse.next_beat, datetime.now(UTC)
        async with sessions.begin() as session:
            due = await repository.next_passing(session)
            is_due = due is not None and due <= now
            claimed = await repository.claim_passing(session, now, now + PASSED_WITHIN) if is_due else []
        for one in claimed:
            await _pass(state, keyring, one)
        if not claimed:
            await asyncio.sleep(BREATH_S)
            await wait_for(beat, seconds_until(due, datetime.now(UTC), IDLE_S))


async def _pass(state: Mapping[str, Any], keyring: Keyring, one: CrisisText) -> None:
    raw = keyring.open(one.raw, "crisis_text.raw") if one.raw else ""
    try:
        await pass_on(state["http"], state["settings"], one.provider, raw.encode(), one.signature or "")
    except NotTakenError:
        pause = growing_pause(one.attempts, LONGEST_PAUSE)
        async with state["sessions"].begin() as session:
            await repository.put_off(session, one.id, datetime.now(UTC) + pause)
        return
    async with state["sessions"].begin() as session:
        await repository.passed(session, one.id)


def timers(keyring: Keyring) -> Mapping[str, TimerHandler]:
    async def assume(session: AsyncSession, due: DueTimer) -> None:
        """Nobody has read it in time: its writer counts as in need of help, marked as assumed. It still waits for a person."""
        row = await repository.find_text(session, due.record, None)
        if row is None or row.state != "waiting" or row.assumed_at is not None or row.person is None or row.root is None:
            return
        row.assumed_at, row.version = datetime.now(UTC), row.version + 1
        whose = Whose(row.root, bool(row.is_drill), row.person, row.provider if row.sender else "link")
        await record(session, keyring, whose, SaidIn(status=Status.NEED_HELP), Reporter.SELF, made_contact=False, is_assumed=True)

    return {TEXT_WAITS: assume}


async def list_texts(session: AsyncSession, keyring: Keyring, caller: Caller, after: tuple[datetime, UUID] | None) -> TextsOut:
    rows = await repository.list_waiting(session, countries_of(caller), after, outreach.AT_ONCE + 1)
    shown = rows[: outreach.AT_ONCE]
    await record_access(session, caller, [one.id for one in shown], record_type="crisis_text", purpose="crisis.texts", fields=("text",))
    came_with = await recordings.told_of(session, [one.id for one in shown])
    following = None
    if len(rows) > len(shown):
        following = f"/v1/crisis/texts?due={shown[-1].due.isoformat().replace('+00:00', 'Z')}&after={shown[-1].id}"
    return TextsOut(items=[text_out(one, keyring, came_with.get(one.id)) for one in shown], next=following)


def text_out(one: CrisisText, keyring: Keyring, recording: RecordingOut | None = None) -> TextOut:
    plain = one.model_dump(include={"id", "version", "kind", "provider", "person", "country", "received_at", "due", "answered_at"})
    return TextOut(
        **plain,
        alert=one.root,
        text=keyring.open(one.body, "crisis_text.body") if one.body else "",
        is_late=one.state == "waiting" and one.kind != "answer" and one.due <= datetime.now(UTC),
        is_assumed=one.state == "waiting" and one.assumed_at is not None,
        recording=recording,
        answer=keyring.open(one.answer, "crisis_text.answer") if one.answer else None,
    )


async def answer_text(session: AsyncSession, keyring: Keyring, caller: Caller, text_id: UUID, said: AnswerIn, expected: int) -> TextOut:
    """A person has read it. Raises `NotFoundError`, `AlreadyAnsweredError`, `NobodyKnownError`, `OnlyOfficerError`."""
    one = await repository.find_text(session, text_id, countries_of(caller))
    if one is None:
        raise NotFoundError
    await handover.refuse_given_away(session, caller, [one.country])
    check_version(expected, one.version)
    if one.state != "waiting":
        raise AlreadyAnsweredError
    now = datetime.now(UTC)
    row = await repository.ledger_row(session, one.root, one.person, None) if one.root and one.person else None
    if said.status is not None:
        if row is None:
            raise NobodyKnownError
        await _record_read(session, keyring, caller, one, row, said.status)
    if said.answer and row is not None and one.sender is not None:
        to = (_way_back(one.provider), keyring.open(one.sender, "crisis_text.sender"))
        await reply(session, keyring, row, to, said.answer, now)
    one.state, one.answered_by, one.answered_at, one.version = "answered", caller.subject, now, one.version + 1
    one.answer = keyring.seal(said.answer, "crisis_text.answer") if said.answer else None
    await timer.cancel(session, TEXT_WAITS, one.id)
    await session.flush()
    return text_out(one, keyring, (await recordings.told_of(session, [one.id])).get(one.id))


async def _record_read(session: AsyncSession, keyring: Keyring, caller: Caller, one: CrisisText, row: Recipient, status: Status) -> None:
    """It stays the writer's own word: an officer only read it out."""
    is_relatives = one.provider == f"{PROVIDER}home" or row.channel == Channel.HOME
    reporter = Reporter.PROXY if is_relatives else Reporter.SELF
    whose = Whose(row.root, row.is_drill, row.person, one.provider if one.sender else "link", caller.subject)
    await record(session, keyring, whose, SaidIn(status=status), reporter, made_contact=True, observed_at=one.sent_at)
