"""Which two records may be of one person, and how sure that is. A person decides; the machine merges nothing.

The same migrant stands on a form, an embassy's list and in the Bureau's file (Sudan 2023, Lebanon 2024): counted twice, a seat stays empty.
"""

from enum import StrEnum
from typing import Final

from contracts.likeness import Grade

YEARS_APART: Final = 1
_PAPERS: Final = frozenset({"nid", "passport"})


class Reason(StrEnum):
    NID = "nid"
    PASSPORT = "passport"
    PAPER = "paper"
    PHONE = "phone"
    NAME = "name"
    BIRTH_YEAR = "birth_year"


def paper_reason(kind: str) -> Reason:
    return Reason(kind) if kind in _PAPERS else Reason.PAPER


def are_near(one: int | None, other: int | None) -> bool:
    """Years of birth as they are remembered: one apart is the same."""
    return one is not None and other is not None and abs(one - other) <= YEARS_APART


def grade(reasons: frozenset[Reason]) -> Grade | None:
    """The same identity card or passport says it all; a shared phone alone, or a common name alone, says next to nothing."""
    if reasons & {Reason.NID, Reason.PASSPORT}:
        return Grade.EXACT
    if Reason.NAME in reasons and reasons & {Reason.PAPER, Reason.PHONE}:
        return Grade.LIKELY
    if reasons & {Reason.PAPER, Reason.PHONE} or {Reason.NAME, Reason.BIRTH_YEAR} <= reasons:
        return Grade.POSSIBLE
    return None
