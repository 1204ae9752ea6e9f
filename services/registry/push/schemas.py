"""What crisis tells of browsers."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from kit.web_push import Subscription
from services.registry.schemas import In


class PushIn(In):
    """Somebody let this browser show notifications, on the page behind a personal link of a warning."""

    person: UUID
    subscription: Subscription


class PushGoneIn(In):
    """Subscriptions, by our ids, of which their push service says that nobody is there any more."""

    subscriptions: Annotated[list[UUID], Field(min_length=1, max_length=200)]
