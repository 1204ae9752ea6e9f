"""How far a message is trusted, and when a source counts as silent. Pure: no clock, no database, no network.

Trust is of the message, not of the account that carries it: a client with the role `service` proves who it is, not that an authority spoke.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.text import Text


class Signature(StrEnum):
    """What verifying found at receipt. `unsupported`: made in a way that is not taken any more (SHA-1), so nothing can be said of it."""

    NONE = "none"
    VALID = "valid"
    INVALID = "invalid"
    UNTRUSTED = "untrusted"
    UNSUPPORTED = "unsupported"
    NOT_CHECKED = "not-checked"


class Policy(StrEnum):
    REQUIRE = "require"
    IF_PRESENT = "if_present"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Trust:
    """`source`: the code of the source that carried the message, None for an officer's paste. `jurisdiction`: where it may warn."""

    tier: int
    source: str | None
    signature: Signature
    jurisdiction: frozenset[str]


# An officer's word: a second officer's approval makes it tier 3.
NOT_TRUSTED: Final = Trust(0, None, Signature.NOT_CHECKED, frozenset())
APPROVED_BY_TWO: Final = 3


def tier_of(policy: Policy, signature: Signature, *, is_bound: bool, is_sender_allowed: bool) -> int:
    """0: a person decides. 1: a registered source and a sender of its authority. 2: signed besides, by a certificate known beforehand.

    A signature that is there and is not its authority's is worse than none: somebody may have changed the message on its way.
    """
    if not is_bound or not is_sender_allowed:
        return 0
    if policy is Policy.IGNORE:
        return 1
    if signature is Signature.VALID:
        return 2
    is_suspect = policy is Policy.REQUIRE or signature in {Signature.INVALID, Signature.UNTRUSTED}
    return 0 if is_suspect else 1


class Watched(StrEnum):
    """How a country, or one of its sources, stands now."""

    READ = "read"
    SILENT = "silent"
    NOT_YET = "not-yet"
    NOT_CONNECTED = "not-connected"
    NO_FEED = "no-official-feed"


WATCHED_WORDS: Final[Mapping[Watched, Text]] = {
    Watched.READ: Text("Being read", "নিয়মিত পড়া হচ্ছে"),
    Watched.SILENT: Text("Silent: not read for too long", "নীরব: অনেকক্ষণ ধরে পড়া যায়নি"),
    Watched.NOT_YET: Text("Not read yet", "এখনো পড়া হয়নি"),
    Watched.NOT_CONNECTED: Text("A feed is known and not connected", "ফিডের কথা জানা আছে, কিন্তু সংযোগ দেওয়া হয়নি"),
    Watched.NO_FEED: Text("No official feed", "কোনো সরকারি ফিড নেই"),
}


def is_silent(last_read: datetime | None, watched_since: datetime, stale_after: timedelta, now: datetime) -> bool:
    """A source that was never read is silent once it has had as long as any other."""
    return now - (last_read or watched_since) > stale_after


class Beat(StrEnum):
    """Whether anything at all is read. `never`: this deployment has read no source yet, and none has been given time to be silent."""

    BEATING = "beating"
    SILENT = "silent"
    NEVER = "never"


BEAT_WORDS: Final[Mapping[Beat, Text]] = {
    Beat.BEATING: Text("Sources of warnings are being read", "সতর্কবার্তার উৎসগুলো পড়া হচ্ছে"),
    Beat.SILENT: Text("No source of warnings was read for too long", "অনেকক্ষণ ধরে সতর্কবার্তার কোনো উৎস পড়া যায়নি"),
    Beat.NEVER: Text("No source of warnings has been read here", "এখানে এখনো সতর্কবার্তার কোনো উৎস পড়া হয়নি"),
}


def beat(readings: Collection[tuple[datetime | None, datetime]], dead_after: timedelta, now: datetime) -> Beat:
    """The dead-man rule. `readings`: of each source that is polled, when it was last read and since when it is watched.

    One source that is read keeps all of them alive: what is silent by itself has an alarm of its own.
    """
    if readings and all(is_silent(last_read, since, dead_after, now) for last_read, since in readings):
        return Beat.SILENT
    return Beat.BEATING if any(last_read for last_read, _ in readings) else Beat.NEVER


# The worst first: a country is as well watched as the best of its sources.
_ORDER: Final = (Watched.READ, Watched.NOT_YET, Watched.SILENT, Watched.NOT_CONNECTED, Watched.NO_FEED)


def country_state(sources: list[Watched]) -> Watched:
    return min(sources, key=_ORDER.index, default=Watched.NO_FEED)


def next_poll(every: timedelta, failures: int, spread: float) -> timedelta:
    """Twice as long after each failure, at most an hour; `spread` (0 to 1) keeps replicas and sources from asking in step."""
    pause = min(every * (1 << min(failures, 10)), max(every, timedelta(hours=1)))
    return pause * (0.9 + 0.2 * spread)
