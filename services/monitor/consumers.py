"""What the monitor hears: every event that the framework's map knows, one consumer per owner."""

from contracts import catalogue as _all_events  # noqa: F401  # declares every event type
from contracts.events import event_types
from kit.bus import Subscription
from services.monitor.evidence.service import count_facts

OWNERS = ("complaints", "agencies", "reintegration", "crisis", "registry", "partners", "monitor")
SUBSCRIPTIONS = tuple(
    Subscription("monitor", owner, events, count_facts, rereads=True)
    for owner in OWNERS
    if (events := tuple(event for event in event_types().values() if event.owner() == owner))
)
