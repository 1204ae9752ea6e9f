"""How much work waits, by whoever does it and by district: counts of cases and tasks, never a measure of a person.

A case worker's load is there to share work out. It holds nothing by which persons could be ranked: no outcomes, no speed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Final, Self

from services.reintegration.casework.rules import Progress, Step, step_of

SOON: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Held:
    """`cases` open ones of which all else is equal. `worker`: who made the plan, else who opened the case."""

    worker: str
    cases: int
    plan_due: date | None
    progress: Progress


@dataclass(slots=True)
class Load:
    """`*_late`: should have been done before today; `*_soon`: due within a week, today included."""

    cases: int = 0
    plans_late: int = 0
    plans_soon: int = 0
    reviews_late: int = 0
    reviews_soon: int = 0
    closings: int = 0
    urgent: int = 0
    urgent_late: int = 0
    unanswered: int = 0
    to_confirm: int = 0

    def __add__(self, other: Self) -> "Load":
        return Load(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def load_of(held: Held, today: date) -> Load:
    """`plan_due` counts until a plan is made, `review_due` until that review is held."""
    plan = held.plan_due if not held.progress.planned else None
    review = held.progress.review_due
    return Load(
        cases=held.cases,
        plans_late=held.cases * _late(plan, today),
        plans_soon=held.cases * _soon(plan, today),
        reviews_late=held.cases * _late(review, today),
        reviews_soon=held.cases * _soon(review, today),
        closings=held.cases * held.progress.closing_proposed,
    )


def by_step(held: Iterable[Held], today: date) -> dict[Step, int]:
    """How many open cases stand at each step, in the order of steps."""
    found: dict[Step, int] = dict.fromkeys((one for one in Step if one != Step.CLOSED), 0)
    for one in held:
        found[step_of(one.progress, today)] += one.cases
    return found


def _late(due: date | None, today: date) -> bool:
    return due is not None and due < today


def _soon(due: date | None, today: date) -> bool:
    return due is not None and today <= due <= today + SOON
