"""The process by which a class is published, without looking at a clock, a database or the network: who may do what, when.

No machine decides about an agency alone (design §5): a run proposes, an author gives notice, another person approves, another office
reviews.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from contracts.text import Text
from kit.errors import ConflictError, NotFoundError
from services.agencies.rules import AgainstError, ClassCode
from services.agencies.runs.periods import Periods


class RunStatus(StrEnum):
    DRAFT = "draft"
    NOTICED = "noticed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    UPHELD = "upheld"
    REJECTED = "rejected"


FOLLOWS: Final[Mapping[RunStatus, frozenset[RunStatus]]] = {
    RunStatus.DRAFT: frozenset({RunStatus.NOTICED, RunStatus.WITHDRAWN}),
    RunStatus.NOTICED: frozenset({RunStatus.PUBLISHED, RunStatus.WITHDRAWN}),
    RunStatus.PUBLISHED: frozenset(),
    RunStatus.WITHDRAWN: frozenset(),
}
RUN_WORDS: Final[Mapping[RunStatus, Text]] = {
    RunStatus.DRAFT: Text("Draft: seen by the office only", "খসড়া: কেবল দপ্তর দেখতে পায়"),
    RunStatus.NOTICED: Text("Notice given: agencies may reply", "নোটিশ দেওয়া হয়েছে: এজেন্সি জবাব দিতে পারে"),
    RunStatus.PUBLISHED: Text("Published", "প্রকাশিত"),
    RunStatus.WITHDRAWN: Text("Withdrawn", "প্রত্যাহৃত"),
}
HELD_WORDS: Final[Mapping[str, Text]] = {
    "evidence_changed": Text("Held back: the evidence has changed since the notice.", "স্থগিত রাখা হয়েছে: নোটিশের পর তথ্যপ্রমাণ বদলেছে।"),
    "reply_accepted": Text(
        "Held back: the agency's reply was accepted, the evidence has to be put right first.",
        "স্থগিত রাখা হয়েছে: এজেন্সির জবাব গ্রহণ করা হয়েছে, আগে তথ্যপ্রমাণ সংশোধন করতে হবে।",
    ),
    "reply_open": Text("Held back: a reply has not been answered.", "স্থগিত রাখা হয়েছে: একটি জবাবের উত্তর দেওয়া হয়নি।"),
}
# What a review may put in place of a class: one that a rule set computes from points, or that too little is known.
REVIEWED_CLASSES: Final = frozenset({ClassCode.A, ClassCode.B, ClassCode.C, ClassCode.D, ClassCode.INSUFFICIENT_DATA})


class UnknownRunError(NotFoundError):
    slug = "unknown-run"
    title = Text("There is no such run.", "এমন কোনো হিসাব নেই।")


class UnknownResultError(NotFoundError):
    slug = "unknown-result"
    title = Text("This run has no result for this agency that you may see.", "এই হিসাবে এই এজেন্সির এমন কোনো ফল নেই যা আপনি দেখতে পারেন।")


class RunOpenError(ConflictError):
    slug = "run-already-open"
    title = Text(
        "Another run is open. Publish or withdraw it first: two at once would judge one agency twice.",
        "আরেকটি হিসাব চলমান আছে। আগে সেটি প্রকাশ বা প্রত্যাহার করুন: একসঙ্গে দুটি চললে একই এজেন্সি দুইবার বিচার হবে।",
    )


class RunStateError(AgainstError):
    slug = "run-not-in-that-state"
    title = Text("This cannot be done with a run in this state.", "এই অবস্থায় হিসাবটির ক্ষেত্রে এটি করা যায় না।")


class SecondPersonError(ConflictError):
    slug = "second-person-needed"
    title = Text(
        "Who started the run cannot approve it: another person has to.", "যিনি হিসাব শুরু করেছেন তিনি অনুমোদন করতে পারেন না: অন্য একজনকে করতে হবে।"
    )


class ReplyTimeError(ConflictError):
    slug = "reply-time-running"
    title = Text("Agencies may still reply: publish after that day.", "এজেন্সির জবাব দেওয়ার সময় এখনো শেষ হয়নি: সেই দিনের পরে প্রকাশ করুন।")


class ReplyTimeOverError(ConflictError):
    slug = "reply-time-over"
    title = Text(
        "The time to reply is over. You may ask for a review once the class is published.",
        "জবাব দেওয়ার সময় শেষ। শ্রেণি প্রকাশিত হলে পুনর্বিবেচনা চাইতে পারবেন।",
    )


class AsOfError(ConflictError):
    slug = "day-to-come"
    title = Text("A run cannot judge a day that is still to come.", "যে দিন এখনো আসেনি তার হিসাব করা যায় না।")


class ReplyAnsweredError(ConflictError):
    slug = "reply-already-answered"
    title = Text("This reply has been answered.", "এই জবাবের উত্তর দেওয়া হয়ে গেছে।")


class UnknownReplyError(NotFoundError):
    slug = "unknown-reply"
    title = Text("There is no such reply.", "এমন কোনো জবাব নেই।")


class NothingPublishedError(ConflictError):
    slug = "no-class-published"
    title = Text(
        "No class has been published for this agency: there is nothing to review.", "এই এজেন্সির কোনো শ্রেণি প্রকাশিত হয়নি: পুনর্বিবেচনার কিছু নেই।"
    )


class ReviewTimeOverError(ConflictError):
    slug = "review-time-over"
    title = Text("The time to ask for a review is over.", "পুনর্বিবেচনা চাওয়ার সময় শেষ।")


class ReviewAskedError(ConflictError):
    slug = "review-already-asked"
    title = Text("A review of this class was asked for already.", "এই শ্রেণির পুনর্বিবেচনা আগেই চাওয়া হয়েছে।")


class ReviewDecidedError(ConflictError):
    slug = "review-already-decided"
    title = Text("This review is decided, and the decision is final.", "এই পুনর্বিবেচনার সিদ্ধান্ত হয়ে গেছে এবং সিদ্ধান্তটি চূড়ান্ত।")


class UnknownReviewError(NotFoundError):
    slug = "unknown-review"
    title = Text("There is no such review.", "এমন কোনো পুনর্বিবেচনা নেই।")


class OtherOfficeError(ConflictError):
    slug = "another-office-decides"
    title = Text(
        "A review is decided in another office, by somebody who neither started nor approved what is reviewed.",
        "পুনর্বিবেচনার সিদ্ধান্ত অন্য দপ্তরে, এমন ব্যক্তি দেন যিনি মূল হিসাব শুরু বা অনুমোদন করেননি।",
    )


class ReviewedClassError(ConflictError):
    slug = "reviewed-class-not-possible"
    title = Text(
        "An upheld review names another class than the one that is reviewed.",
        "পুনর্বিবেচনা মঞ্জুর হলে আগেরটির চেয়ে ভিন্ন একটি শ্রেণি উল্লেখ করতে হয়।",
    )


class UnknownCorrectionError(NotFoundError):
    slug = "unknown-correction"
    title = Text("There is no such correction.", "এমন কোনো সংশোধনী নেই।")


class CorrectionDecidedError(ConflictError):
    slug = "correction-already-decided"
    title = Text("This correction waits for a decision no longer.", "এই সংশোধনী আর সিদ্ধান্তের অপেক্ষায় নেই।")


def check_step(status: RunStatus, to: RunStatus) -> None:
    """Raises `RunStateError`."""
    if to not in FOLLOWS[status]:
        raise RunStateError(RUN_WORDS[status])


def check_publication(*, status: RunStatus, author: str, approver: str, reply_until: date | None, today: date) -> None:
    """Raises `RunStateError`, `SecondPersonError`, `ReplyTimeError`."""
    check_step(status, RunStatus.PUBLISHED)
    if approver == author:
        raise SecondPersonError
    if reply_until is None or today <= reply_until:
        raise ReplyTimeError(reply_until=str(reply_until))


def check_reply(*, status: RunStatus, reply_until: date | None, today: date) -> None:
    """Raises `RunStateError`, `ReplyTimeOverError`. The last day is the agency's."""
    if status is not RunStatus.NOTICED:
        raise RunStateError(RUN_WORDS[status])
    if reply_until is not None and today > reply_until:
        raise ReplyTimeOverError


