"""Notifications of browsers: one message to each browser of a person, sealed for it, through whichever push service it lives at.

A push service says that it took a message, never that a phone showed it; it cannot be asked for an outcome. Said twice under one topic it
shows once: what waits there is replaced, and so is what the phone shows (`tag`). So what nobody knows of is said again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter

from kit.messengers import NeverSeen, NotNowError, Rejected, Sent, UnclearError
from kit.outward import Answer, Bounds, Outward, OutwardError, Refused
from kit.web_push import Subscription, Vapid, sealed
from services.crisis.outreach.settings import Carriers

DEADLINE_S: Final = 8.0
BOUNDS: Final = Bounds(body=65_536, seconds=DEADLINE_S, redirects=0)
GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
# It may have the message all the same.
UNCLEAR: Final = frozenset({Refused.TIME, Refused.BROKEN, Refused.SIZE, Refused.ENCODING})
NOT_REACHED: Final = frozenset({Refused.NAME, Refused.CONNECTION, Refused.CERTIFICATE})
LONGEST_WAIT: Final = timedelta(days=1)


class Letter(BaseModel):
    """What is sealed (`shown`), and what the push service is told. `topic`: one of a person and a chain of warnings."""

    model_config = ConfigDict(frozen=True)

    topic: str
    urgency: Literal["low", "normal", "high"]
    ends: AwareDatetime
    shown: dict[str, Any]


class Kept(Subscription):
    """`id`: the register's, by which it is told of one that is gone."""

    id: UUID


@dataclass(frozen=True, slots=True)
class SentInPart(Sent):
    """Taken by one browser of a person. `left`: JSON of those that may take it yet, not sooner than `after`."""

    left: str
    after: timedelta


_KEPT: Final = TypeAdapter(list[Kept])
_SHOWN: Final = TypeAdapter(dict[str, Any])
Outcome = Sent | Rejected | NotNowError | UnclearError


@dataclass(frozen=True, slots=True)
class WebPush:
    """`note_gone`: writes down which subscriptions are over; it commits before the message is settled."""

    outward: Outward
    vapid: Vapid
    note_gone: Callable[[Sequence[UUID]], Awaitable[None]]

    async def send(self, to: str, text: str, reference: UUID) -> Sent | Rejected:
        """`to`: JSON of all browsers of a person; taken by one is taken. `text`: JSON of a `Letter`."""
        letter, browsers = Letter.model_validate_json(text), _KEPT.validate_json(to)
        content = _SHOWN.dump_json(letter.shown)
        found = await asyncio.gather(*(self._one(one, letter, content, reference) for one in browsers))
        if gone := [one.id for one, outcome in zip(browsers, found, strict=True) if outcome == _NOBODY]:
            await self.note_gone(gone)
        return _together(browsers, found)

    async def outcome(self, reference: UUID) -> Sent | Rejected | NeverSeen:  # noqa: ARG002 - nobody can be asked
        """It may be sent: a second copy takes the place of the first."""
        return NeverSeen()

    async def _one(self, to: Kept, letter: Letter, content: bytes, reference: UUID) -> Outcome:
        try:
            answer = await self.outward.post(to.endpoint, BOUNDS, sealed(to, content), self._headers(to, letter))
        except OutwardError as error:
            return _not_answered(error)
        return _judged(answer, reference)

    def _headers(self, to: Kept, letter: Letter) -> Mapping[str, str]:
        left = max(0, int((letter.ends - datetime.now(UTC)).total_seconds()))
        return {
            "Authorization": self.vapid.header(to.endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(left),
            "Topic": letter.topic,
            "Urgency": letter.urgency,
        }


_NOBODY: Final = Rejected("gone")


def _judged(answer: Answer, reference: UUID) -> Outcome:
    if answer.status in GONE:
        return _NOBODY
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return NotNowError(str(answer.status), after=_patience(answer.headers.get("retry-after", ""), datetime.now(UTC)))
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        return Rejected(f"status_{answer.status}")
    # The address of the message at its push service would let whoever has it take it back: it is not kept.
    return Sent(f"push-{reference}")


def _not_answered(error: OutwardError) -> Outcome:
    if error.reason in UNCLEAR:
        return UnclearError(error.reason)
    if error.reason in NOT_REACHED:
        return NotNowError(error.reason)
    return Rejected(error.reason)


def _patience(said: str, now: datetime) -> timedelta:
    """`Retry-After` in seconds or as a date; nothing where it is neither."""
    try:
        wait = timedelta(seconds=int(said)) if said.isascii() and said.isdigit() else parsedate_to_datetime(said) - now
    except (ValueError, TypeError, OverflowError):
        return timedelta()
    return min(max(wait, timedelta()), LONGEST_WAIT)


def _together(browsers: Sequence[Kept], found: Sequence[Outcome]) -> Sent | Rejected:
    """Of several browsers the best news counts. Raises `UnclearError` where one may have it, `NotNowError` where none has and one may."""
    if taken := next((one for one in found if isinstance(one, Sent)), None):
        return _in_part(taken, [(one, outcome) for one, outcome in zip(browsers, found, strict=True) if isinstance(outcome, UnclearError)])
    busy = [one for one in found if isinstance(one, NotNowError)]
    if unclear := next((one for one in found if isinstance(one, UnclearError) and not isinstance(one, NotNowError)), None):
        raise unclear
    if busy:
        raise max(busy, key=lambda one: one.after)
    return next((one for one in found if isinstance(one, Rejected) and one != _NOBODY), _NOBODY)


def _in_part(taken: Sent, left: Sequence[tuple[Kept, UnclearError]]) -> Sent:
    if not left:
        return taken
    after = max((error.after for _, error in left if isinstance(error, NotNowError)), default=timedelta())
    return SentInPart(taken.provider_id, _KEPT.dump_json([one for one, _ in left]).decode(), after)


def vapid_of(known: Carriers, public_url: str) -> Vapid | None:
    """None where the channel is closed. Raises `ValueError` for a key that is none."""
    return Vapid.of(known.push_key.get_secret_value(), known.push_contact or public_url) if known.push_key else None
