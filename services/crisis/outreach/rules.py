"""Who is told what, by which way, when and in what words; decided without a clock, a database or the network.

A warning climbs: first what rings at once on the person's own phone, then what rings louder, then whoever is near them, at last a list
for visits. A UK trial of warning calls was acknowledged by 12 %: silence is planned for, not hoped against (anchors, crisis §3.6).
Safe contact (design §5) is judged here once more at the moment of sending: for somebody in an employer's house a text at the wrong hour
or one word on a lit screen can mean a beating, so it is silence or neutral words.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError
from kit.safe_contact import Hours, next_allowed


class Purpose(StrEnum):
    """`answer`: what somebody wrote is answered, in the words of whoever answers."""

    WARN = "warn"
    UPDATE = "update"
    ALL_CLEAR = "all_clear"
    REMINDER = "reminder"
    ANSWER = "answer"


class Channel(StrEnum):
    """`push`: a notification of a browser. `home`: a text to the household in Bangladesh. `visit`: nothing is sent; somebody goes there."""

    PUSH = "push"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"
    HOME = "home"
    VISIT = "visit"


# What a provider can carry; `home` goes by the one for texts.
CARRIED: Final = frozenset(Channel) - {Channel.VISIT}


class State(StrEnum):
    """`sent`: handed to the provider, whose answer is not known yet; it is asked before anything is sent again."""

    QUEUED = "queued"
    SENT = "sent"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"


# The provider has it, or may have it: these were warned, and hear of what comes after.
HANDED: Final = frozenset({State.SENT, State.ACCEPTED, State.DELIVERED})


class Kind(StrEnum):
    """Whom a row of the ledger is about: somebody registered, or somebody who passes it on to people who are not."""

    PERSON = "person"
    RELAY = "relay"


class Source(StrEnum):
    """Where the people of a job come from: classes of exposure, the ledger itself, or the list of relays."""

    INSIDE = "inside"
    NEAR = "near"
    SAME_COUNTRY = "same_country"
    UNKNOWN = "unknown"
    WARNED = "warned"
    SILENT = "silent"
    RELAYS = "relays"


EXPOSED: Final = frozenset({Source.INSIDE, Source.NEAR, Source.SAME_COUNTRY, Source.UNKNOWN})


class Wording(StrEnum):
    NEUTRAL = "neutral"
    PLAIN = "plain"


class Suppressed(StrEnum):
    NO_CHANNEL = "no_channel"
    NOT_ALLOWED = "not_allowed"
    NOT_BEFORE_IT_ENDS = "not_before_it_ends"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    ANSWERED = "answered"


SUPPRESSED_WORDS: Final[Mapping[str, Text]] = {
    Suppressed.NO_CHANNEL: Text("No way to reach them is known", "যোগাযোগের কোনো উপায় জানা নেই"),
    Suppressed.NOT_ALLOWED: Text("They said that messages are not safe", "বার্তা পাঠানো নিরাপদ নয় বলে জানিয়েছেন"),
    Suppressed.NOT_BEFORE_IT_ENDS: Text("Their safe hours begin after the warning ends", "নিরাপদ সময় শুরুর আগেই সতর্কবার্তার মেয়াদ শেষ"),
    Suppressed.REPLACED: Text("A newer warning replaced it before it was sent", "পাঠানোর আগেই নতুন সতর্কবার্তা এসেছে"),
    Suppressed.CANCELLED: Text("The warning was taken back before it was sent", "পাঠানোর আগেই সতর্কবার্তা বাতিল হয়েছে"),
    Suppressed.ANSWERED: Text("They had answered already", "আগেই উত্তর দিয়েছেন"),
}


class NothingSentError(ConflictError):
    slug = "nothing-sent"
    title = Text("Nothing has gone out for this warning.", "এই সতর্কবার্তার জন্য কিছু পাঠানো হয়নি।")


@dataclass(frozen=True, slots=True)
class SafeContact:
    """As the register has it. None of a person: nobody asked them yet."""

    may_call: bool
    may_text: bool
    wording: Wording
    hours: tuple[str, str] | None
    zone: str


@dataclass(frozen=True, slots=True)
class Address:
    channel: Channel
    to: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What of one rung is to be written into the ledger; none where nothing may be sent on it, with the reason."""

    rung: int
    addresses: tuple[Address, ...]
    refusal: Suppressed | None = None


