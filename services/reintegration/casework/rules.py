"""How a returnee is followed: steps that are computed from what is there, reviews that fall due, an end that a second person approves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError


class Step(StrEnum):
    SCREENING = "screening"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    DELIVERY = "delivery"
    REVIEW = "review"
    CLOSING = "closing"
    CLOSED = "closed"


STEP_WORDS: Final[Mapping[Step, Text]] = {
    Step.SCREENING: Text("Urgent needs first", "আগে জরুরি প্রয়োজন"),
    Step.ASSESSMENT: Text("Ask how the person stands", "বর্তমান অবস্থা যাচাই"),
    Step.PLAN: Text("Make the plan together", "একসঙ্গে পরিকল্পনা তৈরি"),
    Step.DELIVERY: Text("Help is being given", "সহায়তা চলছে"),
    Step.REVIEW: Text("A review is due", "পর্যালোচনার সময় হয়েছে"),
    Step.CLOSING: Text("Closing waits for a second officer", "সমাপ্তি দ্বিতীয় কর্মকর্তার অনুমোদনের অপেক্ষায়"),
    Step.CLOSED: Text("Closed", "সমাপ্ত"),
}


class GoalState(StrEnum):
    OPEN = "open"
    REACHED = "reached"
    DROPPED = "dropped"


class CaseClosedAlreadyError(ConflictError):
    slug = "case-closed"
    title = Text("This case is closed. A new one can be opened.", "কেসটি সমাপ্ত। নতুন কেস খোলা যাবে।")


class NoPlanError(ConflictError):
    slug = "case-without-plan"
    title = Text("There is no plan yet: make it first.", "এখনো পরিকল্পনা নেই: আগে পরিকল্পনা তৈরি করুন।")


class NotProposedError(ConflictError):
    slug = "closing-not-proposed"
    title = Text("Nobody has proposed to close this case.", "এই কেস সমাপ্তির প্রস্তাব কেউ দেননি।")


class ClosingProposedError(ConflictError):
    slug = "closing-proposed"
    title = Text("Closing is proposed already: a second officer decides.", "সমাপ্তির প্রস্তাব দেওয়া হয়েছে: দ্বিতীয় কর্মকর্তা সিদ্ধান্ত নেবেন।")


class SameOfficerError(ConflictError):
    slug = "same-officer"
    title = Text(
        "Who proposed to close the case may not approve it: a second pair of eyes is needed.",
        "যিনি সমাপ্তির প্রস্তাব দিয়েছেন তিনি অনুমোদন করতে পারেন না: দ্বিতীয় কর্মকর্তা প্রয়োজন।",
    )


class NotAChildError(ConflictError):
    slug = "not-a-child"
    title = Text("Only a child is handed over to child protection.", "শিশু সুরক্ষার কাছে শুধু শিশুকেই হস্তান্তর করা যায়।")


class HandedOverError(ConflictError):
    slug = "child-handed-over"
    title = Text("This child was handed over already.", "এই শিশুকে আগেই হস্তান্তর করা হয়েছে।")


class UrgentFirstError(ConflictError):
    slug = "urgent-first"
    title = Text("Something urgent is still open for this person.", "এই ব্যক্তির একটি জরুরি কাজ এখনো বাকি আছে।")


@dataclass(frozen=True, slots=True)
class Progress:
    """What is there of a case. `review_due`: of the first review that was not held, None without a plan or when all were."""

    is_closed: bool
    urgent_open: bool
    assessed: bool
    planned: bool
    review_due: date | None
    closing_proposed: bool


def step_of(progress: Progress, today: date) -> Step:
    """Never typed, always computed (lesson L12): a status that people set drifts from what was done."""
    if progress.is_closed:
        return Step.CLOSED
    if progress.closing_proposed:
        return Step.CLOSING
    if progress.urgent_open:
        return Step.SCREENING
    if not progress.assessed:
        return Step.ASSESSMENT
    if not progress.planned:
        return Step.PLAN
    return Step.REVIEW if progress.review_due is not None and progress.review_due <= today else Step.DELIVERY


def review_days(planned_on: date, months: Sequence[int]) -> list[date]:
    """The days on which a plan is looked at again, so many calendar months after it was made."""
    return [add_months(planned_on, count) for count in months]


def add_months(day: date, months: int) -> date:
    """The same day of a later month, its last day where the month has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    after = date(year + (month == 11), (month + 1) % 12 + 1, 1)  # noqa: PLR2004 - December, counted from 0
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), after - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class DimensionResult:
    """`percent` is None where too few questions were answered to say anything."""

    code: str
    answered: int
    asked: int
    percent: int | None


def result(code: str, items: Sequence[str], answers: Mapping[str, int], *, most: int, least_answered: int) -> DimensionResult:
    """Over the answered questions only: silence is neither good nor bad (BRAC's sum counts it as 0, which the facts name as a flaw)."""
    given = [answers[item] for item in items if item in answers]
    full = most * len(given)
    percent = (200 * sum(given) + full) // (2 * full) if len(given) >= least_answered else None
    return DimensionResult(code, len(given), len(items), percent)


def check_may_approve(proposed_by: str | None, caller: str) -> None:
    """Raises `NotProposedError`, `SameOfficerError`."""
    if proposed_by is None:
        raise NotProposedError
    if proposed_by == caller:
        raise SameOfficerError


CHILD_UNTIL: Final = 18


def check_is_child(relation: str, birth_year: int | None, year: int) -> None:
    """A child is under 18 (Children Act 2013, s. 4). With the year of birth unknown the relation decides. Raises `NotAChildError`."""
    if birth_year is not None and year - birth_year > CHILD_UNTIL:
        raise NotAChildError
    if birth_year is None and relation not in {"child", "sibling", "other"}:
        raise NotAChildError
