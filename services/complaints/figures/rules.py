"""What may be told in numbers: small counts are left out, and so much more that nobody can work them out."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from kit.counts import SMALLEST, suppressed
from services.complaints.rules import Visibility

DIMENSIONS: Final = ("kind", "category", "country", "district", "sex", "age_band", "disability", "channel", "outcome", "redress")
PUBLIC: Final = ("category", "country", "sex", "age_band", "disability", "outcome")


class Cell(NamedTuple):
    dimension: str
    value: str
    complaints: int | None
    amount: int | None = None


def published(whole: int, cells: Sequence[Cell], *, smallest: int = SMALLEST) -> list[Cell]:
    """All divisions of a whole. A whole that is small itself tells nothing at all."""
    if whole < smallest:
        return []
    found = [Cell("all", "", whole)]
    for dimension in dict.fromkeys(one.dimension for one in cells):
        counts = {one.value: one.complaints or 0 for one in cells if one.dimension == dimension}
        found += [Cell(dimension, value, count) for value, count in sorted(suppressed(counts, smallest=smallest).items())]
    return found


class Scope(NamedTuple):
    """Whose complaints a reader's figures count. `offices` None is all."""

    offices: frozenset[str] | None
    restricted: bool
    about: frozenset[str]
    exact: bool


class Area(NamedTuple):
    """Districts and countries that are a reader's own, whichever office holds what comes from there."""

    districts: frozenset[str]
    countries: frozenset[str]


def area_of(visible: Visibility) -> Area | None:
    """None for whoever has no area, or all of them: the latter count everything already. A wing has a country, a DEMO its districts."""
    if visible.everything or not (visible.districts or visible.countries) or "*" in visible.districts | visible.countries:
        return None
    return Area(visible.districts, visible.countries)


def scope_of(roles: frozenset[str], visible: Visibility) -> Scope:
    """Never more than the reader may see one by one; who sees none one by one (an analyst) sees no small count.

    The supervisor counts all, an office what it holds, an analyst all that is not restricted. None counts what is about its own office.
    """
    if "supervisor" in roles:
        return Scope(None, restricted=True, about=visible.about, exact=True)
    if visible.offices and visible.restricted_of_office:
        return Scope(visible.offices, restricted=True, about=visible.about, exact=True)
    return Scope(None if roles & {"analyst", "auditor", "admin"} else visible.offices, restricted=False, about=visible.about, exact=False)
