"""How many requests a program has, by the minute and by the day, and how the gateways share them out.

Evidence for activity 2.4.2.1 of the framework, as is the list of partners. The figures are dated data, labelled illustrative; a keeper may
give a program others. The gateways count: each asks for a part of what is left (a lease) and gives back what it did not use, so that any
number of them allows no more than the quota.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Self
from urllib.parse import urlsplit

from contracts.days import DHAKA

MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)
_NOBODY_LISTENS_IN: Final = frozenset({"localhost", "127.0.0.1"})


@dataclass(frozen=True, slots=True)
class Quota:
    per_minute: int
    per_day: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Requests handed out in the minute and in the day that began then."""

    minute: datetime
    in_minute: int
    day: datetime
    in_day: int

    @classmethod
    def none(cls, now: datetime) -> Self:
        return cls(minute_of(now), 0, day_of(now), 0)

    def at(self, now: datetime) -> Self:
        """What of it still counts: a window that is over is forgotten."""
        fresh = self.none(now)
        return replace(
            fresh,
            in_minute=self.in_minute if self.minute == fresh.minute else 0,
            in_day=self.in_day if self.day == fresh.day else 0,
        )

    def given_back(self, unused: int, lease_of: datetime) -> Self:
        """`lease_of`: the minute of the lease that had them. What belonged to a window that is over is lost with it."""
        return replace(
            self,
            in_minute=max(0, self.in_minute - unused) if lease_of == self.minute else self.in_minute,
            in_day=max(0, self.in_day - unused) if day_of(lease_of) == self.day else self.in_day,
        )

    def left(self, quota: Quota) -> int:
        return max(0, min(quota.per_minute - self.in_minute, quota.per_day - self.in_day))

    def granted(self, wanted: int, quota: Quota) -> tuple[Self, int]:
        count = min(wanted, self.left(quota))
        return replace(self, in_minute=self.in_minute + count, in_day=self.in_day + count), count


def minute_of(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


def day_of(now: datetime) -> datetime:
    """The day by the calendar of Dhaka, where its last agreement ends too."""
    return now.astimezone(DHAKA).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)


def seconds_left(begun: datetime, lasts: timedelta, now: datetime) -> int:
    """Until the window ends, at least 1."""
    return max(1, math.ceil((begun + lasts - now).total_seconds()))


def origin_of(text: str) -> str | None:
    """A web origin as a browser sends it (RFC 6454 §6.1), in lower case; None for anything else.

    https, or http on the developer's own machine.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _NOBODY_LISTENS_IN)
    if not is_safe or not parts.hostname or "@" in parts.netloc or not parts.netloc.isascii():
        return None
    written = f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port is not None else "")
    return written if text.lower() == written else None
