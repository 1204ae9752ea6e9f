"""When money counts as claimed, ordered, paid: sums, states and steps, without a clock. Amounts are minor units of one currency.

"Resolved" never reads as "paid": a decision closes a procedure, a payment closes a debt, and the second is followed to its end
(OEMA 2013 s.41(3) on disposal; agencies left awards unpaid for two years: domain facts §2.3).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from contracts.text import Text


class Redress(StrEnum):
    NOTHING_CLAIMED = "nothing_claimed"
    CLAIMED = "claimed"
    ORDERED = "ordered"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    OVERDUE = "overdue"
    GIVEN_UP = "given_up"


REDRESS_WORDS: Final = {
    Redress.NOTHING_CLAIMED: Text("No money claimed", "কোনো অর্থ দাবি করা হয়নি"),
    Redress.CLAIMED: Text("Money claimed, nothing ordered yet", "অর্থ দাবি করা হয়েছে, এখনো আদেশ হয়নি"),
    Redress.ORDERED: Text("Payment ordered, not paid yet", "পরিশোধের আদেশ হয়েছে, এখনো পরিশোধ হয়নি"),
    Redress.PARTLY_PAID: Text("Paid in part", "আংশিক পরিশোধ হয়েছে"),
    Redress.PAID: Text("Paid in full", "সম্পূর্ণ পরিশোধ হয়েছে"),
    Redress.OVERDUE: Text("Payment is overdue", "পরিশোধের সময় পার হয়ে গেছে"),
    Redress.GIVEN_UP: Text("Claim given up by the complainant", "অভিযোগকারী দাবি ছেড়ে দিয়েছেন"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One head in one currency. `paid` is what is confirmed, `said` what somebody says was paid and nobody has confirmed yet."""

    currency: str
    claimed: int | None = None
    ordered: int | None = None
    due_on: date | None = None
    paid: int = 0
    said: int = 0
    given_up: bool = False

    @property
    def outstanding(self) -> int:
        """What is still owed of the order; nothing of a claim that was given up."""
        return 0 if self.given_up or self.ordered is None else max(self.ordered - self.paid, 0)


@dataclass(frozen=True, slots=True)
class Sums:
    claimed: int = 0
    ordered: int = 0
    paid: int = 0
    said: int = 0
    outstanding: int = 0


def sums(lines: Iterable[Line]) -> Mapping[str, Sums]:
    """One sum for each currency: riyals and takas are never added up."""
    found: dict[str, Sums] = {}
    for line in lines:
        so_far = found.get(line.currency, Sums())
        found[line.currency] = Sums(
            claimed=so_far.claimed + (line.claimed or 0),
            ordered=so_far.ordered + (line.ordered or 0),
            paid=so_far.paid + line.paid,
            said=so_far.said + line.said,
            outstanding=so_far.outstanding + line.outstanding,
        )
    return found


def lasting_state(lines: Sequence[Line]) -> Redress:
    """The state that no passing day changes: what is stored. `state` makes it *overdue*."""
    followed = [one for one in lines if not one.given_up]
    if not followed:
        return Redress.GIVEN_UP if lines else Redress.NOTHING_CLAIMED
    settled = [one for one in followed if one.ordered is not None and one.outstanding == 0]
    if len(settled) == len(followed):
        return Redress.PAID
    if settled or any(one.paid for one in followed):
        return Redress.PARTLY_PAID
    return Redress.ORDERED if any(one.ordered is not None for one in followed) else Redress.CLAIMED


def next_due(lines: Iterable[Line]) -> date | None:
    """The earliest day by which something is owed that is not paid."""
    return min((one.due_on for one in lines if one.due_on is not None and one.outstanding), default=None)


def state(lasting: Redress, due: date | None, today: date) -> Redress:
    """What is shown on a day. `due` is `next_due`; the whole of that day is in time."""
    return Redress.OVERDUE if due is not None and due < today else lasting


def may_be_ordered(basis: str, decision: str | None) -> bool:
    """Nothing is owed *by decision* before there is one for the complainant; a settlement or an award stands on its own (s.41(3))."""
    return basis != "decision" or decision in {"upheld", "partly"}


def is_too_much(line: Line, amount: int) -> bool:
    """More than is owed is a slip of the pen, or an order that was not written down."""
    return amount > line.outstanding


class Recourse(StrEnum):
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    PAID = "paid"
    DEMANDED = "demanded"


# OEMA 2013 s.18: on cancellation the deposit may be forfeited and used for the worker; what it does not cover is ordered from the
# agency and recovered as a public demand (Public Demands Recovery Act 1913).
NEXT_STEPS: Final[Mapping[Recourse, frozenset[Recourse]]] = {
    Recourse.REQUESTED: frozenset({Recourse.GRANTED, Recourse.REFUSED}),
    Recourse.GRANTED: frozenset({Recourse.PAID}),
    Recourse.REFUSED: frozenset({Recourse.DEMANDED}),
    Recourse.PAID: frozenset({Recourse.DEMANDED}),
    Recourse.DEMANDED: frozenset(),
}
# Those who keep the deposit answer for it; the office that holds the complaint asks, pays out and demands.
LICENSING_STEPS: Final = frozenset({Recourse.GRANTED, Recourse.REFUSED})


def reminder_days(due: date, before: Iterable[int], after: Iterable[int]) -> list[tuple[str, date]]:
    """(`due_soon` or `overdue`, day) for each reminder, in order. Before the day itself, and after it."""
    soon = [("due_soon", due - timedelta(days=one)) for one in before]
    late = [("overdue", due + timedelta(days=one)) for one in after]
    return sorted([*soon, *late], key=lambda one: one[1])


class Satisfaction(StrEnum):
    """The answers to *are you satisfied with what came of it?*, asked by telephone; not reached is none of them."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
