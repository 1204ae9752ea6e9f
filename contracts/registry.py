"""Facts that the register of nationals publishes: codes of who is abroad, never who it is."""

from datetime import datetime

from contracts.events import Event


class NationalRegistered(Event, type="bd.probashi.registry.national.registered.v1"):
    """Somebody who is abroad is known to the register. `country` is where, `district` where they are from; `source` who told.

    `household`: how many others of the household were named. Of a file there is one fact for the whole of it, not one for each person.
    """

    country: str
    kind: str
    sex: str
    age_band: str
    district: str | None
    source: str
    household: int
    registered_at: datetime


class NationalsImported(Event, type="bd.probashi.registry.nationals.imported.v1"):
    """A file of many persons was released by a second person and read to its end. `taken`: added; `known`: stood there already."""

    kind: str
    taken: int
    known: int
    refused: int
    imported_at: datetime
