"""Safe contact: whether, when and in what words a person may be reached (design §5). Judged when a message is sent, not when it is written.

For a woman in her employer's house a text at the wrong hour, or one word of a complaint on a lit screen, can mean a beating. So nothing is
sent that was not allowed, outside of allowed hours a message waits, and words are neutral unless full ones were asked for.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

DHAKA: Final = "Asia/Dhaka"
# A GSM text in Bangla is UCS-2: 70 units alone, 67 in each part of several (3GPP TS 23.040 §9.2.3.24.1).
SEGMENT: Final = 67
MOST_SEGMENTS: Final = 2
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
class Hours:
    """From (included) to (excluded), by the clock of the person. `begin` after `end` passes midnight; equal is the whole day."""

    begin: time
    end: time

    def include(self, clock: time) -> bool:
        if self.begin == self.end:
            return True
        if self.begin < self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end


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
    return rule.hours is None or rule.hours.include(moment.astimezone(ZoneInfo(rule.time_zone)).time())


def next_allowed(rule: SafeContact, now: datetime) -> datetime:
    """`now`, or the next beginning of the person's hours, in UTC. Their clock, with its summer time, decides."""
    if rule.hours is None or is_allowed_at(rule, now):
        return now
    zone = ZoneInfo(rule.time_zone)
    today = now.astimezone(zone).date()
    begins = (_moment(today + timedelta(days=ahead), rule.hours.begin, zone) for ahead in range(3))
    return next(moment for moment in begins if moment > now and is_allowed_at(rule, moment))


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A clock that is put forward has no such time on that day: then it is the moment to which it was put."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def wording_of(rule: SafeContact, *, kind: str, restricted: bool) -> Wording:
    """Full words only where they were asked for and the subject gives nobody away."""
    return Wording.NEUTRAL if restricted or kind in NEUTRAL_KINDS else rule.wording


def segments(text: str) -> int:
    """Parts that a telephone company bills and a cheap phone may show apart, counted as UCS-2."""
    units = len(text.encode("utf-16-be")) // 2
    return 1 if units <= 70 else -(-units // SEGMENT)  # noqa: PLR2004 - of a single text, see SEGMENT
