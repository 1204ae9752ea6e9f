"""What the complaints service hears of itself: work that follows a fact and need not hold up whoever made it one."""

from contracts.complaints import ComplaintDecided
from kit.bus import Subscription
from services.complaints.redress.tasks.service import ask_after_closing

SUBSCRIPTIONS = (Subscription("complaints", "decided", (ComplaintDecided,), ask_after_closing),)
