"""How long people wait at a counter, and at which counter an officer works. Framework 2.4.3.1: the DEMO as one-stop centre."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from contracts.text import Text
from kit.errors import ConflictError, ForbiddenError, InvalidError


class TicketOverError(ConflictError):
    slug = "ticket-over"
    title = Text("This number was called already, or the person has left.", "এই নম্বরটি আগেই ডাকা হয়েছে, অথবা ব্যক্তি চলে গেছেন।")


class DistrictNeededError(InvalidError):
    slug = "district-needed"
    title = Text("Say at which district's counter.", "কোন জেলার কাউন্টার তা জানান।")


class OtherCounterError(ForbiddenError):
    slug = "other-counter"
    title = Text("Your desk does not cover this district today.", "আজ আপনার দপ্তর এই জেলার দায়িত্বে নেই।")


@dataclass(frozen=True, slots=True)
class Waits:
    """In whole minutes. `longest`: of those who still wait; `usual`: the median of those who were called, None before the first."""

    waiting: int
    longest: int | None
    called: int
    left: int
    usual: int | None


def counter_of(asked: str | None, own: frozenset[str], covered: Iterable[str]) -> str:
    """The district at whose counter something happens. Raises `DistrictNeededError`, `OtherCounterError`."""
    if asked is None:
        if len(own) != 1 or "*" in own:
            raise DistrictNeededError
        return next(iter(own))
    if "*" not in own and asked not in own | frozenset(covered):
        raise OtherCounterError
    return asked


def waits(tickets: Sequence[tuple[datetime, datetime | None, datetime | None]], now: datetime) -> Waits:
    """Of one day: (taken, called, left) each. Who left without being called is counted, not averaged: their wait did not end well."""
    waiting = [now - taken for taken, called, left in tickets if called is None and left is None]
    called_after = [called - taken for taken, called, _ in tickets if called is not None]
    return Waits(
        waiting=len(waiting),
        longest=int(max(waiting).total_seconds() // 60) if waiting else None,
        called=len(called_after),
        left=sum(left is not None for _, _, left in tickets),
        usual=int(median(one.total_seconds() for one in called_after) // 60) if called_after else None,
    )
