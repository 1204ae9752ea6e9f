"""Facts that the monitor publishes of what it alone is told: places and quarters, never a person."""

from contracts.events import Event


class CommitteesMet(Event, type="bd.probashi.monitor.committees.met.v1"):
    """For the first time it was told that Safe Migration Committees of one upazila met in a quarter. Who was helped is not in it."""

    district: str
    quarter: str
