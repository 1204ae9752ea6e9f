"""Who is paged next and when: steps in order, then Dhaka again and again, until enough acknowledge. Pure: no clock, database or network.

A step's time runs from when the one before it was taken, not from when the alarm opened: after an outage nobody is passed over, and nobody
is left without the time to answer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from kit.text import digits


class Who(StrEnum):
    """A seat, never a person: who sits there is asked of the rota at the moment of paging."""

    ON_DUTY = "on_duty"
    SECOND = "second"
    HEAD = "head"
    STAND_IN = "stand_in"
    DHAKA = "dhaka"


class Party(StrEnum):
    """On whose behalf an acknowledgement counts. The mission that stands in speaks for the one it stands in for."""

    MISSION = "mission"
    DHAKA = "dhaka"


class Cause(StrEnum):
    """`source`: one is not read. `no_source`: none is, the dead man's switch. `handed_over`: a duty came, for another was silent.

    `quarantine`: what an authority's source brought could not be read. `task`: an urgent one of an incident has somebody's name on it.
    """

    ALERT = "alert"
    SOURCE = "source"
    NO_SOURCE = "no_source"
    HANDED_OVER = "handed_over"
    QUARANTINE = "quarantine"
    TASK = "task"


class StepLike(Protocol):
    @property
    def who(self) -> Who: ...
    @property
    def wait_minutes(self) -> int: ...


class PolicyLike(Protocol):
    @property
    def steps(self) -> Sequence[StepLike]: ...
    @property
    def loop_minutes(self) -> int: ...
    @property
    def needs(self) -> Collection[Party]: ...


@dataclass(frozen=True, slots=True)
class Next:
    """`number` counts from 0 through the loop and never comes twice: with the alarm's id it is the key of what is sent."""

    number: int
    who: Who
    at: datetime


def missing(policy: PolicyLike, acknowledged: Collection[Party]) -> frozenset[Party]:
    """Whose acknowledgement an alarm still waits for; one of a party that was not asked for is welcome and closes nothing."""
    return frozenset(policy.needs) - frozenset(acknowledged)


def following(
    policy: PolicyLike, opened_at: datetime, taken: Sequence[datetime], acknowledged: Collection[Party], *, was_empty: bool = False
) -> Next | None:
    """The step after those that were taken (when each was); none once everybody who is needed has acknowledged.

    Where only Dhaka is waited for, the mission's seats are left alone from then on: they have answered. Nobody is waited for at a seat
    that `was_empty`, unless Dhaka is what comes again: that would be paged without a pause.
    """
    waited_for = missing(policy, acknowledged)
    if not waited_for:
        return None
    number, last = len(taken), len(policy.steps) - 1
    is_loop = number > last
    at = taken[-1] + (timedelta(0) if was_empty and not is_loop else _wait(policy, number - 1)) if taken else opened_at
    who = Who.DHAKA if is_loop or waited_for == {Party.DHAKA} else policy.steps[number].who
    return Next(number, who, at)


def spoken_for(acknowledged: Mapping[Party, datetime], *, is_dhakas_own: bool, dhaka_since: datetime | None) -> frozenset[Party]:
    """On whose behalf enough was said. `acknowledged`: when each last did; `dhaka_since`: when the ladder first came to Dhaka.

    Dhaka speaks for the mission where it is its own, and where every seat of the mission had let the alarm pass before it answered.
    """
    said = acknowledged.get(Party.DHAKA)
    if said is not None and (is_dhakas_own or (dhaka_since is not None and said >= dhaka_since)):
        return frozenset(acknowledged) | {Party.MISSION}
    return frozenset(acknowledged)


def is_acknowledgement(text: str, words: Collection[str]) -> bool:
    return digits(text).strip(" .।!\n\t").casefold() in words


def _wait(policy: PolicyLike, number: int) -> timedelta:
    return timedelta(minutes=policy.steps[number].wait_minutes if number < len(policy.steps) else policy.loop_minutes)
