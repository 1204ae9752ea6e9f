"""What partners hears: every fact that the sharing policy lets a partner be told, one consumer per owner."""

from contracts import catalogue as _all_events  # noqa: F401  # declares every event type
from contracts.events import event_types
from kit.bus import Subscription
from services.partners.feed.service import take_facts
from services.partners.sharing import EVENTS

_HEARD = [event for code, event in event_types().items() if code in EVENTS]
SUBSCRIPTIONS = tuple(
    Subscription("partners", owner, tuple(event for event in _HEARD if event.owner() == owner), take_facts)
    for owner in sorted({event.owner() for event in _HEARD})
)
