"""What the crisis service hears: complaints, as far as their number may tell of something that happens."""

from contracts.complaints import ComplaintLodged, ComplaintMerged
from kit.bus import Subscription
from services.crisis.signals.service import take

SUBSCRIPTIONS = (Subscription("crisis", "complaints", (ComplaintLodged, ComplaintMerged), take),)
