"""Who is paged next and when: steps in order, then Dhaka again and again, until enough acknowledge. Pure: no clock, database or network.

A step's time runs from when the one before it was taken, not from when the alarm opened: after an outage nobody is passed over, and nobody
is left without the time to answer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


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


def following(policy: PolicyLike, opened_at: datetime, taken: Sequence[datetime], acknowledged: Collection[Party]) -> Next | None:
    """The step after those that were taken (when each was); none once everybody who is needed has acknowledged.

    Where only Dhaka is waited for, the mission's seats are left alone from then on: they have answered.
    """
    waited_for = missing(policy, acknowledged)
    if not waited_for:
        return None
    number, last = len(taken), len(policy.steps) - 1
    at = taken[-1] + _wait(policy, number - 1) if taken else opened_at
    is_loop = number > last
    who = Who.DHAKA if is_loop or waited_for == {Party.DHAKA} else policy.steps[number].who
    return Next(number, who, at)


def _wait(policy: PolicyLike, number: int) -> timedelta:
    return timedelta(minutes=policy.steps[number].wait_minutes if number < len(policy.steps) else policy.loop_minutes)
