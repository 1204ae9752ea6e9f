"""Facts that the crisis service publishes, and the codes of a warning (OASIS CAP 1.2, in lower case) that they carry."""

from datetime import date, datetime
from enum import StrEnum

from contracts.events import Event


class Severity(StrEnum):
    EXTREME = "extreme"
    SEVERE = "severe"
    MODERATE = "moderate"
    MINOR = "minor"
    UNKNOWN = "unknown"


class Urgency(StrEnum):
    IMMEDIATE = "immediate"
    EXPECTED = "expected"
    FUTURE = "future"
    PAST = "past"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    OBSERVED = "observed"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"
    UNKNOWN = "unknown"


class MessageStatus(StrEnum):
    """A drill (`exercise`, `test`) is kept and shown as such; a consumer that acts on people acts on `actual` only."""

    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


class AlertRaised(Event, type="bd.probashi.crisis.alert.raised.v1"):
    """A warning that concerns nationals abroad stands, as a first message or as an update that replaces earlier ones.

    `countries` are ISO 3166 alpha-2, `missions` codes of the directory; `expires` is the usual end of its kind where the issuer gave none.
    """

    message_status: MessageStatus
    update: bool
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    countries: tuple[str, ...]
    missions: tuple[str, ...]
    sent: datetime
    expires: datetime | None
    raised_at: datetime


class AlertAcknowledged(Event, type="bd.probashi.crisis.alert.acknowledged.v1"):
    """One mission has taken note of a warning for its countries; an alert for several missions has one such fact of each."""

    message_status: MessageStatus
    severity: Severity
    mission: str
    countries: tuple[str, ...]
    raised_at: datetime
    acknowledged_at: datetime


class EvacueeArrived(Event, type="bd.probashi.crisis.evacuee.arrived.v1"):
    """Somebody who was brought home from a crisis has landed; the record is the evacuee, `district` where they are at home if known.

    Who it is goes by HTTP to `POST /v1/returnees/arrivals`, under the same id, before or after.
    """

    message_status: MessageStatus
    country: str
    district: str | None
    sex: str
    age_band: str
    arrived_on: date
    arrived_at: datetime


class AlertReleased(Event, type="bd.probashi.crisis.alert.released.v1"):
    """A warning goes out to people: a second person released it, or (`by_itself`) its window ended and nobody held it back.

    `level` 1 to 4. Only this admits reaching people; of a drill only among those who take part in it.
    """

    message_status: MessageStatus
    severity: Severity
    level: int
    by_itself: bool
    countries: tuple[str, ...]
    missions: tuple[str, ...]
    raised_at: datetime
    released_at: datetime


class CaseOpened(Event, type="bd.probashi.crisis.case.opened.v1"):
    """A case of a wing's own (OEMA 2013 s.24). `kind` and `mission` are codes; `origin`: `counter`, `complaint` or `family`."""

    kind: str
    origin: str
    country: str
    mission: str
    sex: str
    age_band: str
    opened_at: datetime


class CaseClosed(Event, type="bd.probashi.crisis.case.closed.v1"):
    """How a wing's case ended. `hours_to_taken` until an officer took it on; null where it was closed untouched."""

    kind: str
    outcome: str
    country: str
    mission: str
    sex: str
    age_band: str
    opened_at: datetime
    closed_at: datetime
    hours_to_taken: float | None


class PlaceVisited(Event, type="bd.probashi.crisis.place.visited.v1"):
    """A wing was at a workplace, a prison, a hospital: the kind of place, and how many workers it spoke with. The record is the visit."""

    place_kind: str
    country: str
    mission: str
    workers: int
    visited_on: date


class FamilyAnswered(Event, type="bd.probashi.crisis.family.answered.v1"):
    """A family that asked for the ministry's service of a detained or stranded person has its answer; the record is the case."""

    kind: str
    country: str
    asked_at: datetime
    answered_at: datetime
    in_time: bool


class DecemberReportSent(Event, type="bd.probashi.crisis.december-report.sent.v1"):
    """The report of OEMA 2013 s.24(2) of a mission for a year went to the ministry."""

    mission: str
    year: int
    sent_at: datetime


class DutyHandedOver(Event, type="bd.probashi.crisis.duty.handed-over.v1"):
    """A mission's duty is with another. `by_itself`: it acknowledged nothing; else an officer did it."""

    mission: str
    to_mission: str
    countries: tuple[str, ...]
    reason: str
    by_itself: bool
    handed_at: datetime


class DutyTakenBack(Event, type="bd.probashi.crisis.duty.taken-back.v1"):
    """A mission has its duty again."""

    mission: str
    from_mission: str
    countries: tuple[str, ...]
    handed_at: datetime
    ended_at: datetime


class OutreachPlanned(Event, type="bd.probashi.crisis.outreach.planned.v1"):
    """All whom a warning, its update or (`all_clear`) its end concerns stand in the ledger of recipients; sending has begun.

    `people` registered, by the register; `relays`: who passes it on to people that are not. Figures only: one event for each alert.
    """

    message_status: MessageStatus
    all_clear: bool
    level: int
    people: int
    relays: int
    planned_at: datetime


class SourceSilenced(Event, type="bd.probashi.crisis.source.silenced.v1"):
    """A source of warnings was not read for longer than its data allows; `source` is null where nothing at all was read.

    The record is the alarm. `last_read_at` is null for one that was never read.
    """

    source: str | None
    countries: tuple[str, ...]
    last_read_at: datetime | None
    noticed_at: datetime


class SourceHeard(Event, type="bd.probashi.crisis.source.heard.v1"):
    """What was silent is read again; the record is the alarm that this ends."""

    source: str | None
    countries: tuple[str, ...]
    silent_since: datetime | None
    heard_at: datetime


class IncidentOpened(Event, type="bd.probashi.crisis.incident.opened.v1"):
    """A danger in one country is led as one incident; `opened_from` alert, signal or officer; `warnings`: how many it rests on."""

    message_status: MessageStatus
    country: str
    hazard: str
    phase: str
    opened_from: str
    warnings: int
    opened_at: datetime


class IncidentClosed(Event, type="bd.probashi.crisis.incident.closed.v1"):
    """Everybody is accounted for; `exposed` people stood in its sum."""

    message_status: MessageStatus
    country: str
    hazard: str
    exposed: int
    opened_at: datetime
    closed_at: datetime


class EnquiryAnswered(Event, type="bd.probashi.crisis.enquiry.answered.v1"):
    """A family was told what is known; `status` in the words of PFIF 1.4, `relation` of who asked."""

    message_status: MessageStatus
    country: str
    status: str
    relation: str
    taken_at: datetime
    answered_at: datetime


class PostureChanged(Event, type="bd.probashi.crisis.posture.changed.v1"):
    """Two people set how nationals should act in a country: 1 precaution, 2 restriction, 3 voluntary return, 4 mandatory return."""

    message_status: MessageStatus
    country: str
    level: int
    before: int | None
    valid_from: datetime
    valid_until: datetime
    approved_at: datetime


class SignalAnswered(Event, type="bd.probashi.crisis.signal.answered.v1"):
    """A person said whether more complaints than usual are something (`confirmed`) or nothing; `observed` is how many were counted."""

    country: str
    category: str
    confirmed: bool
    observed: int
    drafted_at: datetime
    answered_at: datetime
