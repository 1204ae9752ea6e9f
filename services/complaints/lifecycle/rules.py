"""The procedure of a complaint as one table: which act leads from which status to which, who may do it, and what else must hold.

Sources: Overseas Employment and Migrants Act 2013 (OEMA) s.41; BMET's published service cs-0274 (2015); framework activity 4.4.2.3. That a
decision needs two persons and an appeal another office, and that nobody settles abuse, are rules of the suite (design §5).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final

from contracts.text import Text
from services.complaints.lifecycle.checks import (
    Actor,
    Case,
    Check,
    Standing,
    a_transfer_waits,
    asked,
    begun_and_open,
    hearing_left,
    hearing_open,
    in_time_to_appeal,
    in_time_to_reopen,
    is_another_than_the_maker,
    is_free,
    is_not_appealed,
    is_not_restricted_yet,
    is_the_checker,
    may_be_settled,
    may_pass_on,
    may_set_right,
    no_hearing_open,
    no_transfer_waits,
    not_asked,
    not_begun,
    took_no_part_before,
)
from services.complaints.rules import STATUS_WORDS, Status


class Action(StrEnum):
    TAKE = "take"
    ASSIGN = "assign"
    HAND_BACK = "hand-back"
    TRANSFER = "transfer"
    ACCEPT_TRANSFER = "accept-transfer"
    REFUSE_TRANSFER = "refuse-transfer"
    RECALL_TRANSFER = "recall-transfer"
    START_INVESTIGATION = "start-investigation"
    COMPLETE_INVESTIGATION = "complete-investigation"
    SCHEDULE_HEARING = "schedule-hearing"
    HOLD_HEARING = "hold-hearing"
    ADJOURN_HEARING = "adjourn-hearing"
    START_MEDIATION = "start-mediation"
    START_ARBITRATION = "start-arbitration"
    SETTLE = "settle"
    WRITE_ALLEGATION = "write-allegation"
    CORRECT = "correct"
    WAIT = "wait"
    RESUME = "resume"
    PROPOSE = "propose"
    APPROVE = "approve"
    SEND_BACK = "send-back"
    WITHDRAW = "withdraw"
    CONFIRM_WITHDRAWAL = "confirm-withdrawal"
    REOPEN = "reopen"
    APPEAL = "appeal"
    RESTRICT = "restrict"
    NOTE_CONTACT = "note-contact"
    COMMENT = "comment"


class To(Enum):
    """Where an act leads that leads not always to the same status."""

    SAME = "same"
    ASSIGNED_AT_LEAST = "assigned_at_least"  # a received one gets an officer; what was begun goes on
    RELEASED = "released"  # nobody works on it now: the office does
    INQUIRY = "inquiry"  # after a hearing: back to the investigation, or past it
    PAST_INVESTIGATION = "past_investigation"
    EARLIER = "earlier"  # to where a pause or a check came from
    OUT_OF_BARGAIN = "out_of_bargain"  # what became restricted is mediated no more


ACTIVE: Final = frozenset({Status.ASSIGNED, Status.INVESTIGATING, Status.HEARING, Status.MEDIATION, Status.ARBITRATION})
HANDLED: Final = ACTIVE | {Status.LODGED, Status.WAITING}
LIVE: Final = HANDLED | {Status.FOR_APPROVAL}
RESOLVED: Final = frozenset({Status.RESOLVED})
EVERY: Final = frozenset(Status)

_COMPLAINT: Final = frozenset({"complaint"})
_INVESTIGATED: Final = frozenset({"complaint", "service"})
_HEARD: Final = frozenset({"complaint", "service", "appeal"})
CASES: Final = frozenset({"distress", "death", "missing", "protection"})
KINDS: Final = _HEARD | CASES

WORKERS: Final = frozenset({"agent", "supervisor", "officer", "demo", "wing", "wewb", "airport", "decider"})
DECIDERS: Final = frozenset({"supervisor", "officer", "demo", "wing", "wewb", "decider"})
TAKERS: Final = frozenset({"agent", "supervisor", "officer", "demo", "wing", "ngo", "udc", "airport", "wewb"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """`is_of_role`: nobody with these roles may ever do it; else the state or the person's part in this case forbids it."""

    reason: Text
    is_of_role: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. An actor needs one of `roles` and one of `by`."""

    action: Action
    sources: frozenset[Status]
    target: Status | To
    by: frozenset[Standing]
    roles: frozenset[str]
    kinds: frozenset[str] = KINDS
    checks: tuple[Check, ...] = field(default=())


_NOT_THIS_KIND: Final = Text("This is not done with a case of this kind.", "এই ধরনের কেসে এটি করা হয় না।")
_NOT_YOUR_ROLE: Final = Text("Your role may not do this.", "আপনার ভূমিকায় এটি করার অনুমতি নেই।")
_PERSONS: Final = {
    Standing.HOLDER: Text("its officer", "দায়িত্বপ্রাপ্ত কর্মকর্তা"),
    Standing.OFFICE: Text("the office that holds it", "যে কার্যালয়ের কাছে আছে সেটি"),
    Standing.RECEIVER: Text("the office that is asked to take it over", "যে কার্যালয়কে নিতে বলা হয়েছে সেটি"),
    Standing.CHECKER: Text("the person named to check it", "যাচাইয়ের জন্য মনোনীত ব্যক্তি"),
    Standing.SUPERVISOR: Text("the supervisor", "তত্ত্বাবধায়ক"),
    Standing.COMPLAINANT: Text("who took it down, for the complainant", "অভিযোগকারীর পক্ষে যিনি লিপিবদ্ধ করেছেন তিনি"),
    Standing.RESPONDENT: Text("the party it is about", "অভিযুক্ত পক্ষ"),
}

_HOLDER: Final = frozenset({Standing.HOLDER})
_OFFICE: Final = frozenset({Standing.OFFICE})
_HOUSE: Final = frozenset({Standing.HOLDER, Standing.OFFICE, Standing.SUPERVISOR})
_RECEIVER: Final = frozenset({Standing.RECEIVER})
_CHECKERS: Final = frozenset({Standing.CHECKER, Standing.OFFICE, Standing.SUPERVISOR})
_PARTY: Final = frozenset({Standing.COMPLAINANT, Standing.HOLDER, Standing.OFFICE})
_PARTIES: Final = _PARTY | {Standing.RESPONDENT}
_APPELLANTS: Final = TAKERS | {"agency", "decider"}

A, S = Action, Status
TABLE: Final = (
    Transition(A.TAKE, HANDLED, To.ASSIGNED_AT_LEAST, _OFFICE, WORKERS, checks=(is_free, took_no_part_before)),
    Transition(A.ASSIGN, HANDLED, To.ASSIGNED_AT_LEAST, _HOUSE, WORKERS, checks=(may_pass_on,)),
    Transition(A.HAND_BACK, ACTIVE | {S.WAITING}, To.RELEASED, _HOLDER, WORKERS),
    Transition(A.TRANSFER, HANDLED, To.SAME, _HOUSE, WORKERS, checks=(no_transfer_waits, may_pass_on)),
    Transition(A.ACCEPT_TRANSFER, HANDLED, To.RELEASED, _RECEIVER, WORKERS, checks=(a_transfer_waits,)),
    Transition(A.REFUSE_TRANSFER, HANDLED, To.SAME, _RECEIVER, WORKERS, checks=(a_transfer_waits,)),
    Transition(A.RECALL_TRANSFER, HANDLED, To.SAME, _HOUSE, WORKERS, checks=(a_transfer_waits, may_pass_on)),
    # Begun and completed are dates: OEMA s.41(2) counts 30 working days to the second, s.41(3) three months from it.
    Transition(A.START_INVESTIGATION, ACTIVE, S.INVESTIGATING, _HOLDER, DECIDERS, _INVESTIGATED, (not_begun, no_hearing_open)),
    Transition(A.COMPLETE_INVESTIGATION, ACTIVE, To.PAST_INVESTIGATION, _HOLDER, DECIDERS, _INVESTIGATED, (begun_and_open,)),
    Transition(A.SCHEDULE_HEARING, ACTIVE, S.HEARING, _HOLDER, DECIDERS, _HEARD, (hearing_left,)),
    Transition(A.HOLD_HEARING, ACTIVE, To.INQUIRY, _HOLDER, DECIDERS, _HEARD, (hearing_open,)),
    Transition(A.ADJOURN_HEARING, ACTIVE, To.INQUIRY, _HOLDER, DECIDERS, _HEARD, (hearing_open,)),
    Transition(A.START_MEDIATION, ACTIVE, S.MEDIATION, _HOLDER, DECIDERS, _COMPLAINT, (may_be_settled, no_hearing_open)),
    Transition(A.START_ARBITRATION, ACTIVE, S.ARBITRATION, _HOLDER, DECIDERS, _COMPLAINT, (may_be_settled, no_hearing_open)),
    Transition(A.SETTLE, ACTIVE, To.SAME, _HOLDER, DECIDERS, _COMPLAINT, (may_be_settled,)),
    Transition(A.WRITE_ALLEGATION, HANDLED, To.SAME, _HOLDER, DECIDERS, _HEARD),
    # Found in an interview or by an investigation: the agency behind a broker, another matter, a person's age.
    Transition(A.CORRECT, HANDLED, To.SAME, _HOUSE, WORKERS, KINDS - {"appeal"}, (may_set_right,)),
    Transition(A.WAIT, ACTIVE, S.WAITING, _HOLDER, WORKERS),
    Transition(A.RESUME, frozenset({S.WAITING}), To.EARLIER, _HOUSE | {Standing.COMPLAINANT}, TAKERS | WORKERS),
    Transition(A.PROPOSE, ACTIVE | {S.WAITING}, S.FOR_APPROVAL, _HOLDER, DECIDERS, checks=(no_transfer_waits, no_hearing_open)),
    Transition(
        A.APPROVE,
        frozenset({S.FOR_APPROVAL}),
        S.RESOLVED,
        _CHECKERS,
        DECIDERS,
        checks=(is_another_than_the_maker, is_the_checker, took_no_part_before),
    ),
    Transition(
        A.SEND_BACK, frozenset({S.FOR_APPROVAL}), To.EARLIER, _CHECKERS, DECIDERS, checks=(is_another_than_the_maker, is_the_checker)
    ),
    Transition(A.WITHDRAW, HANDLED, To.SAME, _PARTY, TAKERS, _HEARD, (not_asked,)),
    Transition(A.CONFIRM_WITHDRAWAL, ACTIVE | {S.WAITING}, To.SAME, _HOLDER, DECIDERS, _HEARD, (asked,)),
    Transition(
        A.REOPEN,
        RESOLVED,
        To.ASSIGNED_AT_LEAST,
        _HOUSE | {Standing.COMPLAINANT},
        TAKERS | DECIDERS,
        KINDS - {"appeal"},
        (is_not_appealed, in_time_to_reopen),
    ),
    Transition(A.APPEAL, RESOLVED, To.SAME, _PARTIES, _APPELLANTS, _INVESTIGATED, (is_not_appealed, in_time_to_appeal)),
    Transition(A.RESTRICT, EVERY - {S.MERGED}, To.OUT_OF_BARGAIN, _HOUSE, WORKERS, checks=(is_not_restricted_yet,)),
    # Somebody spoke with the person: what the clocks of first contact and of the next word wait for.
    Transition(A.NOTE_CONTACT, LIVE, To.SAME, _HOUSE, WORKERS),
    Transition(A.COMMENT, EVERY, To.SAME, _PARTY | {Standing.SUPERVISOR, Standing.CHECKER}, TAKERS | WORKERS),
)
BY_ACTION: Final = {one.action: one for one in TABLE}


def judge(action: Action, case: Case, actor: Actor) -> Refusal | None:
    """Why this person may not do this now; None where they may."""
    row = BY_ACTION[action]
    if row.roles.isdisjoint(actor.roles):
        return Refusal(_NOT_YOUR_ROLE, is_of_role=True)
    if case.kind not in row.kinds:
        return Refusal(_NOT_THIS_KIND)
    if case.status not in row.sources:
        return Refusal(_not_now(case.status))
    if row.by.isdisjoint(actor.standings):
        return Refusal(_only(row.by))
    return next((Refusal(reason) for check in row.checks if (reason := check(case, actor))), None)


def after(action: Action, case: Case) -> Status:
    """The status that the act leads to."""
    target = BY_ACTION[action].target
    return target if isinstance(target, Status) else _MOVES[target](case)


def released(case: Case) -> Status:
    """Nobody works on it now: what was only assigned waits again, what was begun goes on where it was."""
    return Status.LODGED if case.status is Status.ASSIGNED else case.status


def _with_an_officer(case: Case) -> Status:
    if case.status is Status.RESOLVED:
        return Status.ASSIGNED if case.assignee else Status.LODGED
    return Status.ASSIGNED if case.status is Status.LODGED else case.status


def _back_to_inquiry(case: Case) -> Status:
    return Status.INVESTIGATING if case.is_investigation_begun and not case.is_investigated else Status.ASSIGNED


def _earlier(case: Case) -> Status:
    """What became restricted meanwhile does not go back to mediation."""
    if case.restricted and case.earlier in {Status.MEDIATION, Status.ARBITRATION}:
        return _back_to_inquiry(case)
    return case.earlier or (Status.ASSIGNED if case.assignee else Status.LODGED)


_MOVES: Final[Mapping[To, Callable[[Case], Status]]] = {
    To.SAME: lambda case: case.status,
    To.ASSIGNED_AT_LEAST: _with_an_officer,
    To.RELEASED: released,
    To.PAST_INVESTIGATION: lambda case: Status.ASSIGNED if case.status is Status.INVESTIGATING else case.status,
    To.INQUIRY: lambda case: _back_to_inquiry(case) if case.status is Status.HEARING else case.status,
    To.OUT_OF_BARGAIN: lambda case: _back_to_inquiry(case) if case.status in {Status.MEDIATION, Status.ARBITRATION} else case.status,
    To.EARLIER: _earlier,
}


def _not_now(status: Status) -> Text:
    words = STATUS_WORDS[status]
    return Text(f"This is not done while it stands at “{words.en}”.", f"“{words.bn}” অবস্থায় এটি করা যায় না।")


def _only(by: frozenset[Standing]) -> Text:
    named: Sequence[Text] = [_PERSONS[one] for one in Standing if one in by]
    return Text(f"Only {_listed(one.en for one in named)} may do this.", f"শুধু {', '.join(one.bn for one in named)} এটি করতে পারেন।")


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
