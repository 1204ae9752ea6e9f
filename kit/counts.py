"""Counts that are told without telling of a person: small ones are left out, and so much more that nobody can work them out."""

from collections.abc import Collection, Mapping
from typing import Final, TypeVar

SMALLEST: Final = 10
V = TypeVar("V", bound=str)


def suppressed(counts: Mapping[V, int], *, smallest: int = SMALLEST) -> dict[V, int | None]:
    """The counts of one division of a whole that is published too. None where left out; what counts nobody is not in it.

    Below `smallest` nothing is told. The whole minus what is told must not give it away: those left out take the next smallest with
    them until together they reach `smallest`, which one alone never does.
    """
    ordered = sorted((count, value) for value, count in counts.items() if count > 0)
    hidden = [(count, value) for count, value in ordered if count < smallest]
    rest = [one for one in ordered if one not in hidden]
    while hidden and rest and sum(count for count, _ in hidden) < smallest:
        hidden.append(rest.pop(0))
    left_out = {value for _, value in hidden}
    return {value: None if value in left_out else count for value, count in counts.items() if count > 0}


def is_told(part: int, whole: int, *, smallest: int = SMALLEST) -> bool:
    """Whether a part of a whole that is published may be told: neither it nor the rest, which is known with it, is few people."""
    return all(count == 0 or count >= smallest for count in (part, whole - part)) and whole >= smallest


def suppressed_part(part: Mapping[V, int], whole: Mapping[V, int], told: Collection[V], *, smallest: int = SMALLEST) -> dict[V, int | None]:
    """A part of a whole (those who need work, of all), divided like the whole. `told`: the divisions whose own count is told.

    Of each division both the part and the rest are known once the part is; so both are kept from being small, in each division and in
    what is left out of all of them together. Where the part cannot be told at all, no division of it is.
    """
    if not is_told(sum(part.values()), sum(whole.values()), smallest=smallest):
        return dict.fromkeys(part)
    shown = [one for one in part if one in told and is_told(part[one], whole[one], smallest=smallest)]
    shown.sort(key=lambda one: (min(part[one], whole[one] - part[one]), one), reverse=True)

    def gives_away() -> bool:
        hidden = [one for one in whole if one not in shown]
        inside = sum(part.get(one, 0) for one in hidden)
        outside = sum(whole[one] for one in hidden) - inside
        return any(0 < count < smallest for count in (inside, outside))

    while shown and gives_away():
        shown.pop()
    return {one: part[one] if one in shown else None for one in part}
