"""Who may write a rota and how long a shift may be. Pure: no clock, database or network."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError

LONGEST: Final = timedelta(days=62)
# What is over is needed while somebody may ask who was paged, and forgotten then: the project's proposal, no rule was found.
KEPT: Final = timedelta(days=90)


class Seat(StrEnum):
    ON_DUTY = "on_duty"
    SECOND = "second"
    HEAD = "head"


SEATS: Final = {
    Seat.ON_DUTY: Text("On duty", "কর্তব্যরত"),
    Seat.SECOND: Text("Second", "দ্বিতীয়"),
    Seat.HEAD: Text("Head of the office", "কার্যালয়ের প্রধান"),
}


class ShiftLengthError(ConflictError):
    slug = "shift-length"
    title = Text("A shift ends after it begins, in the future, and within 62 days.", "পালা শুরুর পরে, ভবিষ্যতে এবং ৬২ দিনের মধ্যে শেষ হতে হবে।")


def refuse_length(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises `ShiftLengthError`."""
    if not starts_at < ends_at <= starts_at + LONGEST or ends_at <= now:
        raise ShiftLengthError
