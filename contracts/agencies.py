"""Facts that the agencies service publishes. A licence number names a business, never a person."""

from datetime import date, datetime

from contracts.events import Event


class AgencyRegistered(Event, type="bd.probashi.agencies.agency.registered.v1"):
    """A licence stands in the register. `valid_until` is the last day on which it holds."""

    licence: str
    status: str
    district: str
    valid_until: date
    registered_at: datetime


class AgencyClassified(Event, type="bd.probashi.agencies.agency.classified.v1"):
    """The class of an agency is another than before: computed with each fact (`provisional`), or published by a person."""

    licence: str
    class_code: str
    previous_class_code: str | None
    rule_set: str
    rule_set_version: str
    provisional: bool
    computed_at: datetime


class ClassificationReviewed(Event, type="bd.probashi.agencies.classification.reviewed.v1"):
    """Another office decided on a published class: `upheld` puts `class_code` in its place, `rejected` leaves it as it was."""

    licence: str
    outcome: str
    class_code: str
    previous_class_code: str
    decided_at: datetime


class LicenceRenewed(Event, type="bd.probashi.agencies.licence.renewed.v1"):
    """A licence has another term. Both days are included."""

    licence: str
    district: str
    true_from: date
    true_until: date
    recorded_at: datetime


class LicenceSuspended(Event, type="bd.probashi.agencies.licence.suspended.v1"):
    """From `since` on the agency may not recruit. `hearing`: whether one came before (OEMA s.12, 2023)."""

    licence: str
    district: str
    since: date
    hearing: bool
    recorded_at: datetime


class SuspensionLifted(Event, type="bd.probashi.agencies.suspension.lifted.v1"):
    """A suspended licence is in force again, if its term lasts."""

    licence: str
    district: str
    since: date
    recorded_at: datetime


class LicenceCancelled(Event, type="bd.probashi.agencies.licence.cancelled.v1"):
    """The licence is gone. Whoever is enlisted with the agency must be protected (OEMA 2013 s.12(4))."""

    licence: str
    district: str
    since: date
    recorded_at: datetime


class LicenceRestored(Event, type="bd.probashi.agencies.licence.restored.v1"):
    """A cancelled licence is in force again, after a review or a judgment."""

    licence: str
    district: str
    since: date
    recorded_at: datetime


class LicenceCorrected(Event, type="bd.probashi.agencies.licence.corrected.v1"):
    """What the register said of a licence was wrong and is mended: `status` and `valid_until` are those of today."""

    licence: str
    status: str
    valid_until: date
    recorded_at: datetime


class SubAgentRegistered(Event, type="bd.probashi.agencies.sub-agent.registered.v1"):
    """Somebody may procure workers for the agency (OEMA 2013 s.14A). Who it is stands in the public register, not here."""

    licence: str
    district: str
    true_from: date
    true_until: date
    recorded_at: datetime


class RecruiterIdentified(Event, type="bd.probashi.agencies.recruiter.identified.v1"):
    """An officer found that mentions in complaints mean one person who recruits without registration. Never who it is."""

    sightings: int
    district: str | None
    identified_at: datetime


class EnforcementTaken(Event, type="bd.probashi.agencies.enforcement.taken.v1"):
    """A step against a person who recruits without registration: its kind, and the outcome where there is one."""

    kind: str
    outcome: str | None
    happened_on: date
    recorded_at: datetime
