"""How figures of a crisis stand beside each other.

Beirut 2020 and Lebanon 2024: counts moved daily and sources disagreed. So no figure overwrites another: for each thing counted, the newest
of each source is shown, and where they differ that is said.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar


class Figure(Protocol):
    what: str
    number: int
    currency: str | None
    source: str
    as_of: datetime


F = TypeVar("F", bound=Figure)


@dataclass(frozen=True)
class Beside:
    """All sources of one thing, newest first. `differ`: they do not say the same. Sums are given nowhere: sources overlap."""

    what: str
    figures: tuple[Figure, ...]
    differ: bool


def beside(figures: Iterable[Figure]) -> list[Beside]:
    newest: dict[tuple[str, str, str | None], Figure] = {}
    for one in figures:
        key = (one.what, one.source, one.currency)
        if key not in newest or newest[key].as_of < one.as_of:
            newest[key] = one
    by_thing: dict[str, list[Figure]] = {}
    for one in newest.values():
        by_thing.setdefault(one.what, []).append(one)
    return [
        Beside(
            what,
            tuple(sorted(shown, key=lambda one: one.as_of, reverse=True)),
            differ=any(len({one.number for one in shown if one.currency == unit}) > 1 for unit in {one.currency for one in shown}),
        )
        for what, shown in by_thing.items()
    ]
