"""The procedure of a complaint as one table: which act leads from which status to which, who may do it, and what else must hold.

Sources: Overseas Employment and Migrants Act 2013 (OEMA) s.41; BMET's published service cs-0274 (2015); framework activity 4.4.2.3. That a
decision needs two persons and an appeal another office, and that nobody settles abuse, are rules of the suite (design §5).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import Final

from contracts.text import Text
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


class Standing(StrEnum):
    """How a caller stands to one complaint."""

    HOLDER = "holder"  # the officer who works on it
    OFFICE = "office"  # works in the office that holds it
    RECEIVER = "receiver"  # works in the office that is asked to take it over
    CHECKER = "checker"  # named to check the proposal
    SUPERVISOR = "supervisor"
    COMPLAINANT = "complainant"  # took it down, and speaks for who complains
    RESPONDENT = "respondent"


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
class Case:
    """What the procedure knows of one complaint at `now`. `before`: who decided, proposed or approved what an appeal is about."""

    kind: str
    status: Status
    restricted: bool
    now: datetime
    office: str
    about: str | None = None
    assignee: str | None = None
    transfer_to: str | None = None
    checker: str | None = None
    proposer: str | None = None
    earlier: Status | None = None
    is_investigated: bool = False
    is_investigation_begun: bool = False
    withdrawal: str | None = None
    hearings: int = 0
    hearings_most: int = 3
    is_hearing_open: bool = False
    has_open_appeal: bool = False
    is_appeal_ended: bool = False
    reopen_until: datetime | None = None
    appeal_until: datetime | None = None
    decided_office: str | None = None
    before: frozenset[str] = frozenset()
    office_before: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    subject: str
    roles: frozenset[str]
    standings: frozenset[Standing]


Check = Callable[[Case, Actor], Text | None]


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


def _is_free(case: Case, actor: Actor) -> Text | None:
    if case.assignee == actor.subject:
        return Text("You have it already.", "এটি ইতিমধ্যে আপনার কাছেই আছে।")
    return None if case.assignee is None else Text("Another officer works on it.", "অন্য একজন কর্মকর্তা এটি নিয়ে কাজ করছেন।")


def _is_held(case: Case, _: Actor) -> Text | None:
    return None if case.assignee else Text("No officer works on it yet.", "এখনো কোনো কর্মকর্তা এটি নিয়ে কাজ করছেন না।")


def _took_no_part_before(case: Case, actor: Actor) -> Text | None:
    """An appeal goes to another person (design §5)."""
    return PART_BEFORE if actor.subject in case.before else None


def _may_pass_on(case: Case, actor: Actor) -> Text | None:
    """What an officer works on is theirs to pass on; of a restricted one nobody else of the office takes it over unseen."""
    if case.restricted and case.assignee and not actor.standings & {Standing.HOLDER, Standing.SUPERVISOR}:
        return Text(
            "It is restricted: only its officer or the supervisor may pass it on.",
            "এটি সীমাবদ্ধ: শুধু দায়িত্বপ্রাপ্ত কর্মকর্তা বা তত্ত্বাবধায়ক এটি অন্যকে দিতে পারেন।",
        )
    return None


def _no_transfer_waits(case: Case, _: Actor) -> Text | None:
    if case.transfer_to is None:
        return None
    return Text(
        "Another office has been asked to take it over: wait, or recall that.", "অন্য কার্যালয়কে এটি নিতে বলা হয়েছে: অপেক্ষা করুন বা তা ফিরিয়ে নিন।"
    )


def _a_transfer_waits(case: Case, _: Actor) -> Text | None:
    return None if case.transfer_to else Text("No other office has been asked to take it over.", "অন্য কোনো কার্যালয়কে এটি নিতে বলা হয়নি।")


def _not_begun(case: Case, _: Actor) -> Text | None:
    if case.is_investigated:
        return Text("The investigation is complete.", "তদন্ত শেষ হয়েছে।")
    return None


def _begun_and_open(case: Case, _: Actor) -> Text | None:
    if case.is_investigated:
        return Text("The investigation is complete.", "তদন্ত শেষ হয়েছে।")
    return None if case.is_investigation_begun else Text("No investigation has begun.", "তদন্ত শুরু হয়নি।")


def _hearing_left(case: Case, _: Actor) -> Text | None:
    """At most three hearings: BMET's published service cs-0274 (2015)."""
    if case.is_hearing_open:
        return Text("A hearing has a date already: hold or adjourn that one first.", "একটি শুনানির তারিখ ঠিক আছে: আগে সেটি নিন বা মুলতবি করুন।")
    if case.hearings >= case.hearings_most:
        return Text("There have been as many hearings as the service charter allows.", "সেবা সনদ অনুযায়ী যতবার শুনানি করা যায়, ততবার হয়ে গেছে।")
    return None