def may_use(channel: Channel, rule: SafeContact | None) -> bool:
    """Who was never asked gave a number to be warned by: a text may go, in neutral words, but no phone rings in a strange house."""
    if channel in {Channel.HOME, Channel.VISIT}:
        return True
    if rule is None:
        return channel is not Channel.VOICE
    return rule.may_call if channel is Channel.VOICE else rule.may_text


def plan(addresses: Sequence[Address], rule: SafeContact | None, rungs: Sequence[Sequence[Channel]], start: int) -> Plan | None:
    """The first rung from `start` on by which this person may be reached; None where the ladder ends."""
    for rung in range(start, len(rungs)):
        known = [one for one in addresses if one.channel in rungs[rung]]
        usable = tuple(one for one in known if may_use(one.channel, rule))
        if Channel.VISIT in rungs[rung]:
            return Plan(rung, (Address(Channel.VISIT, ""),))
        if usable:
            return Plan(rung, usable)
    return None


def is_bell(planned: Plan) -> bool:
    """Nobody knows whether a phone that is off, sold or shared shows a notification: it goes beside another way and never instead of it."""
    return all(one.channel is Channel.PUSH for one in planned.addresses)


def rings_own(planned: Plan | None) -> bool:
    return planned is not None and not any(one.channel in {Channel.HOME, Channel.VISIT} for one in planned.addresses)


def why_none(addresses: Sequence[Address]) -> Suppressed:
    return Suppressed.NOT_ALLOWED if addresses else Suppressed.NO_CHANNEL


@dataclass(frozen=True, slots=True)
class Go:
    wording: Wording


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime


def judge(channel: Channel, rule: SafeContact | None, now: datetime, not_after: datetime) -> Go | Wait | Suppressed:
    """At the moment of sending. A household at home is told in plain words: the danger is not in their house."""
    if not may_use(channel, rule):
        return Suppressed.NOT_ALLOWED
    if channel is Channel.HOME:
        return Go(Wording.PLAIN)
    if rule is None:
        return Go(Wording.NEUTRAL)
    hours = Hours(time.fromisoformat(rule.hours[0]), time.fromisoformat(rule.hours[1])) if rule.hours else None
    at = next_allowed(hours, rule.zone, now)
    if at >= not_after:
        return Suppressed.NOT_BEFORE_IT_ENDS
    return Go(rule.wording) if at <= now else Wait(at)


def ends_at(expires: datetime | None, released_at: datetime, default: timedelta) -> datetime:
    """A warning without an end is not sent for ever: what is still queued then is dropped, never delivered stale."""
    return expires if expires is not None else released_at + default


def sources_of(level_sources: Iterable[Source], *, has_area: bool) -> list[Source]:
    """A warning for the whole of a country concerns everybody who is known to be in it."""
    chosen = list(level_sources)
    return chosen if has_area else list(dict.fromkeys([*chosen, Source.INSIDE, Source.UNKNOWN]))


# Crockford's: what is read off a screen to somebody else is not misread.
_ALPHABET: Final = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")
MOST_PARTS: Final = 2
TOKEN_BYTES: Final = 10
TOKEN_LETTERS: Final = 16


def token_of(secret: bytes) -> str:
    """80 bits of it in sixteen letters: short in a text, and nobody guesses one among a million in the life of a sun."""
    return base64.b32encode(secret[:TOKEN_BYTES]).translate(_ALPHABET).decode()


def read_token(written: str) -> str | None:
    """As a person may copy it: any case, O for 0, I and L for 1. None for what is no token of ours."""
    letters = written.strip().upper().translate(str.maketrans("OIL", "011")).replace("-", "").replace(" ", "")
    return letters if len(letters) == TOKEN_LETTERS and letters.isascii() and letters.isalnum() and "U" not in letters else None
