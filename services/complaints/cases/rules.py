"""What holds for cases of every kind, without looking at a clock, a database or the network: who may work on one, money, closing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError, ForbiddenError


class NotYoursError(ForbiddenError):
    slug = "not-your-case"
    title = Text(
        "Another office works on this case. You can read what concerns you, but not change it.",
        "এই কেস নিয়ে অন্য কার্যালয় কাজ করছে। আপনার সংশ্লিষ্ট অংশ দেখতে পারবেন, পরিবর্তন করতে পারবেন না।",
    )


class NotOpenError(ConflictError):
    slug = "case-not-opened"
    title = Text("Write down first what the case is about.", "আগে কেসের মূল তথ্য লিখুন।")


class WrongKindError(ConflictError):
    slug = "wrong-kind-of-case"
    title = Text("This belongs to another kind of case.", "এটি অন্য ধরনের কেসের কাজ।")


class CaseEndedError(ConflictError):
    slug = "case-ended"
    title = Text(
        "This case has ended. Reopen it first; payments can still be written down.",
        "কেসটি শেষ হয়েছে। আগে আবার খুলুন; তবে পাওনা পরিশোধ এখনো লেখা যাবে।",
    )


class NotReadyError(ConflictError):
    """`missing` lists what has to be known first."""

    slug = "not-ready-to-close"
    title = Text("Some things have to be known before this case can end so.", "এভাবে কেস শেষ করার আগে কিছু বিষয় জানা প্রয়োজন।")


def may_work(related: Collection[str], *, restricted: bool, roles: Collection[str]) -> bool:
    """Who changes a case: an office that answers for it. A restricted one: its officer and the supervisor only (design §5)."""
    if restricted:
        return "assigned" in related or "supervisor" in roles
    return bool({"assigned", "office"} & set(related))


@dataclass(frozen=True, slots=True)
class Sum:
    """A money line in figures, minor units. `agreed` is None until the payer or a court has agreed; it may be nothing at all."""

    claimed: int
    agreed: int | None
    paid: int
    is_dropped: bool = False

    @property
    def due(self) -> int:
        """What is still to come: of what was agreed, or of the claim while nothing is."""
        return 0 if self.is_dropped else max(0, (self.claimed if self.agreed is None else self.agreed) - self.paid)

    @property
    def is_settled(self) -> bool:
        """An agreement alone pays nobody."""
        return self.is_dropped or (self.agreed is not None and self.due == 0)


class TooMuchError(ConflictError):
    slug = "more-than-due"
    title = Text(
        "This is more than is still due. Correct the agreed amount first, if it was higher.",
        "টাকার অঙ্কটি বাকি পাওনার চেয়ে বেশি। চুক্তির অঙ্ক বেশি হলে আগে সেটি সংশোধন করুন।",
    )


class BelowPaidError(ConflictError):
    slug = "less-than-paid"
    title = Text("More than this is paid already.", "এর চেয়ে বেশি টাকা ইতিমধ্যে পরিশোধ হয়েছে।")


class LineDroppedError(ConflictError):
    slug = "money-line-dropped"
    title = Text("This claim was given up. Enter a new one.", "এই দাবি ছেড়ে দেওয়া হয়েছে। নতুন দাবি লিখুন।")


def after_payment(line: Sum, amount: int) -> Sum:
    """A payment before any agreement stands for one: who pays agrees to what was claimed. Raises `TooMuchError`, `LineDroppedError`."""
    if line.is_dropped:
        raise LineDroppedError
    if amount > line.due:
        raise TooMuchError
    return Sum(line.claimed, line.claimed if line.agreed is None else line.agreed, line.paid + amount)


def after_agreement(line: Sum, agreed: int) -> Sum:
    """Raises `BelowPaidError`, `LineDroppedError`."""
    if line.is_dropped:
        raise LineDroppedError
    if agreed < line.paid:
        raise BelowPaidError
    return Sum(line.claimed, agreed, line.paid)


@dataclass(frozen=True, slots=True)
class Total:
    claimed: int
    paid: int
    due: int


def totals(lines: Iterable[tuple[str, Sum]]) -> Mapping[str, Total]:
    """By currency: riyals and taka are never added up. What was given up still counts as claimed, never as due."""
    found: dict[str, Total] = {}
    for currency, line in lines:
        so_far = found.get(currency, Total(0, 0, 0))
        found[currency] = Total(so_far.claimed + line.claimed, so_far.paid + line.paid, so_far.due + line.due)
    return found


@dataclass(frozen=True, slots=True)
class Facts:
    """What closing asks of any case; a kind adds its own. `is_taken_over`: a body that it was referred to has accepted it."""

    is_open: bool
    steps: Sequence[str] = ()
    unsettled: int = 0
    is_taken_over: bool = False


_FILE: Final = Text("What the case is about is not written down.", "কেসের মূল তথ্য লেখা হয়নি।")
_NO_STEP: Final = Text("Nothing that was done is written down.", "কী করা হয়েছে তা লেখা হয়নি।")
_UNPAID: Final = Text(
    "A claim is neither paid nor given up: note which, so that nobody believes that it was paid.",
    "কোনো দাবির টাকা পরিশোধ হয়নি, ছেড়েও দেওয়া হয়নি: কোনটি তা লিখুন, যাতে কেউ পরিশোধ হয়েছে ভেবে না নেন।",
)


NOT_TAKEN_OVER: Final = Text(
    "No other body has accepted it. Refer it, and wait for the answer.", "অন্য কোনো সংস্থা এটি গ্রহণ করেনি। রেফার করে উত্তরের অপেক্ষা করুন।"
)


def missing_of_any(facts: Facts) -> list[Text]:
    """What is resolved never reads as paid (issue 3, item 5): a line without an end keeps a case open."""
    asked = [(not facts.is_open, _FILE), (not facts.steps, _NO_STEP), (facts.unsettled > 0, _UNPAID)]
    return [words for is_missing, words in asked if is_missing]
