"""Whom to inspect first and whom to watch, without looking at a clock, a database or the network. A plan proposes; people decide.

Framework, activity 2.4.1.1: oversight of private agencies. No risk model was found in law: factors and points are dated data.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.text import Text
from kit.errors import InvalidError
from services.agencies.oversight.risk import Factor, Risks
from services.agencies.ratings.rules import LADDER, Inputs, Result
from services.agencies.rules import ClassCode, is_licensed


class SameRuleSetError(InvalidError):
    slug = "same-rule-set-twice"
    title = Text("Name two rule sets, or a rule set and a draft of another.", "দুটি ভিন্ন নিয়মসমষ্টি, অথবা একটি নিয়মসমষ্টি ও অন্য একটির খসড়া দিন।")


@dataclass(frozen=True, slots=True)
class Seen:
    """An agency as it is today: what is counted, the provisional result, and the class that was published, if any."""

    inputs: Inputs
    result: Result
    published: ClassCode | None
    now: ClassCode | None


@dataclass(frozen=True, slots=True)
class Visit:
    """`points` add up the factors that hold; the more, the sooner."""

    licence: str
    points: int
    factors: tuple[Factor, ...]


def holding(seen: Seen, risks: Risks) -> tuple[Factor, ...]:
    return tuple(factor for factor in risks.factors if _holds(factor, seen))


def plan(agencies: Iterable[Seen], risks: Risks, today: date, visits: int) -> list[Visit]:
    """The most urgent first; of equals the lower licence number. Who is not licensed has no office to inspect."""
    found = [
        Visit(one.inputs.licence, sum(factor.points for factor in factors), factors)
        for one in agencies
        if is_licensed(one.inputs.status, one.inputs.valid_until, today) and (factors := holding(one, risks))
    ]
    return sorted(found, key=lambda visit: (-visit.points, visit.licence))[:visits]


def watched(seen: Seen, risks: Risks) -> tuple[Factor, ...]:
    """Why an agency stands on the watch-list; empty where it does not."""
    return tuple(factor for factor in holding(seen, risks) if factor.code in risks.watch)


def is_due(valid_until: date, today: date, risks: Risks) -> bool:
    """Whether a licence that still holds ends soon: renewal is to be asked for before (OEMA 2013 s.11)."""
    return today <= valid_until <= today + timedelta(days=risks.renewal_days)


def _holds(factor: Factor, seen: Seen) -> bool:
    code, count = seen.result.class_code, seen.inputs.count
    holds = {
        "gate_not_met": code is ClassCode.GATE_NOT_MET,
        "class_d": code is ClassCode.D,
        "complaints_unknown": code is ClassCode.INSUFFICIENT_DATA and count("upheld") > 0,
        "not_inspected": count("inspections") == 0,
        "passports_withheld": count("passports_withheld") > 0,
        "orders_unpaid": count("orders_due") > count("orders_paid"),
        "changed_down": _is_down(seen.published, seen.now),
        "large": (seen.inputs.deployed or 0) >= (factor.at_least or 0),
    }
    return holds[factor.code]


def _is_down(published: ClassCode | None, now: ClassCode | None) -> bool:
    if published not in LADDER or now not in LADDER:
        return False
    return LADDER.index(now) < LADDER.index(published)
