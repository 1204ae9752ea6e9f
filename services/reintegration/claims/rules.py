"""What a returnee earned abroad and was not paid: followed until the money came (framework activity 1.1.4.2).

Amounts are whole numbers of the currency's smallest unit; two currencies are never added up.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError

PAID: Final = "paid"


class State(StrEnum):
    OPEN = "open"
    RECOVERED = "recovered"
    ENDED = "ended"


STATE_WORDS: Final[Mapping[State, Text]] = {
    State.OPEN: Text("Followed", "অনুসরণ চলছে"),
    State.RECOVERED: Text("All of it came", "পুরো টাকা পাওয়া গেছে"),
    State.ENDED: Text("Ended before all of it came", "পুরো টাকা পাওয়ার আগে সমাপ্ত"),
}


class ClaimOverError(ConflictError):
    slug = "claim-over"
    title = Text("This claim is over.", "এই দাবির প্রক্রিয়া শেষ।")


class MoreThanClaimedError(ConflictError):
    slug = "more-than-claimed"
    title = Text(
        "More would have come than was claimed. Look at the amount once more, or correct the claim first.",
        "দাবির চেয়ে বেশি টাকা পাওয়া গেছে লেখা হচ্ছে। পরিমাণটি আবার দেখুন, অথবা আগে দাবি সংশোধন করুন।",
    )


class NoComplaintConsentError(ConflictError):
    slug = "no-consent"
    title = Text(
        "The returnee has not agreed to this complaint. Ask first, and take the answer down.",
        "এই অভিযোগের বিষয়ে প্রত্যাগতের সম্মতি নেই। আগে জিজ্ঞাসা করে উত্তরটি লিখে রাখুন।",
    )


def recovered(claimed: int, before: int, came: int) -> int:
    """The sum that has come. Raises `MoreThanClaimedError`: a nought too many is the usual mistake."""
    if before + came > claimed:
        raise MoreThanClaimedError
    return before + came


def check_amount(claimed: int, before: int) -> None:
    """Of a corrected claim: not less than what came of it. Raises `MoreThanClaimedError`."""
    if claimed < before:
        raise MoreThanClaimedError


def state_of(claimed: int, came: int) -> State:
    return State.RECOVERED if came == claimed else State.OPEN


def checked_day(day: date, today: date) -> date:
    """Of what was done. `today` by the calendar of Dhaka. Raises `ValueError(Text)`."""
    if day > today:
        raise ValueError(Text("The day lies in the future.", "তারিখটি আজকের পরের হতে পারে না।"))
    return day
