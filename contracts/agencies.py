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
    """The computed class of an agency is another than before. `provisional` until a person confirms a class (design §5)."""

    licence: str
    class_code: str
    previous_class_code: str | None
    rule_set: str
    rule_set_version: str
    provisional: bool
    computed_at: datetime
