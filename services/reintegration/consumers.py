"""What the reintegration service hears: who was brought home from a crisis."""

from contracts.crisis import EvacueeArrived
from kit.bus import Subscription
from services.reintegration.arrivals.service import hear

SUBSCRIPTIONS = (Subscription("reintegration", "crisis", (EvacueeArrived,), hear),)
