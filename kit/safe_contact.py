"""When a person may be reached by the clock that they live by, and how many parts a text has. Pure.

For a woman in her employer's house a text at the wrong hour can mean a beating: outside of allowed hours a message waits.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# A GSM text in Bangla is UCS-2: 70 units alone, 67 in each part of several (3GPP TS 23.040 §9.2.3.24.1).
ALONE: Final = 70
SEGMENT: Final = 67
MOST_SEGMENTS: Final = 2


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


def is_allowed_at(hours: Hours | None, zone: str, moment: datetime) -> bool:
    return hours is None or hours.include(moment.astimezone(ZoneInfo(zone)).time())


def next_allowed(hours: Hours | None, zone: str, now: datetime) -> datetime:
    """`now`, or the next beginning of the person's hours, in UTC. Their clock, with its summer time, decides."""
    if hours is None or is_allowed_at(hours, zone, now):
        return now
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    begins = (_moment(today + timedelta(days=ahead), hours.begin, place) for ahead in range(3))
    return next(moment for moment in begins if moment > now and is_allowed_at(hours, zone, moment))


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A clock that is put forward has no such time on that day: then it is the moment to which it was put."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def segments(text: str) -> int:
    """Parts that a telephone company bills and a cheap phone may show apart, counted as UCS-2."""
    units = len(text.encode("utf-16-be")) // 2
    return 1 if units <= ALONE else -(-units // SEGMENT)
