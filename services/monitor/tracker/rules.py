"""What may be told of a convention, an agreement, a process, a strategy, a committee; what stands, and what is late. Pure.

The framework asks eleven times for "a mechanism to track progress or outcomes" (3.1.1.1, 3.1.4.1, 3.2.1.2, 3.3.1.2, 3.4.1.1,
3.5.2.1, 5.1.1.1, 5.1.2.2, 5.1.3.2, 5.2.5.1, 5.3.1.2) and describes none. Decided here: one mechanism. A matter has steps of its
kind; each is planned or done on a day, by the word of a body that leads it, with the paper that shows it. What was told is never
changed: the next word takes its place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Protocol

from contracts.text import Text
from kit.errors import ConflictError, InvalidError, NotFoundError
from services.monitor.tracker.lists import Kind, Step

StepState = Literal["planned", "done", "dropped"]
ActionState = Literal["open", "done", "dropped"]
PLANNED: Final = "planned"
DONE: Final = "done"
DROPPED: Final = "dropped"
OPEN: Final = "open"


class UnknownMatterError(NotFoundError):
    slug = "unknown-matter"
    title = Text("Nothing of this name is tracked.", "এই নামে কোনো বিষয় অনুসরণ করা হচ্ছে না।")


class UnknownActionError(NotFoundError):
    slug = "unknown-action"
    title = Text("There is no such action.", "এমন কোনো করণীয় নেই।")


class UnknownKindError(InvalidError):
    slug = "unknown-kind"
    title = Text("Choose one of the kinds in the list.", "তালিকা থেকে একটি ধরন বেছে নিন।")


class UnknownStepError(InvalidError):
    slug = "unknown-step"
    title = Text("Choose one of the steps of this kind.", "এই ধরনের বিষয়ের ধাপগুলো থেকে একটি বেছে নিন।")


class UnknownOutcomeError(InvalidError):
    slug = "unknown-outcome"
    title = Text("This step, as it stands, has no such outcome.", "এই ধাপের এমন কোনো ফলাফল নেই, অথবা ধাপটি এখনো সম্পন্ন হয়নি।")


class OutcomeNeededError(InvalidError):
    slug = "outcome-needed"
    title = Text("Say what came of it: choose one of the outcomes.", "ফলাফল কী হলো তা তালিকা থেকে বেছে নিন।")


class DoneInDaysToComeError(InvalidError):
    slug = "done-in-days-to-come"
    title = Text(
        "What is done was done on a day that has come. Tell it as planned, or correct the day.",
        "সম্পন্ন কাজের তারিখ ভবিষ্যতে হতে পারে না। পরিকল্পিত হিসেবে লিখুন, অথবা তারিখ ঠিক করুন।",
    )


class UnknownOwnerError(InvalidError):
    slug = "unknown-owner"
    title = Text("The owner of an action is a body that the framework names.", "করণীয়র দায়িত্ব কাঠামোয় উল্লিখিত কোনো সংস্থার হতে হবে।")


class UnknownLinkError(InvalidError):
    slug = "unknown-activity-linked"
    title = Text("One of the activities is none of the framework's.", "উল্লিখিত কার্যক্রমগুলোর একটি কাঠামোয় নেই।")


class DueBeforeItBeganError(InvalidError):
    slug = "due-before-it-began"
    title = Text("An action is due on the day of its decision or later.", "করণীয়র শেষ তারিখ সিদ্ধান্তের তারিখের আগে হতে পারে না।")


class StepToldError(ConflictError):
    slug = "step-told-already"
    title = Text(
        "This step is told already. Say which entry yours takes the place of.",
        "এই ধাপ আগেই জানানো হয়েছে। কোন তথ্যের জায়গায় নতুনটি বসবে তা জানান।",
    )


class NothingToReplaceError(ConflictError):
    slug = "nothing-to-replace"
    title = Text(
        "The entry whose place yours takes is not there, is of another step, or was replaced before.",
        "যে তথ্যের জায়গায় নতুনটি বসবে সেটি নেই, অন্য ধাপের, অথবা আগেই বদলানো হয়েছে।",
    )


class OutOfOrderError(ConflictError):
    slug = "steps-out-of-order"
    title = Text(
        "By this day one step would come before another that it follows. Check both days.",
        "এই তারিখে একটি ধাপ তার আগের ধাপেরও আগে পড়ে যায়। দুটি তারিখই যাচাই করুন।",
    )


class HoldsNoActionsError(ConflictError):
    slug = "holds-no-actions"
    title = Text("Actions are kept for committees only.", "করণীয়র তালিকা কেবল কমিটির জন্য রাখা হয়।")


class Entry(Protocol):
    """What was told of a step, as far as the rules look at it."""

    @property
    def version(self) -> int: ...
    @property
    def step(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def on_day(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Told:
    """A new word on a step. `replaces`: the version whose place it takes."""

    version: int
    step: str
    state: StepState
    on_day: date
    outcome: str | None = None
    replaces: int | None = None


def kind_of(kinds: Sequence[Kind], code: str) -> Kind:
    """Raises `UnknownKindError`."""
    for one in kinds:
        if one.code == code:
            return one
    raise UnknownKindError


def step_of(kind: Kind, code: str) -> Step:
    """Raises `UnknownStepError`."""
    for one in kind.steps:
        if one.code == code:
            return one
    raise UnknownStepError


def judge_step(kind: Kind, standing: Sequence[Entry], told: Told, today: date) -> None:
    """`standing`: what was told before and not replaced. Raises why the new word may not stand beside it."""
    step = step_of(kind, told.step)
    _judge_outcome(step, told)
    if told.state == DONE and told.on_day > today:
        raise DoneInDaysToComeError
    replaced = next((one for one in standing if one.version == told.replaces), None)
    if told.replaces is not None and (replaced is None or replaced.step != told.step):
        raise NothingToReplaceError
    beside: list[Entry] = [one for one in standing if one is not replaced]
    if not step.repeats and any(one.step == told.step for one in beside):
        raise StepToldError
    if not in_order(kind, [*beside, told]):
        raise OutOfOrderError


def _judge_outcome(step: Step, told: Told) -> None:
    if told.outcome is not None and (told.state != DONE or told.outcome not in {one.code for one in step.outcomes}):
        raise UnknownOutcomeError
    if told.state == DONE and step.outcomes and told.outcome is None:
        raise OutcomeNeededError


def in_order(kind: Kind, standing: Iterable[Entry]) -> bool:
    """No step was done before one that it follows, nor after the end. A step that nobody told of hinders none: one may accede unsigned."""
    done = [one for one in standing if one.state == DONE]
    steps = {one.code: one for one in kind.steps}
    days = {one.step: one.on_day for one in done if one.step in steps and not steps[one.step].repeats}
    ends = [days[one.code] for one in kind.steps if one.ends and one.code in days]
    return all(
        all(one.on_day >= days[code] for code in _after(steps, one) if code in days) and all(one.on_day <= end for end in ends)
        for one in done
    )


def _after(steps: dict[str, Step], entry: Entry) -> Sequence[str]:
    """A step that the list no longer has follows none."""
    return steps[entry.step].after if entry.step in steps else ()


@dataclass(frozen=True, slots=True)
class Standing:
    """`last`: what was done last; `next`: what is planned first; `late`: something planned is past its day; `ended`: nothing follows."""

    last: Entry | None
    next: Entry | None
    late: bool
    ended: bool


def standing_of(kind: Kind | None, standing: Sequence[Entry], today: date) -> Standing:
    """Of two steps on one day the one told later counts as the last. What has ended is late no more."""
    ending = {one.code for one in kind.steps if one.ends} if kind else set()
    done = [one for one in standing if one.state == DONE]
    ended = any(one.step in ending for one in done)
    planned = [] if ended else [one for one in standing if one.state == PLANNED]
    return Standing(
        last=max(done, key=lambda one: (one.on_day, one.version), default=None),
        next=min(planned, key=lambda one: (one.on_day, one.version), default=None),
        late=any(is_late(one, today) for one in planned),
        ended=ended,
    )


def is_late(entry: Entry, today: date) -> bool:
    return entry.state == PLANNED and entry.on_day < today


def judge_action(kind: Kind, owner: str, actors: frozenset[str]) -> None:
    """Raises `HoldsNoActionsError`, `UnknownOwnerError`."""
    if not kind.holds_actions:
        raise HoldsNoActionsError
    judge_owner(owner, actors)


def judge_owner(owner: str, actors: frozenset[str]) -> None:
    """Raises `UnknownOwnerError`."""
    if owner not in actors:
        raise UnknownOwnerError


def judge_days(as_of: date, due: date, decided_on: date, today: date) -> None:
    """`decided_on`: the day of the meeting. Raises `DoneInDaysToComeError`, `DueBeforeItBeganError`."""
    if as_of > today:
        raise DoneInDaysToComeError
    if min(as_of, due) < decided_on:
        raise DueBeforeItBeganError


def is_overdue(state: str, due: date, today: date) -> bool:
    return state == OPEN and due < today


def judge_links(activities: Sequence[str], known: frozenset[str]) -> None:
    """Raises `UnknownLinkError`."""
    if not known.issuperset(activities):
        raise UnknownLinkError
