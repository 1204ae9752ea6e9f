"""The doors by which a complaint comes in, and what makes a report one to look at.

Nobody is refused for being many, quick or strange: a machine that turns away a village whose workers use one telephone does more harm than
a hundred false reports. What looks odd is taken, and a person looks.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from contracts.text import Text

DAY: Final = timedelta(days=1)
# Nobody reads the questions and writes what happened to them in less.
QUICKEST_S: Final = 4


class Reason(StrEnum):
    MANY_FROM_NUMBER = "many_from_number"
    TOO_QUICK = "too_quick"
    TRAP_FILLED = "trap_filled"
    UNFINISHED = "unfinished"


REASON_WORDS: Final = {
    Reason.MANY_FROM_NUMBER: Text("Many reports from one number in a day", "এক নম্বর থেকে এক দিনে অনেক অভিযোগ"),
    Reason.TOO_QUICK: Text("Filled in faster than a person reads", "মানুষের পক্ষে সম্ভব নয় এমন দ্রুত পূরণ করা"),
    Reason.UNFINISHED: Text(
        "The person stopped answering: what they wrote is all there is", "তিনি উত্তর দেওয়া থামিয়েছেন: যা লিখেছিলেন সেটুকুই আছে"
    ),
    Reason.TRAP_FILLED: Text("A field that people do not see was filled in", "মানুষ দেখে না এমন ঘর পূরণ করা"),
}


def doubts(*, earlier_of_number: int, most_of_number: int, filled_in_s: int | None, trap: str) -> list[Reason]:
    """Why a report should be looked at; none for nearly all. `earlier_of_number`: reports of the same number in the last day."""
    found = {
        Reason.MANY_FROM_NUMBER: earlier_of_number >= most_of_number,
        Reason.TOO_QUICK: filled_in_s is not None and filled_in_s < QUICKEST_S,
        Reason.TRAP_FILLED: trap != "",
    }
    return [reason for reason, holds in found.items() if holds]
