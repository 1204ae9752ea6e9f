"""Use cases: say how a person may be reached, queue a text, send what is due.

A text is three steps, each a transaction of its own: queued with the change that causes it; judged and put into words (`begin`); settled
after the company answered (`settle`). The call to the company stands between the last two, never inside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, Literal, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.crypto import Keyring
from kit.ids import new_id
from kit.pauses import growing_pause
from kit.safe_contact import Hours
from services.complaints.contact import repository, rules
from services.complaints.contact.lists import TEMPLATES
from services.complaints.contact.models import Message
from services.complaints.models import Complaint

SYSTEM: Final = "system"
# After that long without an outcome the process that was sending is gone: the company is asked what became of the text.
LOST_AFTER: Final = timedelta(seconds=60)
LONGEST_PAUSE: Final = timedelta(minutes=15)
GIVEN_UP_AFTER: Final = timedelta(days=2)
T = TypeVar("T")
Outcome = Literal["sent", "failed", "never_seen", "unclear"]


async def send(
    session: AsyncSession,
    complaint: Complaint,
    template: str,
    *,
    by: str = SYSTEM,
    detail: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Message:
    """Queues a text to the reporter of a complaint, in the transaction of what it tells. The rule is judged now and again when it is sent.

    What may not be sent is kept as refused, with the reason. `detail` has values for the template that are not personal.
    Raises `KeyError` for an unknown template.
    """
    moment = now or datetime.now(UTC)
    TEMPLATES.templates[template]
    verdict = rules.judge_text(rule_of(complaint), now=moment, has_number=complaint.reporter_phone is not None)
    refused = isinstance(verdict, rules.Refusal)
    message = Message(
        id=new_id(),
        complaint_id=complaint.id,
        at=moment,
        by=by,
        template=template,
        detail=dict(detail or {}),
        channel=rules.Channel.SMS if isinstance(verdict, rules.Refusal) else verdict.channel,
        language=complaint.language,
        recipient=None,
        is_reply=False,
        status="refused" if refused else "waiting",
        reason=verdict if isinstance(verdict, rules.Refusal) else None,
        due=moment if isinstance(verdict, rules.Refusal) else verdict.at,
    )
    session.add(message)
    await session.flush()
    return message


async def tell_of_happening(session: AsyncSession, complaint: Complaint, kind: str, *, at: datetime) -> None:
    """Called with each happening of a complaint: those of interest to its reporter become a text."""
    template = TEMPLATES.on_happening.get(kind)
    if template is not None and complaint.reporter_phone is not None and rule_of(complaint).may_text:
        await send(session, complaint, template, now=at)


async def reply(
    session: AsyncSession, keyring: Keyring, *, phone: str, channel: rules.Channel, text: str, complaint_id: UUID | None, now: datetime
) -> Message:
    """Answers a text that has just come, by the same channel: whoever wrote has the phone in hand. Never more than they wrote about."""
    message_id = new_id()
    message = Message(
        id=message_id,
        complaint_id=complaint_id,
        at=now,
        by=SYSTEM,
        template="reply",
        detail={},
        channel=channel,
        language="bn",
        recipient=keyring.seal(phone, "message.recipient"),
        is_reply=True,
        status="waiting",
        due=now,
        body=keyring.seal(text, "message.body"),
        wording=rules.Wording.NEUTRAL,
    )
    session.add(message)
    await session.flush()
    return message


@dataclass(frozen=True, slots=True)
class Ready:
    """A text that was judged and may go now. `ask_first`: an earlier try has no known outcome."""

    id: UUID
    channel: rules.Channel
    to: str
    text: str
    ask_first: bool


async def begin(session: AsyncSession, keyring: Keyring, channels: frozenset[rules.Channel], now: datetime) -> Ready | bool:
    """Takes the next text that is due; True where one was dealt with without sending it, False where there is none."""
    message = await repository.claim_due(session, now, sorted(channels))
    if message is None:
        return False
    ask_first = message.status in {"sending", "unclear"}
    if not ask_first and not message.is_reply and not await _is_judged(session, keyring, message, now):
        return True
    if now - message.at > GIVEN_UP_AFTER and ask_first:
        _end(message, "failed", "no_outcome", now)
        return True
    message.status = "sending"
    message.attempts += 1
    message.attempted_at = now
    message.due = now + LOST_AFTER
    return Ready(
        message.id,
        rules.Channel(message.channel),
        keyring.open(_known(message.recipient), "message.recipient"),
        keyring.open(_known(message.body), "message.body"),
        ask_first,
    )


async def _is_judged(session: AsyncSession, keyring: Keyring, message: Message, now: datetime) -> bool:
    """Whether it may go at this moment; else it waits again or is refused. Puts it into words as the rule has them now."""
    complaint = await repository.complaint_of(session, _known(message.complaint_id))
    rule = rule_of(complaint)
    verdict = rules.judge_text(rule, now=now, has_number=complaint.reporter_phone is not None)
    if complaint.merged_into is not None:
        verdict = rules.Refusal.MERGED
    if isinstance(verdict, rules.Refusal):
        _end(message, "refused", verdict, now)
        return False
    message.channel = verdict.channel
    if verdict.at > now:
        message.due = verdict.at
        return False
    wording = rules.wording_of(rule, kind=complaint.kind, restricted=complaint.restricted)
    values = {"reference": complaint.reference, **{name: str(value) for name, value in message.detail.items()}}
    message.wording = wording
    message.body = keyring.seal(TEMPLATES.render(message.template, wording, message.language, values), "message.body")
    number = keyring.open(_known(complaint.reporter_phone), "complaint.reporter_phone")
    message.recipient = keyring.seal(number, "message.recipient")
    return True


async def settle(session: AsyncSession, message_id: UUID, outcome: Outcome, now: datetime, *, word: str | None = None) -> None:
    """What the company said. `word`: its id of the text, or its reason. An unclear one is asked for later, after growing pauses."""
    message = await repository.find_message(session, message_id)
    if message is None or message.status not in repository.OPEN:
        return
    match outcome:
        case "sent":
            message.provider_id = word
            _end(message, "sent", None, now)
        case "failed":
            _end(message, "failed", word, now)
        case "never_seen":
            # Judged again before it goes: by now it may be the wrong hour.
            message.status, message.due = "waiting", now
        case "unclear":
            message.status, message.reason = "unclear", word
            message.due = now + growing_pause(message.attempts, LONGEST_PAUSE)


def _end(message: Message, status: str, reason: str | None, now: datetime) -> None:
    message.status, message.reason, message.settled_at = status, reason, now


def rule_of(complaint: Complaint) -> rules.SafeContact:
    kept = complaint.contact_rule
    begin_at, end_at = kept.get("hours_from"), kept.get("hours_to")
    return rules.SafeContact(
        may_call=complaint.may_call,
        may_text=kept.get("may_text"),
        channels=frozenset(rules.Channel(one) for one in kept.get("channels", ())),
        hours=Hours(time.fromisoformat(begin_at), time.fromisoformat(end_at)) if begin_at and end_at else None,
        time_zone=kept.get("time_zone", rules.DHAKA),
        wording=rules.Wording(kept.get("wording", rules.Wording.NEUTRAL)),
        may_leave_voicemail=kept.get("may_leave_voicemail", False),
    )


def _known(value: T | None) -> T:
    if value is None:
        raise ValueError("a message was sent before it was judged")
    return value
