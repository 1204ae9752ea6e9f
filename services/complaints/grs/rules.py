"""Up the ladder of the national GRS, one step at a time: responsible officer, appeal officer, Cabinet Division (GRS pages of ministries).

A complaint about an officer or a delay goes this way; one about an agent, sub-agent or employer that of OEMA 2013 s.41.
"""

from datetime import date
from enum import StrEnum


class Hindrance(StrEnum):
    NOT_ABOUT_AN_OFFICE = "not_about_an_office"
    STILL_RUNNING = "still_running"
    ENDED = "ended"
    AT_THE_TOP = "at_the_top"


def hindrance(*, kind: str, about: str | None, steps: int, levels: int, last_outcome: str | None, is_end: bool) -> Hindrance | None:
    """Why there is no next step. `steps`: those begun so far; the next one needs the outcome of the one before."""
    if kind != "service" or about is None:
        return Hindrance.NOT_ABOUT_AN_OFFICE
    if steps and last_outcome is None:
        return Hindrance.STILL_RUNNING
    if is_end:
        return Hindrance.ENDED
    return Hindrance.AT_THE_TOP if steps >= levels else None


def is_overdue(due_on: date | None, outcome: str | None, today: date) -> bool:
    """The whole of the last day is in time; a step without a known limit is never late."""
    return outcome is None and due_on is not None and due_on < today
