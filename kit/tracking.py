"""Wrong attempts of those who follow a record of their own with its reference and secret (`kit.strangers`).

Eight digits are few, so attempts are limited; but a limit on the record alone would let a stranger lock its owner out (somebody in the
same house who saw the slip). Hence: few wrong attempts from one address; and where very many fail at one record from anywhere, the
telephone number that was given with it is asked besides: its owner knows it, a guesser of numbers does not. Nobody is locked out by others.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError, ProblemError

PER_ADDRESS: Final = 20
PER_ADDRESS_AND_RECORD: Final = 5
ADDRESS_WINDOW: Final = timedelta(hours=1)
PER_RECORD: Final = 30
RECORD_WINDOW: Final = timedelta(days=1)
FORGOTTEN_AFTER: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Failures:
    """Wrong attempts within the windows."""

    from_address: int
    from_address_at_record: int
    at_record: int


class Judgement(Enum):
    MAY_TRY = "may_try"
    MUST_WAIT = "must_wait"
    NEEDS_PHONE = "needs_phone"


def judge(failures: Failures) -> Judgement:
    if failures.from_address >= PER_ADDRESS or failures.from_address_at_record >= PER_ADDRESS_AND_RECORD:
        return Judgement.MUST_WAIT
    return Judgement.NEEDS_PHONE if failures.at_record >= PER_RECORD else Judgement.MAY_TRY


class WrongKeyError(ConflictError):
    """The same words for a reference that is none and for a wrong secret: nobody learns here which references exist."""

    slug = "wrong-reference-or-secret"
    title = Text(
        "Reference and secret do not belong together. Look at the slip again.",
        "রেফারেন্স ও গোপন নম্বর মিলছে না। স্লিপটি আবার দেখুন।",
    )


class TooManyTriesError(ProblemError):
    status = 429
    slug = "too-many-tries"
    title = Text(
        "Too many wrong attempts from here. Wait an hour, or call 16135.",
        "এখান থেকে অনেকবার ভুল হয়েছে। এক ঘণ্টা অপেক্ষা করুন, অথবা ১৬১৩৫ নম্বরে ফোন করুন।",
    )


class PhoneNeededError(ConflictError):
    slug = "phone-needed"
    title = Text(
        "To be sure that it is you, write also the telephone number that you gave.",
        "আপনিই কি না নিশ্চিত হতে, আপনার দেওয়া ফোন নম্বরটিও লিখুন।",
    )
