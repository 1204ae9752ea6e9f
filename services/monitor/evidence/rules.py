"""How evidence is counted, and how counts are told so that nobody is found in them.

A fact counts for the activities that the map named on its day. Divisions are public per kind of fact and closed quarter, one dimension at
a time, and are fixed at the cut-off: so no two tables can be subtracted that differ by few. Two activities that count the same kind show
the same table; quarters do not overlap; what comes late changes no division.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NamedTuple

from contracts.crisis import MessageStatus
from contracts.days import DHAKA
from contracts.events import Event
from contracts.framework.activity_map import MapEntry
from contracts.persons import AgeBand, Sex
from contracts.places import COUNTRIES, districts
from contracts.text import Text
from kit.counts import SMALLEST, suppressed
from kit.errors import ConflictError, NotFoundError

NOT_TOLD: Final = ""
UNKNOWN: Final = "unknown"


class UnknownActivityError(NotFoundError):
    slug = "unknown-activity"
    title = Text("The framework has no activity of this number.", "কাঠামোতে এই নম্বরের কোনো কার্যক্রম নেই।")


class NotYetPublishedError(ConflictError):
    slug = "not-yet-published"
    title = Text(
        "Figures of this quarter are not yet published: it must be over, and its late returns be in.",
        "এই ত্রৈমাসিকের পরিসংখ্যান এখনো প্রকাশিত হয়নি: ত্রৈমাসিক শেষ হতে হবে এবং বিলম্বিত তথ্য আসার সময় পার হতে হবে।",
    )


class Dimension(StrEnum):
    DISTRICT = "district"
    COUNTRY = "country"
    SEX = "sex"
    AGE_BAND = "age_band"


class Group(NamedTuple):
    """Where and about whom, in codes; empty or `unknown` where the event does not tell."""

    district: str = NOT_TOLD
    country: str = NOT_TOLD
    sex: str = UNKNOWN
    age_band: str = UNKNOWN


class ActivityFacts(NamedTuple):
    """All facts of an activity, undivided, and when the last of them happened (UTC)."""

    facts: int
    last_at: datetime

    def last_day(self) -> datetime:
        """Midnight in Bangladesh of the last fact's day: to the second, one fact alone could be told from others."""
        return self.last_at.astimezone(DHAKA).replace(hour=0, minute=0, second=0, microsecond=0)


def is_evidence(event: Event) -> bool:
    """A drill shows that somebody practised, not that anybody was warned or brought home (decision 0024)."""
    return getattr(event, "message_status", MessageStatus.ACTUAL) == MessageStatus.ACTUAL


def group_of(event: Event, *, restricted: bool) -> Group:
    """Of a restricted record nothing is kept but that it happened: where few are, a district alone would point at one.

    A code that is no known one is not told: what an owner sends by mistake must not appear on an open page.
    """
    if restricted:
        return Group()
    fields: dict[str, Any] = event.model_dump()
    people = [fields.get(f"victim_{name}") or fields.get(name) or UNKNOWN for name in ("sex", "age_band")]
    district: Any = fields.get("district") or fields.get("to_district")
    country: Any = fields.get("country")
    return Group(
        district if district in districts() else NOT_TOLD,
        country if country in COUNTRIES else NOT_TOLD,
        people[0] if people[0] in set(Sex) else UNKNOWN,
        people[1] if people[1] in set(AgeBand) else UNKNOWN,
    )


class Versions(NamedTuple):
    """Of the map and of the days of publication. `digest` tells maps apart whose version somebody forgot to raise."""

    map: int
    publication: int
    digest: str


def is_newer(ours: Versions, kept: Versions) -> bool:
    """Whether the figures are to be built anew by our map. An earlier release never puts its own in place of a later one's."""
    if ours.map < kept.map or ours.publication < kept.publication:
        return False
    return ours != kept


def published_from(end: date, cut_off_days: int) -> date:
    """The first day on which the divisions of a quarter are told. `end`: the first day after it."""
    return end + timedelta(days=cut_off_days)


def kinds_told(entries: Iterable[MapEntry], activity: str, quarter: tuple[date, date]) -> list[str]:
    """Kinds of fact that counted for the activity in the whole quarter (its first day, and the first one after it).

    Of one that began or ended within it a table would differ from that of another activity by few, and could be subtracted.
    """
    first, end = quarter
    return sorted(
        entry.event
        for entry in entries
        if entry.activity == activity and entry.since <= first and (entry.until is None or entry.until >= end)
    )


@dataclass(frozen=True, slots=True)
class Table:
    """Facts of one kind in one quarter, divided once. None: fewer than ten, or left out so that others cannot be worked out."""

    event_type: str
    facts: int | None
    parts: Mapping[str, int | None]


def table_of(event_type: str, counts: Mapping[str, int]) -> Table:
    whole = sum(counts.values())
    if 0 < whole < SMALLEST:
        return Table(event_type, None, {})
    return Table(event_type, whole, suppressed(counts))


class Division(NamedTuple):
    """One table of an activity, divided by one dimension."""

    activity: str
    dimension: Dimension
    table: Table


def told(count: int) -> int | None:
    return None if 0 < count < SMALLEST else count


class Fingerprint(NamedTuple):
    """How many figures there are, and a sum over all of them that changes with each."""

    rows: int
    digest: Decimal


class Rebuilt(NamedTuple):
    """What stood and what stands: a difference is a defect, for both come from the same facts by the same statement."""

    before: Fingerprint
    after: Fingerprint

    @property
    def same(self) -> bool:
        return self.before == self.after