def reply_until(periods: Periods, today: date) -> date:
    return today + timedelta(days=periods.reply_days)


def review_until(periods: Periods, published_on: date) -> date:
    """The last day on which the agency may ask (borrowed from OEMA 2013 s.12(3), which concerns suspension)."""
    return published_on + timedelta(days=periods.review_ask_days)


def decide_by(periods: Periods, asked_on: date) -> date:
    """The last day of the office that reviews (borrowed from OEMA 2013 s.12(3), which concerns suspension)."""
    return asked_on + timedelta(days=periods.review_decide_days)


def check_review(*, published_on: date, today: date, periods: Periods) -> None:
    """Raises `ReviewTimeOverError`."""
    if today > review_until(periods, published_on):
        raise ReviewTimeOverError


def check_reviewer(*, subject: str, offices: Collection[str], involved: Collection[str], periods: Periods) -> None:
    """Another person in another office (design §5). Raises `OtherOfficeError`."""
    if periods.review_office not in offices or subject in involved:
        raise OtherOfficeError


def check_reviewed_class(outcome: Outcome, class_code: ClassCode | None, before: ClassCode) -> None:
    """Raises `ReviewedClassError`."""
    named = class_code in REVIEWED_CLASSES and class_code is not before
    if (outcome is Outcome.UPHELD) != (class_code is not None) or (outcome is Outcome.UPHELD and not named):
        raise ReviewedClassError


def held_because(stored: Mapping[str, Any], again: Mapping[str, Any] | None, *, replies: Collection[bool | None]) -> str | None:
    """Why an agency's result is not published with the others; null where it is. `replies`: whether each was accepted, null if open."""
    if again != stored:
        return "evidence_changed"
    if True in replies:
        return "reply_accepted"
    return "reply_open" if None in replies else None
