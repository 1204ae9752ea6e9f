"""What became of returnees, told in numbers: how far they moved from where they stood, how sure that is, and what must not be told.

A case is compared with itself: its later assessment minus its first, in points of 100, in each of three dimensions. Never by officer,
office or district: outcomes depend on who comes and what a place offers, and a list of persons by outcome punishes who takes hard cases.
That those whom a help reached fare better does not prove that it was the help: nobody was chosen by lot.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

from kit.counts import is_told, suppressed, suppressed_part

GROUPS: Final = ("sex", "age_band", "disability", "reached")
PROFILE_GROUPS: Final = ("sex", "age_band", "disability", "country")
DIVISIONS: Final = (*PROFILE_GROUPS, "reason")
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Scope:
    """`exact`: every count is told, since the reader may see the records one by one."""

    restricted: bool
    exact: bool


def scope_of(roles: frozenset[str]) -> Scope:
    """Never more than the reader may see one by one; who sees none (analyst, auditor, administrator, the public) sees no small count."""
    return Scope(restricted="supervisor" in roles, exact=bool(roles & {"supervisor", "wewb"}))


@dataclass(frozen=True, slots=True)
class Sums:
    """Of changes in points: how many cases, their sum, the sum of their squares, and how many are better by at least the least change."""

    cases: int = 0
    total: int = 0
    squares: int = 0
    better: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.cases + other.cases, self.total + other.total, self.squares + other.squares, self.better + other.better)


@dataclass(frozen=True, slots=True)
class Interval:
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Told:
    """Of one group: nothing where `cases` is None; `share` of those who are better is None where it would tell of few."""

    cases: int | None
    change: Interval | None = None
    share: Interval | None = None


def mean(sums: Sums, confidence: float) -> Interval:
    """Mean change with its interval by Student's t: mean ± t · s / √n. One case alone has no interval."""
    value = sums.total / sums.cases
    if sums.cases == 1:
        return Interval(value, None, None)
    variance = (sums.cases * sums.squares - sums.total**2) / (sums.cases * (sums.cases - 1))
    width = student_t(1 - confidence, sums.cases - 1) * math.sqrt(variance / sums.cases)
    return Interval(value, max(-100.0, value - width), min(100.0, value + width))


def share(part: int, whole: int, confidence: float) -> Interval:
    """In percent, with Wilson's score interval (1927): it holds for small counts and for none or all, where the usual one does not."""
    z = NormalDist().inv_cdf(_HALF + confidence / 2)
    observed, z2 = part / whole, z * z
    middle = (observed + z2 / (2 * whole)) / (1 + z2 / whole)
    width = z * math.sqrt(observed * (1 - observed) / whole + z2 / (4 * whole**2)) / (1 + z2 / whole)
    low = 0.0 if part == 0 else middle - width
    high = 1.0 if part == whole else middle + width
    return Interval(100 * observed, 100 * low, 100 * high)


def student_t(tails: float, freedom: int) -> float:
    """The value that Student's t exceeds, in either direction, with probability `tails`. G. W. Hill, Algorithm 396, CACM 13 (1970)."""
    if freedom == 1:
        return 1 / math.tan(tails * math.pi / 2)
    if freedom == 2:  # noqa: PLR2004 - has a form of its own
        return math.sqrt(2 / (tails * (2 - tails)) - 2)
    a = 1 / (freedom - 0.5)
    b = 48 / a**2
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * math.sqrt(a * math.pi / 2) * freedom
    y = (d * tails) ** (2 / freedom)
    if y > 0.05 + a:
        return math.sqrt(freedom * _normal_branch(tails, freedom, a, b, c, d))
    y = ((1 / (((freedom + 6) / (freedom * y) - 0.089 * d - 0.822) * (freedom + 2) * 3) + 0.5 / (freedom + 4)) * y - 1) * (freedom + 1) / (
        freedom + 2
    ) + 1 / y
    return math.sqrt(freedom * y)


