"""Safe contact: whether, when and in what words a person may be reached (design §5). Judged when a message is sent, not when it is written.

For a woman in her employer's house a text at the wrong hour, or one word of a complaint on a lit screen, can mean a beating. So nothing is
sent that was not allowed, outside of allowed hours a message waits, and words are neutral unless full ones were asked for.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from kit import safe_contact
from kit.safe_contact import Hours

DHAKA: Final = "Asia/Dhaka"
# The subject of these never stands in a message, whatever was asked: no family learns of a death from a text.
NEUTRAL_KINDS: Final = frozenset({"death", "missing"})


class Channel(StrEnum):
    SMS = "sms"
    WHATSAPP = "whatsapp"


class Wording(StrEnum):
    NEUTRAL = "neutral"
    FULL = "full"


class Refusal(StrEnum):
    NOT_ALLOWED = "not_allowed"
    NOT_ASKED = "not_asked"
    NO_NUMBER = "no_number"
    NO_CHANNEL = "no_channel"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class SafeContact:
    """What the person said. Unknown (None) is no: nobody is reached before somebody asked."""

    may_call: bool | None = None
    may_text: bool | None = None
    channels: frozenset[Channel] = frozenset()
    hours: Hours | None = None
    time_zone: str = DHAKA
    wording: Wording = Wording.NEUTRAL
    may_leave_voicemail: bool = False


@dataclass(frozen=True, slots=True)
class Allowed:
    """`at` is now, or the moment at which the person's hours begin."""

    at: datetime
    channel: Channel


def judge_text(rule: SafeContact, *, now: datetime, has_number: bool, wanted: Channel | None = None) -> Allowed | Refusal:
    """Whether a text may go, when, and by which channel. `now` in any zone; `wanted`: the channel by which the person wrote."""
    if not has_number:
        return Refusal.NO_NUMBER
    if rule.may_text is not True:
        return Refusal.NOT_ASKED if rule.may_text is None else Refusal.NOT_ALLOWED
    open_channels = rule.channels or frozenset({Channel.SMS})
    channel = wanted if wanted in open_channels else min(open_channels)
    return Allowed(next_allowed(rule, now), channel)


def may_call_now(rule: SafeContact, now: datetime) -> bool:
    """Whether an officer may dial at this moment."""
    return rule.may_call is True and is_allowed_at(rule, now)


def is_allowed_at(rule: SafeContact, moment: datetime) -> bool:
    return safe_contact.is_allowed_at(rule.hours, rule.time_zone, moment)


def next_allowed(rule: SafeContact, now: datetime) -> datetime:
    """`now`, or the next beginning of the person's hours, in UTC."""
    return safe_contact.next_allowed(rule.hours, rule.time_zone, now)


def wording_of(rule: SafeContact, *, kind: str, restricted: bool) -> Wording:
    """Full words only where they were asked for and the subject gives nobody away."""
    return Wording.NEUTRAL if restricted or kind in NEUTRAL_KINDS else rule.wording
