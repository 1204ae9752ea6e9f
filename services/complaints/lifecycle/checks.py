"""What else must hold for an act, beside status, role and part in the case: one question each, with its reason in both languages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from contracts.text import Text
from services.complaints.rules import Status


class Standing(StrEnum):
    """How a caller stands to one complaint."""

    HOLDER = "holder"  # the officer who works on it
    OFFICE = "office"  # works in the office that holds it
    RECEIVER = "receiver"  # works in the office that is asked to take it over
    CHECKER = "checker"  # named to check the proposal
    SUPERVISOR = "supervisor"
    COMPLAINANT = "complainant"  # took it down, and speaks for who complains
    RESPONDENT = "respondent"


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


def is_free(case: Case, actor: Actor) -> Text | None:
    if case.assignee == actor.subject:
        return Text("You have it already.", "এটি ইতিমধ্যে আপনার কাছেই আছে।")
    return None if case.assignee is None else Text("Another officer works on it.", "অন্য একজন কর্মকর্তা এটি নিয়ে কাজ করছেন।")


def is_held(case: Case, _: Actor) -> Text | None:
    return None if case.assignee else Text("No officer works on it yet.", "এখনো কোনো কর্মকর্তা এটি নিয়ে কাজ করছেন না।")


def took_no_part_before(case: Case, actor: Actor) -> Text | None:
    """An appeal goes to another person (design §5)."""
    return PART_BEFORE if actor.subject in case.before else None


def may_pass_on(case: Case, actor: Actor) -> Text | None:
    """What an officer works on is theirs to pass on; of a restricted one nobody else of the office takes it over unseen."""
    if case.restricted and case.assignee and not actor.standings & {Standing.HOLDER, Standing.SUPERVISOR}:
        return Text(
            "It is restricted: only its officer or the supervisor may pass it on.",
            "এটি সীমাবদ্ধ: শুধু দায়িত্বপ্রাপ্ত কর্মকর্তা বা তত্ত্বাবধায়ক এটি অন্যকে দিতে পারেন।",
        )
    return None


def may_set_right(case: Case, actor: Actor) -> Text | None:
    """Nobody changes what they are not shown."""
    if case.restricted and case.assignee and not actor.standings & {Standing.HOLDER, Standing.SUPERVISOR}:
        return Text(
            "It is restricted: only its officer or the supervisor may set it right.",
            "এটি সীমাবদ্ধ: শুধু দায়িত্বপ্রাপ্ত কর্মকর্তা বা তত্ত্বাবধায়ক এটি সংশোধন করতে পারেন।",
        )
    return None


def no_transfer_waits(case: Case, _: Actor) -> Text | None:
    if case.transfer_to is None:
        return None
    return Text(
        "Another office has been asked to take it over: wait, or recall that.", "অন্য কার্যালয়কে এটি নিতে বলা হয়েছে: অপেক্ষা করুন বা তা ফিরিয়ে নিন।"
    )


def a_transfer_waits(case: Case, _: Actor) -> Text | None:
    return None if case.transfer_to else Text("No other office has been asked to take it over.", "অন্য কোনো কার্যালয়কে এটি নিতে বলা হয়নি।")


def not_begun(case: Case, _: Actor) -> Text | None:
    if case.is_investigated:
        return Text("The investigation is complete.", "তদন্ত শেষ হয়েছে।")
    return None


def begun_and_open(case: Case, _: Actor) -> Text | None:
    if case.is_investigated:
        return Text("The investigation is complete.", "তদন্ত শেষ হয়েছে।")
    return None if case.is_investigation_begun else Text("No investigation has begun.", "তদন্ত শুরু হয়নি।")


def hearing_left(case: Case, _: Actor) -> Text | None:
    """At most three hearings: BMET's published service cs-0274 (2015)."""
    if case.is_hearing_open:
        return Text("A hearing has a date already: hold or adjourn that one first.", "একটি শুনানির তারিখ ঠিক আছে: আগে সেটি নিন বা মুলতবি করুন।")
    if case.hearings >= case.hearings_most:
        return Text("There have been as many hearings as the service charter allows.", "সেবা সনদ অনুযায়ী যতবার শুনানি করা যায়, ততবার হয়ে গেছে।")
    return None


def hearing_open(case: Case, _: Actor) -> Text | None:
    return None if case.is_hearing_open else Text("No hearing has a date.", "কোনো শুনানির তারিখ ঠিক করা নেই।")


def no_hearing_open(case: Case, _: Actor) -> Text | None:
    if not case.is_hearing_open:
        return None
    return Text("A hearing has a date: hold or adjourn it first.", "একটি শুনানির তারিখ ঠিক আছে: আগে সেটি নিন বা মুলতবি করুন।")


def may_be_settled(case: Case, _: Actor) -> Text | None:
    """Abuse and trafficking are crimes against a person, not debts: between the parties nothing is settled."""
    return NEVER_SETTLED if case.restricted else None


def is_another_than_the_maker(case: Case, actor: Actor) -> Text | None:
    return SAME_PERSON if actor.subject == case.proposer else None


def is_the_checker(case: Case, actor: Actor) -> Text | None:
    """A restricted one is opened to one checker, whom its officer names, and to the supervisor."""
    if case.checker is None or actor.standings & {Standing.CHECKER, Standing.SUPERVISOR}:
        return None
    return Text("Another person was named to check this.", "এটি যাচাইয়ের জন্য অন্য একজনের নাম দেওয়া হয়েছে।")


def not_asked(case: Case, _: Actor) -> Text | None:
    return Text("The wish to withdraw is on record already.", "প্রত্যাহারের ইচ্ছা ইতিমধ্যে নথিভুক্ত আছে।") if case.withdrawal else None


def asked(case: Case, _: Actor) -> Text | None:
    if case.withdrawal is None:
        return Text("Nobody has asked to withdraw it.", "কেউ এটি প্রত্যাহার করতে চাননি।")
    return Text("It was confirmed already.", "এটি আগেই নিশ্চিত করা হয়েছে।") if case.withdrawal == "confirmed" else None


def is_not_appealed(case: Case, _: Actor) -> Text | None:
    if case.has_open_appeal:
        return APPEAL_OPEN
    if case.is_appeal_ended:
        return Text("An appeal was decided: the next step is a court.", "আপিলের নিষ্পত্তি হয়েছে: পরবর্তী ধাপ আদালত।")
    return None


def in_time_to_reopen(case: Case, _: Actor) -> Text | None:
    if case.reopen_until is None or case.now <= case.reopen_until:
        return None
    return Text("The time to reopen it is over: an appeal or a new complaint is possible.", "পুনরায় চালুর সময় শেষ: আপিল বা নতুন অভিযোগ করা যাবে।")


def in_time_to_appeal(case: Case, _: Actor) -> Text | None:
    if case.appeal_until is None or case.now <= case.appeal_until:
        return None
    return Text("The time to appeal is over.", "আপিলের সময় শেষ হয়েছে।")


def is_not_restricted_yet(case: Case, _: Actor) -> Text | None:
    return Text("It is restricted already.", "এটি ইতিমধ্যে সীমাবদ্ধ।") if case.restricted else None
