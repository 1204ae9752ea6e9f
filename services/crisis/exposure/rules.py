"""What the number of people in a warning's area changes about it, without a clock, a database or the network."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from services.crisis.decisions.lists import Matrix, People
from services.crisis.decisions.rules import Outcome, Reason

HIGHEST = 4


class Asked(IntEnum):
    """The version of an exposure at the register, which answers each only once: what went out, and what was weighed before."""

    RELEASED = 1
    WEIGHED = 2


@dataclass(frozen=True, slots=True)
class Raised:
    """One level more, and why. `due`: when it goes out by itself after it, if it does at all."""

    level: int
    reasons: tuple[str, ...]
    due: datetime | None
    outcome: Outcome
    still: tuple[Reason, ...]


def why(people: People | None, inside: int, vulnerable: Mapping[str, int]) -> tuple[str, ...]:
    """`inside` where there are as many as the matrix says, and each kind of vulnerable people of whom one is inside or near."""
    if people is None:
        return ()
    flags = tuple(sorted(flag for flag in people.vulnerable if vulnerable.get(flag, 0) > 0))
    return (*(("inside",) if inside >= people.inside else ()), *flags)


def raised(
    level: int, due: datetime | None, reasons: tuple[Reason, ...], because: tuple[str, ...], matrix: Matrix, now: datetime
) -> Raised | None:
    """One level, once, while nobody has decided. A window of the higher level is never longer than the one that runs."""
    if not because or not 0 < level < HIGHEST:
        return None
    still = tuple(one for one in reasons if one is not Reason.LEVEL)
    minutes = matrix.veto_minutes.get(level + 1)
    if still or minutes is None:
        kept = still if minutes is not None else reasons
        return Raised(level + 1, because, None, Outcome.WAITS, kept)
    ends = now + timedelta(minutes=minutes)
    return Raised(level + 1, because, min(ends, due) if due else ends, Outcome.WINDOW, ())


def with_own_phone(counts: Mapping[str, int], vulnerable: Mapping[str, int]) -> int:
    """Of those inside and near: the register counts who of them has no phone of their own."""
    return max(0, counts.get("inside", 0) + counts.get("near", 0) - vulnerable.get("no_phone", 0))
