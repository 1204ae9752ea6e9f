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
