"""A returnee and somebody of the register of nationals abroad: who may say that they are one. Pure.

Only with the person's consent is anybody linked across services (design §5); proposing tells nobody anything but an officer who sees the
returnee.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from contracts.text import Text
from kit.errors import ConflictError
from kit.pauses import growing_pause
from services.reintegration.matching.rules import Decision

LONGEST_PAUSE: Final = timedelta(minutes=10)
# Of returnees from before the register was asked. Migration 0012 starts it, under this record.
BACKFILL: Final = "abroad-backfill"
BACKFILL_RECORD: Final = UUID("00000000-0000-7000-8000-000000000012")
BACKFILL_PAGE: Final = 200
BACKFILL_PAUSE: Final = timedelta(seconds=20)
BACKFILL_PURPOSE: Final = "services"


class Asked(StrEnum):
    """How far the question is. `never`: of a record from before the register was asked."""

    NEVER = "never"
    WAITING = "waiting"
    ANSWERED = "answered"


class LinkNeedsConsentError(ConflictError):
    slug = "link-needs-consent"
    title = Text(
        "The two are linked only if the person agrees. Ask them, and note their answer.",
        "ব্যক্তি সম্মতি দিলে তবেই দুটি নথি যুক্ত করা যায়। তাঁকে জিজ্ঞাসা করে উত্তরটি লিখুন।",
    )


def refuse_unasked(decision: Decision, *, agreed: bool) -> None:
    """Raises `LinkNeedsConsentError`."""
    if decision is Decision.SAME and not agreed:
        raise LinkNeedsConsentError


def owes_word(before: Decision | None, now: Decision) -> bool:
    """Whether the register is to be told: of a link that is new, and of one that was taken back."""
    return (before is Decision.SAME) != (now is Decision.SAME)


def pause(attempts: int) -> timedelta:
    """Before the register is asked again: 2, 4, 8 seconds and so on, at most ten minutes, for ever."""
    return growing_pause(attempts + 1, LONGEST_PAUSE)
