"""What a periodic report tells (framework 2.5.1.2 and 6.4.2.1), and when a later edition may tell something else.

A first edition tells of each quarter what the open data tells, so that nothing is won by subtracting one from the other. What came later
gives a correction: an edition of its own, with what changed. It changes a quarter only where each number that is told, and what is left out
taken together, changes by nobody or by at least ten; so two editions cannot be subtracted either. What was left out stays left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.counts import SMALLEST
from kit.errors import ConflictError, NotFoundError
from services.monitor.evidence.rules import UNKNOWN, table_of

PERIOD: Final = r"^20\d{2}-H[12]$"
WHOLE: Final = "all"
Parts = Mapping[str, Mapping[str, int | None]]


class State(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class UnknownReportError(NotFoundError):
    slug = "unknown-report"
    title = Text("There is no such report.", "এমন কোনো প্রতিবেদন নেই।")


class PeriodNotOverError(ConflictError):
    slug = "report-period-not-over"
    title = Text(
        "The half-year must be over, and its late returns be in.",
        "ষাণ্মাসিক শেষ হতে হবে এবং বিলম্বিত তথ্য আসার সময় পার হতে হবে।",
    )


class CutOffError(ConflictError):
    slug = "report-cut-off"
    title = Text(
        "A correction counts up to a day after the edition before it, and no later than today.",
        "সংশোধনীর শেষ দিন আগের সংস্করণের পরে হতে হবে, তবে আজকের পরে নয়।",
    )


class OpenReportError(ConflictError):
    slug = "report-under-way"
    title = Text(
        "An edition for this half-year is under way. Publish or withdraw it first.",
        "এই ষাণ্মাসিকের একটি সংস্করণের কাজ চলছে। আগে সেটি প্রকাশ বা প্রত্যাহার করুন।",
    )


class NothingToCorrectError(ConflictError):
    slug = "nothing-to-correct"
    title = Text(
        "Nothing came late that may be told: fewer than ten, or too few in one part of a table.",
        "জানানোর মতো বিলম্বিত তথ্য আসেনি: দশের কম, অথবা সারণির কোনো অংশে খুব কম।",
    )


class AnotherPersonError(ConflictError):
    slug = "another-person-approves"
    title = Text("Another person must approve what you drafted.", "আপনার করা খসড়া অন্য কাউকে অনুমোদন করতে হবে।")


class WrongStateError(ConflictError):
    slug = "report-state"
    title = Text("This step is not the next one for this edition.", "এই সংস্করণের জন্য এটি পরবর্তী ধাপ নয়।")


class NotReproducedError(ConflictError):
    slug = "report-not-reproduced"
    title = Text(
        "Counted again, the figures are not those of the draft. Withdraw it and draft it anew.",
        "আবার গণনায় খসড়ার সংখ্যার সঙ্গে মিল পাওয়া যায়নি। খসড়াটি প্রত্যাহার করে নতুন করে তৈরি করুন।",
    )


NEXT: Final[Mapping[State, frozenset[State]]] = {
    State.DRAFT: frozenset({State.APPROVED, State.WITHDRAWN}),
    State.APPROVED: frozenset({State.PUBLISHED, State.WITHDRAWN}),
    State.PUBLISHED: frozenset(),
    State.WITHDRAWN: frozenset(),
}


def check_step(state: str, to: State, *, drafted_by: str, by: str) -> None:
    """Raises `WrongStateError`, `AnotherPersonError`. What was published is never taken back: it is corrected."""
    if to not in NEXT[State(state)]:
        raise WrongStateError
    if to is State.APPROVED and drafted_by == by:
        raise AnotherPersonError


def quarters_of(period: str) -> tuple[str, str]:
    """Of a half-year, `2026-H1`."""
    first = 1 if period.endswith("1") else 3
    return f"{period[:4]}-Q{first}", f"{period[:4]}-Q{first + 1}"


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one kind in one quarter, as they are: `parts` by dimension, by code."""

    whole: int
    parts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Told:
    """The same as it is told: None is left out. `until`: what was received before this day (of Bangladesh) is in it."""

    facts: int | None
    parts: Parts
    until: date


def first_told(counts: Counts, until: date) -> Told:
    """As the open data tells it."""
    divided = {by: table_of("", cells).parts for by, cells in counts.parts.items()}
    return Told(None if 0 < counts.whole < SMALLEST else counts.whole, divided, until)


def corrected(before: Told, now: Counts, until: date) -> Told | None:
    """None: what came since cannot be told without telling of few, or nothing came."""
    if before.facts is None:
        # Its count of one to nine stays unknown: whatever it was, at least ten came since.
        return first_told(now, until) if now.whole >= 2 * SMALLEST - 1 else None
    if now.whole - before.facts < SMALLEST:
        return None
    told = {by: _kept_out(cells, table_of("", now.parts.get(by, {})).parts) for by, cells in before.parts.items()}
    if not all(_tells_no_few(before, by, cells, now) for by, cells in told.items()):
        return None
    return Told(now.whole, told, until)


def _kept_out(before: Mapping[str, int | None], now: Mapping[str, int | None]) -> dict[str, int | None]:
    hidden = {code for code, facts in before.items() if facts is None}
    return {code: None if code in hidden else facts for code, facts in now.items()}


def _tells_no_few(before: Told, by: str, cells: Mapping[str, int | None], now: Counts) -> bool:
    """Whatever reader subtracts one edition from the other finds nobody, or at least ten."""
    old = before.parts.get(by, {})
    known = {code: facts for code, facts in cells.items() if facts is not None}
    told = [facts - (old.get(code) or 0) for code, facts in known.items()]
    # Of the same codes in both editions: what is told in neither whole is known from what is told of the rest.
    rest = (now.whole - sum(known.values())) - ((before.facts or 0) - sum(old.get(code) or 0 for code in known))
    return all(change == 0 or change >= SMALLEST for change in (*told, rest))


COLUMNS: Final = ("event_type", "quarter", "dimension", "code", "facts", "suppressed", "received_before")
_Cell = str | int | None


def told_rows(kind: str, quarter: str, told: Told) -> list[tuple[_Cell, ...]]:
    """As a spreadsheet holds it, in the words of the open data: the whole, then its parts. A number that is left out is never 0."""
    parts = [(by, code or UNKNOWN, facts) for by, cells in told.parts.items() for code, facts in cells.items()]
    return [
        (kind, quarter, by, code, facts, "true" if facts is None else "false", told.until.isoformat())
        for by, code, facts in [(WHOLE, WHOLE, told.facts), *parts]
    ]


class Late(StrEnum):
    """How much was received after `until` and before the edition's cut-off: never a number, for two of them could be subtracted."""

    NONE = "none"
    FEW = "few"
    MANY = "ten_or_more"


def late_of(facts: int) -> Late:
    if facts == 0:
        return Late.NONE
    return Late.FEW if facts < SMALLEST else Late.MANY
