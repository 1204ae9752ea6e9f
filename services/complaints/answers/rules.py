"""What a respondent is asked and how its answer counts: late and no answer are facts too, and an answer after the day is still taken."""

from datetime import date, timedelta
from enum import StrEnum

from contracts.text import Text


class Standing(StrEnum):
    ASKED = "asked"
    ANSWERED = "answered"
    ANSWERED_LATE = "answered_late"
    NO_ANSWER = "no_answer"


STANDING_WORDS = {
    Standing.ASKED: Text("Waiting for the answer", "উত্তরের অপেক্ষায়"),
    Standing.ANSWERED: Text("Answered in time", "সময়মতো উত্তর দেওয়া হয়েছে"),
    Standing.ANSWERED_LATE: Text("Answered late", "দেরিতে উত্তর দেওয়া হয়েছে"),
    Standing.NO_ANSWER: Text("No answer in time", "সময়ের মধ্যে উত্তর আসেনি"),
}


def last_day(answer_by: date, more_time_until: date | None, *, granted: bool | None) -> date:
    """The whole of which is in time. Time that was asked for counts once it was granted."""
    return more_time_until if granted and more_time_until is not None else answer_by


def standing(last: date, answered_on: date | None, today: date) -> Standing:
    """Of a question whose last day is `last`; days are those of Dhaka."""
    if answered_on is not None:
        return Standing.ANSWERED if answered_on <= last else Standing.ANSWERED_LATE
    return Standing.ASKED if today <= last else Standing.NO_ANSWER


def is_time_that_may_be_asked(until: date, answer_by: date, most_extra_days: int) -> bool:
    return answer_by < until <= answer_by + timedelta(days=most_extra_days)
