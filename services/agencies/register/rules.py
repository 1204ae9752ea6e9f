"""What the register decides: whether a history holds together, and where a licence stood on a day, as it was known on another.

A history is a list of steps. Nothing in it is ever changed: a step that was wrong is superseded by another, from the moment of recording.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final
from uuid import UUID

from contracts.text import Text
from kit.errors import ConflictError, NotFoundError
from kit.text import digits, in_bengali_digits
from services.agencies.rules import AgainstError, LicenceStatus


class StepKind(StrEnum):
    """What happens to a licence. That it expires is no step: the date does it. `withdrawn` says that the step it supersedes never was."""

    ISSUED = "issued"
    RENEWED = "renewed"
    SUSPENDED = "suspended"
    SUSPENSION_LIFTED = "suspension_lifted"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    WITHDRAWN = "withdrawn"


TERMS: Final = frozenset({StepKind.ISSUED, StepKind.RENEWED})
STEP_WORDS: Final = {
    StepKind.ISSUED: Text("Licence issued", "লাইসেন্স দেওয়া হয়েছে"),
    StepKind.RENEWED: Text("Licence renewed", "লাইসেন্স নবায়ন হয়েছে"),
    StepKind.SUSPENDED: Text("Licence suspended", "লাইসেন্স স্থগিত হয়েছে"),
    StepKind.SUSPENSION_LIFTED: Text("Suspension lifted", "লাইসেন্সের স্থগিতাদেশ প্রত্যাহার হয়েছে"),
    StepKind.CANCELLED: Text("Licence cancelled", "লাইসেন্স বাতিল হয়েছে"),
    StepKind.RESTORED: Text("Licence restored", "লাইসেন্স পুনর্বহাল হয়েছে"),
}


class HistoryError(AgainstError):
    """A step that cannot follow what stands in the register."""

    slug = "licence-history"
    title = Text("This step does not fit the history of the licence.", "এই পদক্ষেপটি লাইসেন্সের ইতিহাসের সঙ্গে মেলে না।")


class TermsOverlapError(HistoryError):
    slug = "licence-terms-overlap"
    title = Text("Two terms of the licence overlap.", "লাইসেন্সের দুটি মেয়াদ একে অন্যের সঙ্গে মিলে গেছে।")


class NotBegunError(HistoryError):
    slug = "licence-not-issued"
    title = Text("On that day the licence had not been issued yet.", "ওই তারিখে লাইসেন্সটি তখনো দেওয়া হয়নি।")


class IssuedTwiceError(HistoryError):
    slug = "licence-issued-twice"
    title = Text("The licence was issued already: record a renewal.", "লাইসেন্সটি আগেই দেওয়া হয়েছে: নবায়ন হিসেবে লিখুন।")


class WrongStateError(HistoryError):
    slug = "licence-state"
    title = Text(
        "On that day the licence was not in the state that this step changes.", "ওই তারিখে লাইসেন্সটি এই পদক্ষেপের উপযোগী অবস্থায় ছিল না।"
    )


class UnknownStepError(NotFoundError):
    slug = "unknown-licence-step"
    title = Text("The step to be corrected does not stand in this history.", "যে পদক্ষেপ সংশোধন করতে চান তা এই ইতিহাসে নেই।")


class SupersededError(ConflictError):
    slug = "already-superseded"
    title = Text("This was corrected already: correct what stands now.", "এটি আগেই সংশোধন করা হয়েছে: এখন যা আছে তা সংশোধন করুন।")


class SubAgentTakenError(AgainstError):
    slug = "sub-agent-already-registered"
    title = Text("This registration number is held already on some of these days.", "এই নিবন্ধন নম্বরটি ওই সময়ের কোনো অংশে আগে থেকেই ব্যবহৃত।")


class UnknownPartError(NotFoundError):
    slug = "unknown-part"
    title = Text("This does not stand in the register of the agency, or was corrected.", "এজেন্সির নিবন্ধনে এটি নেই, অথবা সংশোধন করা হয়েছে।")


class EndsTooEarlyError(ConflictError):
    slug = "ends-before-it-begins"
    title = Text("It would end before it began.", "শুরুর আগেই শেষ হয়ে যাবে।")


class AssociateOfItselfError(ConflictError):
    slug = "associate-of-itself"
    title = Text("An agency cannot be its own associate.", "কোনো এজেন্সি নিজের সহযোগী হতে পারে না।")


@dataclass(frozen=True, slots=True)
class Step:
    """`true_from`: the day it took effect, and for a term its first day; `true_until`: the last day of a term."""

    id: UUID
    kind: StepKind
    true_from: date
    recorded_at: datetime
    true_until: date | None = None
    hearing: bool | None = None
    supersedes: UUID | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a licence stood on one day. `since`: the day on which that began; `valid_until`: the last day of the latest term begun."""

    status: LicenceStatus
    since: date
    valid_until: date
    hearing: bool | None = None


First = tuple[StepKind, date, date | None, bool | None]
TERM_YEARS: Final = 3


def first_steps(status: LicenceStatus, valid_until: date, issued_on: date | None, today: date) -> list[First]:
    """The beginning of a history from what stands on a list: kind, first day, last day, hearing.

    A term lasts three years (OEMA 2013 s.11): so the list's last day tells the first one, where nobody noted it. When a suspension or a
    cancellation began a list does not tell: it is known from `today` on, and that a hearing came before it is not claimed.
    """
    begun = issued_on or min(_years_before(valid_until, TERM_YEARS), today)
    steps: list[First] = [(StepKind.ISSUED, begun, valid_until, None)]
    if status is LicenceStatus.SUSPENDED:
        steps.append((StepKind.SUSPENDED, max(begun, today), None, False))
    if status is LicenceStatus.CANCELLED:
        steps.append((StepKind.CANCELLED, max(begun, today), None, None))
    return steps


