"""How long to leave somebody alone who did not answer. Pure."""

from datetime import timedelta
from typing import Final

_MOST_DOUBLINGS: Final = 20


def growing_pause(attempts: int, longest: timedelta) -> timedelta:
    """Two seconds after the first attempt, twice as long after each further one, at most `longest` (under twelve days)."""
    return min(timedelta(seconds=2 ** min(attempts, _MOST_DOUBLINGS)), longest)