def _normal_branch(tails: float, freedom: int, a: float, b: float, c: float, d: float) -> float:
    x = NormalDist().inv_cdf(tails / 2)
    y = x * x
    if freedom < 5:  # noqa: PLR2004 - Hill's bound
        c += 0.3 * (freedom - 4.5) * (x + 0.6)
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
    return math.expm1(a * y * y)


def told_whole(whole: Sums, confidence: float, *, exact: bool) -> Told:
    counts = suppressed({"all": whole.cases})
    if whole.cases == 0 or not (exact or counts["all"]):
        return Told(whole.cases if exact else None)
    return _told(whole, confidence, with_share=exact or is_told(whole.better, whole.cases))


def told_groups(groups: Mapping[str, Sums], confidence: float, *, exact: bool) -> dict[str, Told]:
    """One division of all cases. Small groups are left out with enough others, and so are shares of the better ones."""
    counts = {value: one.cases for value, one in groups.items() if one.cases}
    if exact:
        return {value: _told(groups[value], confidence, with_share=True) for value in counts}
    cases = suppressed(counts)
    better = suppressed_part({value: groups[value].better for value in counts}, counts, [one for one in cases if cases[one] is not None])
    return {
        value: Told(None) if cases[value] is None else _told(groups[value], confidence, with_share=better[value] is not None)
        for value in counts
    }


def told_helps(helps: Mapping[str, Sums], whole: Sums, confidence: float, *, exact: bool) -> dict[str, Told]:
    """Those whom a help reached, each beside all: who got another may have got this too, so each divides the whole by itself."""
    found: dict[str, Told] = {}
    for code, sums in helps.items():
        rest = whole.cases - sums.cases
        if not (exact or is_told(sums.cases, whole.cases)):
            found[code] = Told(None)
            continue
        shares = is_told(sums.better, sums.cases) and (rest == 0 or is_told(whole.better - sums.better, rest))
        found[code] = _told(sums, confidence, with_share=exact or shares)
    return found


def told_among(part: Mapping[str, Sums], groups: Mapping[str, Sums], confidence: float, *, exact: bool) -> dict[str, Told]:
    """One division of those whom a help reached. No shares for readers without the records: a third division would give some away."""
    counts = {value: one.cases for value, one in groups.items() if one.cases}
    inside = {value: part.get(value, Sums()) for value in counts}
    if exact:
        return {value: _told(one, confidence, with_share=True) for value, one in inside.items() if one.cases}
    whole = suppressed(counts)
    cases = suppressed_part({value: one.cases for value, one in inside.items()}, counts, [one for one in whole if whole[one] is not None])
    return {
        value: Told(None) if cases[value] is None else _told(one, confidence, with_share=False)
        for value, one in inside.items()
        if one.cases or cases[value] is None
    }


def told_counts(counts: Mapping[str, int], *, exact: bool) -> dict[str, int | None]:
    """One division of a whole that is told."""
    return {value: count for value, count in counts.items() if count} if exact else suppressed(counts)


def told_parts(parts: Mapping[str, int], whole: int, *, exact: bool) -> dict[str, int | None]:
    """Needs beside the whole: one person may have several."""
    return {value: count if exact or is_told(count, whole) else None for value, count in parts.items()}


def told_cross(part: Mapping[str, int], groups: Mapping[str, int], *, exact: bool) -> dict[str, int | None]:
    """Those with one need, by group, beside all of each group. A group without a count told above has none here."""
    counts = {value: count for value, count in groups.items() if count}
    inside = {value: part.get(value, 0) for value in counts}
    if exact:
        return dict(inside)
    whole = suppressed(counts)
    return suppressed_part(inside, counts, [one for one in whole if whole[one] is not None])


def added(sums: Iterable[Sums]) -> Sums:
    return sum(sums, Sums())


def _told(sums: Sums, confidence: float, *, with_share: bool) -> Told:
    if sums.cases == 0:
        return Told(0)
    return Told(sums.cases, mean(sums, confidence), share(sums.better, sums.cases, confidence) if with_share else None)