def _hearing_open(case: Case, _: Actor) -> Text | None:
    return None if case.is_hearing_open else Text("No hearing has a date.", "কোনো শুনানির তারিখ ঠিক করা নেই।")


def _no_hearing_open(case: Case, _: Actor) -> Text | None:
    if not case.is_hearing_open:
        return None
    return Text("A hearing has a date: hold or adjourn it first.", "একটি শুনানির তারিখ ঠিক আছে: আগে সেটি নিন বা মুলতবি করুন।")


def _may_be_settled(case: Case, _: Actor) -> Text | None:
    """Abuse and trafficking are crimes against a person, not debts: between the parties nothing is settled."""
    return NEVER_SETTLED if case.restricted else None


def _is_another_than_the_maker(case: Case, actor: Actor) -> Text | None:
    return SAME_PERSON if actor.subject == case.proposer else None


def _is_the_checker(case: Case, actor: Actor) -> Text | None:
    """A restricted one is opened to one checker, whom its officer names, and to the supervisor."""
    if case.checker is None or actor.standings & {Standing.CHECKER, Standing.SUPERVISOR}:
        return None
    return Text("Another person was named to check this.", "এটি যাচাইয়ের জন্য অন্য একজনের নাম দেওয়া হয়েছে।")


def _not_asked(case: Case, _: Actor) -> Text | None:
    return Text("The wish to withdraw is on record already.", "প্রত্যাহারের ইচ্ছা ইতিমধ্যে নথিভুক্ত আছে।") if case.withdrawal else None


def _asked(case: Case, _: Actor) -> Text | None:
    if case.withdrawal is None:
        return Text("Nobody has asked to withdraw it.", "কেউ এটি প্রত্যাহার করতে চাননি।")
    return Text("It was confirmed already.", "এটি আগেই নিশ্চিত করা হয়েছে।") if case.withdrawal == "confirmed" else None


def _is_not_appealed(case: Case, _: Actor) -> Text | None:
    if case.has_open_appeal:
        return APPEAL_OPEN
    if case.is_appeal_ended:
        return Text("An appeal was decided: the next step is a court.", "আপিলের নিষ্পত্তি হয়েছে: পরবর্তী ধাপ আদালত।")
    return None


def _in_time_to_reopen(case: Case, _: Actor) -> Text | None:
    if case.reopen_until is None or case.now <= case.reopen_until:
        return None
    return Text("The time to reopen it is over: an appeal or a new complaint is possible.", "পুনরায় চালুর সময় শেষ: আপিল বা নতুন অভিযোগ করা যাবে।")


def _in_time_to_appeal(case: Case, _: Actor) -> Text | None:
    if case.appeal_until is None or case.now <= case.appeal_until:
        return None
    return Text("The time to appeal is over.", "আপিলের সময় শেষ হয়েছে।")


def _is_not_restricted_yet(case: Case, _: Actor) -> Text | None:
    return Text("It is restricted already.", "এটি ইতিমধ্যে সীমাবদ্ধ।") if case.restricted else None