def _years_before(last: date, years: int) -> date:
    """The first day of a term of so many years that ends on `last`."""
    after = date.fromordinal(last.toordinal() + 1)
    is_leap_day = (after.month, after.day) == (2, 29)
    return date(after.year - years, after.month, 28 if is_leap_day else after.day)


def known(steps: Iterable[Step], known_at: datetime) -> list[Step]:
    """What was held true at that moment, in the order in which it took effect."""
    recorded = [step for step in steps if step.recorded_at <= known_at]
    gone = {step.supersedes for step in recorded}
    held = [step for step in recorded if step.id not in gone and step.kind is not StepKind.WITHDRAWN]
    # A term that begins on the day of its suspension begins first, however the two were recorded.
    return sorted(held, key=lambda step: (step.true_from, step.kind not in TERMS, step.recorded_at, step.id))


def standing(steps: Sequence[Step], day: date) -> Standing | None:
    """None before the licence was issued. A cancelled licence stays so until it is restored, a suspended one until that is lifted.

    Suspended or not, a term runs on (OEMA 2013 s.11, s.12(2)); a cancellation outweighs a suspension, and both the end of a term.
    """
    begun = [step for step in steps if step.true_from <= day]
    terms = [step for step in begun if step.kind in TERMS]
    if not terms:
        return None
    suspension: Step | None = None
    cancellation: Step | None = None
    for step in begun:
        suspension = _open(suspension, step, StepKind.SUSPENDED, {StepKind.SUSPENSION_LIFTED, StepKind.RESTORED})
        cancellation = _open(cancellation, step, StepKind.CANCELLED, {StepKind.RESTORED})
    latest = max(_end(term) for term in terms)
    if cancellation:
        return Standing(LicenceStatus.CANCELLED, cancellation.true_from, latest)
    if suspension:
        return Standing(LicenceStatus.SUSPENDED, suspension.true_from, latest, suspension.hearing)
    return _of_term(begun, terms, latest, day)


def _of_term(begun: Sequence[Step], terms: Sequence[Step], latest: date, day: date) -> Standing:
    if latest < day:
        return Standing(LicenceStatus.EXPIRED, date.fromordinal(latest.toordinal() + 1), latest)
    resumed = [step.true_from for step in begun if step.kind in {StepKind.SUSPENSION_LIFTED, StepKind.RESTORED}]
    return Standing(LicenceStatus.VALID, max([_unbroken_since(terms), *resumed]), latest)


def _unbroken_since(terms: Sequence[Step]) -> date:
    """The first day of the run of terms without a gap that the latest one ends."""
    first = terms[-1].true_from
    for before, after in pairwise(reversed(terms)):
        if _end(after).toordinal() + 1 < before.true_from.toordinal():
            break
        first = after.true_from
    return first


def _open(current: Step | None, step: Step, begins: StepKind, ends: Collection[StepKind]) -> Step | None:
    if step.kind is begins:
        return step
    return None if step.kind in ends else current


def check(steps: Sequence[Step]) -> None:
    """Raises a `HistoryError` for the first step that cannot follow those before it. `steps` as `known` gives them."""
    suspended = cancelled = False
    terms: list[Step] = []
    for step in steps:
        if step.kind in TERMS:
            _check_term(step, terms)
            terms.append(step)
            continue
        if not terms:
            raise NotBegunError(_named(step))
        match step.kind:
            case StepKind.SUSPENDED:
                _require(step, holds=not suspended and not cancelled)
                suspended = True
            case StepKind.SUSPENSION_LIFTED:
                _require(step, holds=suspended and not cancelled)
                suspended = False
            case StepKind.CANCELLED:
                _require(step, holds=not cancelled)
                cancelled = True
            case _:
                _require(step, holds=cancelled)
                # A licence that is restored may recruit again: whatever suspension preceded the cancellation is over.
                cancelled = suspended = False


def _check_term(step: Step, terms: Sequence[Step]) -> None:
    if step.kind is StepKind.ISSUED and terms:
        raise IssuedTwiceError(_named(terms[0]))
    if step.kind is StepKind.RENEWED and not terms:
        raise NotBegunError(_named(step))
    for other in terms:
        if step.true_from <= _end(other) and other.true_from <= _end(step):
            raise TermsOverlapError(_overlap(other, step))


def _require(step: Step, *, holds: bool) -> None:
    if not holds:
        raise WrongStateError(_named(step))


def certificate_number(text: str) -> str:
    """The number of a sub-agent's certificate as it is compared: without spaces, in capitals and ASCII digits. No format was found."""
    return "".join(digits(text).upper().split())


def held_by(licence: str, since: date, until: date) -> Text:
    return Text(f"{licence}, {since} to {until}.", f"{licence}, {_bn(since)} থেকে {_bn(until)}।")


def _end(term: Step) -> date:
    return term.true_until or term.true_from


def _named(step: Step) -> Text:
    words = STEP_WORDS[step.kind]
    return Text(f"{words.en}, {step.true_from}.", f"{words.bn}, তারিখ {_bn(step.true_from)}।")


def _overlap(one: Step, other: Step) -> Text:
    return Text(
        f"{one.true_from} to {_end(one)} and {other.true_from} to {_end(other)}.",
        f"{_bn(one.true_from)} থেকে {_bn(_end(one))} এবং {_bn(other.true_from)} থেকে {_bn(_end(other))}।",
    )


def _bn(day: date) -> str:
    return in_bengali_digits(day.isoformat())
