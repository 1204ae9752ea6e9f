"""An emergency opens the register for those who must act in it, and ends: by its closing, or by itself on its last day.

On an ordinary day nobody looks through the register; in a war a wing must see who is there and has not answered. So the door opens for the
countries of the incident, to their wings and the supervisor alone, each read noted; and no opening lasts longer than a month unless
somebody opens it again.
"""

from datetime import datetime, timedelta
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError

# Illustrative: no rule was found. An evacuation of 2023 took ten weeks from its first to its last flight; a month is looked at again.
LONGEST: Final = timedelta(days=31)


class OpeningTooLongError(ConflictError):
    slug = "opening-too-long"
    title = Text(
        "An emergency opens the register for a month at most. Open it again when the month is over.",
        "জরুরি অবস্থায় নিবন্ধন সর্বোচ্চ এক মাসের জন্য খোলা থাকে। মাস শেষে প্রয়োজনে আবার খুলুন।",
    )


class ClosedForGoodError(ConflictError):
    slug = "incident-closed"
    title = Text("This incident is closed.", "এই ঘটনাটি সমাপ্ত হয়েছে।")


class NoEmergencyError(ConflictError):
    slug = "no-emergency"
    title = Text(
        "There is no open emergency in your countries: search for one person by a number, a paper or a reference.",
        "আপনার দেশে কোনো জরুরি অবস্থা চলমান নেই: ফোন, কাগজ বা রেফারেন্স নম্বর দিয়ে একজনকে খুঁজুন।",
    )


def checked_until(until: datetime, now: datetime) -> datetime:
    """Raises `OpeningTooLongError`."""
    if until > now + LONGEST or until <= now:
        raise OpeningTooLongError
    return until