SAME_PERSON: Final = Text(
    "Who proposed a decision cannot approve it: a second person looks at it.",
    "যিনি সিদ্ধান্ত প্রস্তাব করেছেন তিনি তা অনুমোদন করতে পারেন না: দ্বিতীয় একজন এটি দেখবেন।",
)
PART_BEFORE: Final = Text(
    "You took part in the decision that is appealed: another person decides.",
    "যে সিদ্ধান্তের বিরুদ্ধে আপিল, তাতে আপনি অংশ নিয়েছিলেন: অন্য একজন সিদ্ধান্ত দেবেন।",
)
NEVER_SETTLED: Final = Text(
    "Abuse and trafficking are never settled between the parties. The decision, and a criminal case, stay open to the complainant.",
    "নির্যাতন ও পাচারের অভিযোগ কখনো আপসে মেটানো হয় না। অভিযোগকারীর জন্য সিদ্ধান্ত ও ফৌজদারি মামলার পথ খোলা থাকে।",
)
APPEAL_OPEN: Final = Text("An appeal is being decided.", "একটি আপিলের নিষ্পত্তি চলছে।")
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
    Transition(A.TAKE, HANDLED, To.ASSIGNED_AT_LEAST, _OFFICE, WORKERS, checks=(_is_free, _took_no_part_before)),
    Transition(A.ASSIGN, HANDLED, To.ASSIGNED_AT_LEAST, _HOUSE, WORKERS, checks=(_may_pass_on,)),
    Transition(A.HAND_BACK, ACTIVE | {S.WAITING}, To.RELEASED, _HOLDER, WORKERS),
    Transition(A.TRANSFER, HANDLED, To.SAME, _HOUSE, WORKERS, checks=(_no_transfer_waits, _may_pass_on)),
    Transition(A.ACCEPT_TRANSFER, HANDLED, To.RELEASED, _RECEIVER, WORKERS, checks=(_a_transfer_waits,)),
    Transition(A.REFUSE_TRANSFER, HANDLED, To.SAME, _RECEIVER, WORKERS, checks=(_a_transfer_waits,)),
    Transition(A.RECALL_TRANSFER, HANDLED, To.SAME, _HOUSE, WORKERS, checks=(_a_transfer_waits, _may_pass_on)),
    # Begun and completed are dates: OEMA s.41(2) counts 30 working days to the second, s.41(3) three months from it.
    Transition(A.START_INVESTIGATION, ACTIVE, S.INVESTIGATING, _HOLDER, DECIDERS, _INVESTIGATED, (_not_begun, _no_hearing_open)),
    Transition(A.COMPLETE_INVESTIGATION, ACTIVE, To.PAST_INVESTIGATION, _HOLDER, DECIDERS, _INVESTIGATED, (_begun_and_open,)),
    Transition(A.SCHEDULE_HEARING, ACTIVE, S.HEARING, _HOLDER, DECIDERS, _HEARD, (_hearing_left,)),
    Transition(A.HOLD_HEARING, ACTIVE, To.INQUIRY, _HOLDER, DECIDERS, _HEARD, (_hearing_open,)),
    Transition(A.ADJOURN_HEARING, ACTIVE, To.INQUIRY, _HOLDER, DECIDERS, _HEARD, (_hearing_open,)),
    Transition(A.START_MEDIATION, ACTIVE, S.MEDIATION, _HOLDER, DECIDERS, _COMPLAINT, (_may_be_settled, _no_hearing_open)),
    Transition(A.START_ARBITRATION, ACTIVE, S.ARBITRATION, _HOLDER, DECIDERS, _COMPLAINT, (_may_be_settled, _no_hearing_open)),
    Transition(A.SETTLE, ACTIVE, To.SAME, _HOLDER, DECIDERS, _COMPLAINT, (_may_be_settled,)),
    Transition(A.WRITE_ALLEGATION, HANDLED, To.SAME, _HOLDER, DECIDERS, _HEARD),
    Transition(A.WAIT, ACTIVE, S.WAITING, _HOLDER, WORKERS),
    Transition(A.RESUME, frozenset({S.WAITING}), To.EARLIER, _HOUSE | {Standing.COMPLAINANT}, TAKERS | WORKERS),
    Transition(A.PROPOSE, ACTIVE | {S.WAITING}, S.FOR_APPROVAL, _HOLDER, DECIDERS, checks=(_no_transfer_waits, _no_hearing_open)),
    Transition(
        A.APPROVE,
        frozenset({S.FOR_APPROVAL}),
        S.RESOLVED,
        _CHECKERS,
        DECIDERS,
        checks=(_is_another_than_the_maker, _is_the_checker, _took_no_part_before),
    ),
    Transition(
        A.SEND_BACK, frozenset({S.FOR_APPROVAL}), To.EARLIER, _CHECKERS, DECIDERS, checks=(_is_another_than_the_maker, _is_the_checker)
    ),
    Transition(A.WITHDRAW, HANDLED, To.SAME, _PARTY, TAKERS, _HEARD, (_not_asked,)),
    Transition(A.CONFIRM_WITHDRAWAL, ACTIVE | {S.WAITING}, To.SAME, _HOLDER, DECIDERS, _HEARD, (_asked,)),
    Transition(
        A.REOPEN,
        RESOLVED,
        To.ASSIGNED_AT_LEAST,
        _HOUSE | {Standing.COMPLAINANT},
        TAKERS | DECIDERS,
        KINDS - {"appeal"},
        (_is_not_appealed, _in_time_to_reopen),
    ),
    Transition(A.APPEAL, RESOLVED, To.SAME, _PARTIES, _APPELLANTS, _INVESTIGATED, (_is_not_appealed, _in_time_to_appeal)),
    Transition(A.RESTRICT, EVERY - {S.MERGED}, To.OUT_OF_BARGAIN, _HOUSE, WORKERS, checks=(_is_not_restricted_yet,)),
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
    To.RELEASED: lambda case: Status.LODGED if case.status is Status.ASSIGNED else case.status,
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
