"""Facts that the reintegration service publishes: codes and dates of a return, never who returned."""

from datetime import date, datetime

from contracts.events import Event


class ReturneeRegistered(Event, type="bd.probashi.reintegration.returnee.registered.v1"):
    """A person who came back was registered. `district` is where they live now, `country` the one they left."""

    district: str
    country: str
    sex: str
    age_band: str
    reason: str
    returned_on: date
    registered_at: datetime


class CaseOpened(Event, type="bd.probashi.reintegration.case.opened.v1"):
    """A case follows a returnee's way back. `needs` are codes of the service's dated list; the returnee is not named."""

    district: str
    needs: tuple[str, ...]
    plan_due: date
    opened_at: datetime
