"""What the agencies service hears: complaints, as evidence."""

from contracts.complaints import ComplaintLodged
from kit.bus import Subscription
from services.agencies.service import take_evidence

SUBSCRIPTIONS = (Subscription("agencies", "complaints", (ComplaintLodged,), take_evidence),)
