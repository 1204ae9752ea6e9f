"""Counts that may be told: small ones are left out, and so much more that nobody can work them out."""

from collections.abc import Mapping
from typing import Final

SMALLEST: Final = 10


def suppressed(counts: Mapping[str, int], *, smallest: int = SMALLEST) -> dict[str, int | None]:
    """The counts of one division of a whole that is published too. None where left out.

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
