"""Who may get which help and why not; how a referral goes until the returnee says that the help came.

People who only got a referral fare worse than those helped to the end (IOM Knowledge Bite 2): a referral ends with the returnee's word,
not with its sending. A referral shares the least that is needed; the owner of the case stays the owner (lesson L12).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from contracts.text import Text
from kit.errors import ConflictError
from kit.policy import Agreement, Consent, Question, Share, policies
from services.reintegration.referrals.helps import Criterion, Help

POLICY: Final = "partners"
RECEIVED: Final = "received.returnee"
PERSON: Final = "person."
PURPOSE: Final = "referral"


class State(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RETURNED = "returned"
    STOPPED = "stopped"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"


STATE_WORDS: Final[Mapping[State, Text]] = {
    State.SENT: Text("Sent, waits for an answer", "পাঠানো হয়েছে, উত্তরের অপেক্ষায়"),
    State.ACCEPTED: Text("Accepted", "গৃহীত হয়েছে"),
    State.DECLINED: Text("Declined", "প্রত্যাখ্যাত"),
    State.RETURNED: Text("Nobody answered in time: back with the sender", "সময়মতো উত্তর আসেনি: প্রেরকের কাছে ফিরে এসেছে"),
    State.STOPPED: Text("Stopped: consent was withdrawn", "থামানো হয়েছে: সম্মতি প্রত্যাহার করা হয়েছে"),
    State.DELIVERED: Text("The body says that the help was given", "প্রতিষ্ঠান জানিয়েছে সহায়তা দেওয়া হয়েছে"),
    State.CONFIRMED: Text("The returnee was asked", "প্রত্যাগতকে জিজ্ঞাসা করা হয়েছে"),
}
_NEXT: Final[Mapping[State, frozenset[State]]] = {
    State.SENT: frozenset({State.ACCEPTED, State.DECLINED, State.RETURNED, State.STOPPED}),
    State.ACCEPTED: frozenset({State.DELIVERED, State.DECLINED, State.STOPPED}),
    State.DELIVERED: frozenset({State.CONFIRMED, State.STOPPED}),
}
ENDED: Final = frozenset({State.DECLINED, State.RETURNED, State.STOPPED, State.CONFIRMED})


class NotNowError(ConflictError):
    slug = "referral-not-now"
    title = Text("The referral has gone on meanwhile: this cannot be done any more.", "রেফারেলটি ইতিমধ্যে এগিয়ে গেছে: এটি আর করা যাবে না।")


class NoConsentError(ConflictError):
    slug = "no-consent"
    title = Text(
        "The returnee has not agreed that this body is told. Ask first, and take the answer down.",
        "এই প্রতিষ্ঠানকে জানানোর বিষয়ে প্রত্যাগতের সম্মতি নেই। আগে জিজ্ঞাসা করে উত্তরটি লিখে রাখুন।",
    )


class ProviderClosedError(ConflictError):
    slug = "provider-closed"
    title = Text("This body no longer takes anybody. Choose another.", "এই প্রতিষ্ঠান আর সেবা দেয় না। অন্যটি বেছে নিন।")


class NotTheirHelpError(ConflictError):
    slug = "not-their-help"
    title = Text("This body does not give this help.", "এই প্রতিষ্ঠান এই সহায়তা দেয় না।")


class NoLetterError(ConflictError):
    slug = "no-letter"
    title = Text(
        "There is no letter to print: this body answers here, or the referral is over.",
        "ছাপানোর মতো চিঠি নেই: এই প্রতিষ্ঠান এখানেই উত্তর দেয়, অথবা রেফারেলটি শেষ হয়ে গেছে।",
    )


class ToldTooEarlyError(ConflictError):
    slug = "told-too-early"
    title = Text("The body cannot have answered before the letter was written.", "চিঠি লেখার আগে প্রতিষ্ঠান উত্তর দিতে পারে না।")


class AlreadyReferredError(ConflictError):
    slug = "already-referred"
    title = Text("The returnee is referred to this body for this help already.", "এই সহায়তার জন্য প্রত্যাগতকে এই প্রতিষ্ঠানে আগেই পাঠানো হয়েছে।")


def check_step(state: State, to: State) -> None:
    """Raises `NotNowError`."""
    if to not in _NEXT.get(state, frozenset()):
        raise NotNowError


def check_provider(helps: list[str], code: str, open_from: date, closed_from: date | None, today: date) -> None:
    """Raises `NotTheirHelpError`, `ProviderClosedError`."""
    if code not in helps:
        raise NotTheirHelpError
    check_open(open_from, closed_from, today)


def check_open(open_from: date, closed_from: date | None, today: date) -> None:
    """A body is closed from its last day on. Raises `ProviderClosedError`."""
    if today < open_from or (closed_from is not None and today >= closed_from):
        raise ProviderClosedError


def check_letter(state: State, *, has_account: bool) -> None:
    """A letter is printed while its answer can still come. Raises `NoLetterError`."""
    if has_account or state not in {State.SENT, State.ACCEPTED}:
        raise NoLetterError


def check_told(told_on: date, sent_on: date) -> None:
    """Raises `ToldTooEarlyError`."""
    if told_on < sent_on:
        raise ToldTooEarlyError


def accept_by(sent_at: datetime, days: int) -> datetime:
    return sent_at + timedelta(days=days)


Fact = date | int | bool


@dataclass(frozen=True, slots=True)
class Eligibility:
    """`why_not` are the criteria that are not met, `ask` the facts that are not known: with them unknown nobody is refused."""

    help: str
    why_not: tuple[Criterion, ...]
    ask: tuple[str, ...]

    @property
    def eligible(self) -> bool | None:
        """Null where something must be asked first."""
        if self.why_not:
            return False
        return None if self.ask else True


def eligibility(offered: Help, facts: Mapping[str, Fact]) -> Eligibility:
    """By the criteria as published: the body that pays decides by its own rules of the day."""
    unknown = tuple(one.fact for one in offered.criteria if one.fact not in facts)
    unmet = tuple(one for one in offered.criteria if one.fact in facts and not _is_met(one, facts[one.fact]))
    return Eligibility(offered.code, unmet, tuple(dict.fromkeys(unknown)))


def _is_met(criterion: Criterion, fact: Fact) -> bool:
    match criterion.test, criterion.value, fact:
        case "is_true", _, bool():
            return fact
        case "not_before", date() as day, date():
            return fact >= day
        case "at_most", int() as most, int():
            return fact <= most
    return False


def years_between(earlier: date, later: date) -> int:
    """Whole years that have passed."""
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))


def shared_with(
    org: str,
    on: date,
    *,
    consented: bool,
    kind: Literal["program", "member"] = "member",
    agreements: Collection[Agreement] = (),
) -> Share:
    """What the sharing policy lets a body that received a referral know of it on a day.

    Asked at each reading: a consent that is withdrawn ends it, also where the referral had ended before.
    Raises `LookupError` where no policy is in force.
    """
    consents = (Consent(PURPOSE, org),) if consented else ()
    # Whether the person's record is restricted the receiver's copy does not say: both are asked.
    record = {"type": [RECEIVED], "addressee": ["self"], "restricted": ["yes", "no"]}
    question = Question({"asker": [kind]}, PURPOSE, record, org, consents, agreements, on)
    policy = policies().in_force(POLICY, on)
    known = {field for one in policies().versions(POLICY) for field in one.fields_of(PURPOSE, type=RECEIVED)}
    return Share(RECEIVED, PURPOSE, policy, policy.judge(question, known))


def of_person(fields: Collection[str]) -> frozenset[str]:
    """Fields of the policy that are of the person, by the names of `Help.sends`."""
    return frozenset(field.removeprefix(PERSON) for field in fields if field.startswith(PERSON))


def recipient_of(org: str | None, kind: str) -> str:
    """How a consent names the body: its code, or its kind where it has no account."""
    return org or kind.replace("_", "-")
