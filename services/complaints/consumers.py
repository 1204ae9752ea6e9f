"""What the complaints service hears of itself: work that follows a fact and need not hold up whoever made it one."""

from contracts.complaints import ComplaintDecided, ComplaintLodged
from kit.bus import Subscription
from services.complaints.duplicates.service import propose_pairs
from services.complaints.redress.tasks.service import ask_after_closing

SUBSCRIPTIONS = (
    Subscription("complaints", "lodged", (ComplaintLodged,), propose_pairs),
    Subscription("complaints", "decided", (ComplaintDecided,), ask_after_closing),
)
