"""What a lead may report of an activity, when it is late, and how a claim stands beside its evidence. Pure.

The framework (chapter on monitoring) asks who does what and how it is followed up, and leaves the second open. Decided here: a report is
what a lead says; evidence is what the services counted. Neither stands for the other.
"""

import re
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from contracts.framework.register import Horizon, Timeline
from contracts.text import Text
from kit.errors import ConflictError, InvalidError, NotFoundError
from kit.text import digits
from services.monitor.activities.lists import ANY_LEAD, Office, Renumbering, Reporting, State

EVERY_ORG: Final = "*"
# A telephone in Bangladesh, or so many digits in a row as identity papers have.
_OF_A_PERSON: Final = re.compile(r"\d{9,}|(?<!\d)01[3-9]\d{2}[ -]?\d{3}[ -]?\d{3}(?!\d)|\+880[ -]?\d{4}[ -]?\d{6}")


class UnknownActorError(NotFoundError):
    slug = "unknown-actor"
    title = Text("The framework names no such body.", "কাঠামোতে এমন কোনো সংস্থার নাম নেই।")


class NotTheLeadError(ConflictError):
    slug = "not-the-lead"
    title = Text(
        "Only the body that leads an activity reports on it, through an office that speaks for it.",
        "যে সংস্থা কার্যক্রমটির নেতৃত্বে আছে, কেবল তার নির্ধারিত কার্যালয়ই অগ্রগতি জানাতে পারে।",
    )


class PaperNeededError(ConflictError):
    slug = "paper-needed"
    title = Text(
        "You write down what another body reported: name the letter or paper that it sent.",
        "আপনি অন্য সংস্থার প্রতিবেদন লিখছেন: সংস্থাটি যে চিঠি বা কাগজ পাঠিয়েছে তার নাম লিখুন।",
    )


class NothingToCorrectError(ConflictError):
    slug = "nothing-to-correct"
    title = Text("The report that this one corrects is not there.", "যে প্রতিবেদন সংশোধন করতে চাইছেন সেটি নেই।")


class NoSuchReportError(ConflictError):
    slug = "no-such-report"
    title = Text("The report that you mean is not there.", "যে প্রতিবেদনের কথা বলছেন সেটি নেই।")


class NoOrganisationError(ConflictError):
    slug = "no-organisation"
    title = Text(
        "Your account belongs to no organisation, or to several: a comment names the one that makes it.",
        "আপনার অ্যাকাউন্ট কোনো একটি প্রতিষ্ঠানের নয়: মন্তব্যে প্রতিষ্ঠানের নাম থাকতে হয়।",
    )


class UnknownStateError(InvalidError):
    slug = "unknown-state"
    title = Text("Choose one of the states in the list.", "তালিকা থেকে একটি অবস্থা বেছে নিন।")


class DayToComeError(InvalidError):
    slug = "report-of-a-day-to-come"
    title = Text("A report says how things stood on a day that has come.", "যে দিন এখনো আসেনি সেদিনের অবস্থা জানানো যায় না।")


class PersonalError(InvalidError):
    slug = "number-of-a-person"
    title = Text(
        "Anybody may read this. Take out the telephone or identity number.",
        "লেখাটি সবাই পড়তে পারবেন। ফোন বা পরিচয়পত্রের নম্বরটি বাদ দিন।",
    )


class Standing(StrEnum):
    """A claim and its evidence are told apart: one without the other is shown as such."""

    NO_EVIDENCE = "no_evidence"
    EVIDENCE_ONLY = "evidence_only"
    CLAIMED = "claimed"
    CLAIMED_WITH_EVIDENCE = "claimed_with_evidence"


def standing(state: State | None, facts: int) -> Standing:
    """`state`: the last one reported. A document makes no evidence: it is named beside the claim."""
    claims = state is not None and state.claims
    if facts:
        return Standing.CLAIMED_WITH_EVIDENCE if claims else Standing.EVIDENCE_ONLY
    return Standing.CLAIMED if claims else Standing.NO_EVIDENCE


def state_of(states: Sequence[State], code: str) -> State:
    """Raises `UnknownStateError`."""
    for one in states:
        if one.code == code:
            return one
    raise UnknownStateError


def due(timeline: Timeline, counts_from: date) -> date:
    """The last day of the horizon's last year, years being counted from the framework's first day."""
    return counts_from.replace(year=counts_from.year + timeline.to_year) - timedelta(days=1)


def is_overdue(by: date, state: State | None, today: date) -> bool:
    """Its time is over and nobody said that it is done or given up."""
    return today > by and not (state is not None and state.ends)


def report_due(last: date | None, state: State | None, timeline: Horizon, reporting: Reporting) -> date | None:
    """Until when the next report is waited for: a period after the last one, or after this rhythm began. None: it is waited for no more."""
    if state is not None and state.ends:
        return None
    return (last or reporting.valid_from) + timedelta(days=reporting.report_every_days[timeline])


def next_reminder(due: date, last: date | None, reporting: Reporting) -> date:
    """The day of the next reminder of a report that is due on `due`. `last`: the day of the one before, None for the first."""
    if last is None:
        return due - timedelta(days=reporting.remind_before_days)
    return due + timedelta(days=1) if last <= due else last + timedelta(days=reporting.remind_again_days)


def speaks_for(roles: frozenset[str], orgs: frozenset[str], offices: Sequence[Office], today: date) -> frozenset[str]:
    """The bodies for which an account may report on this day; `*` among them: for any lead, from its paper."""
    return frozenset(one.actor for one in offices if _holds(one, today) and _is_of(roles, orgs, one))


def _holds(office: Office, today: date) -> bool:
    return office.since <= today and (office.until is None or today < office.until)


def _is_of(roles: frozenset[str], orgs: frozenset[str], office: Office) -> bool:
    return office.role in roles and (office.org is None or office.org in orgs)


def judge_reporter(leads: Collection[str], actor: str, spoken_for: frozenset[str], *, names_paper: bool) -> bool:
    """Whether the writer is of the body itself. Raises `NotTheLeadError`, `PaperNeededError`."""
    if actor not in leads:
        raise NotTheLeadError
    if actor in spoken_for:
        return True
    if ANY_LEAD not in spoken_for:
        raise NotTheLeadError
    if not names_paper:
        raise PaperNeededError
    return False


def org_of(orgs: frozenset[str]) -> str:
    """The one organisation for which an account speaks, by its scope. Raises `NoOrganisationError`."""
    if len(orgs) != 1 or EVERY_ORG in orgs:
        raise NoOrganisationError
    return next(iter(orgs))


def judge_text(text: str) -> None:
    """What anybody may read leads to nobody. Raises `PersonalError`."""
    if _OF_A_PERSON.search(digits(text)):
        raise PersonalError


def known_as(number: str, edition: str, renumbered: Sequence[Renumbering]) -> frozenset[tuple[str, str]]:
    """An activity through all editions: pairs of edition and the number that it had there."""
    return frozenset({(edition, number)} | {(one.edition, one.earlier) for one in renumbered if one.now == number})


def now_called(edition: str, number: str, current: str, renumbered: Sequence[Renumbering]) -> str | None:
    """Its number in the current edition; None for one that was dropped from the framework."""
    if edition == current:
        return number
    return next((one.now for one in renumbered if (one.edition, one.earlier) == (edition, number)), None)
