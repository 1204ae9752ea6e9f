"""What may be decided, and by which office and person: withdrawals are somebody's own wish, an appeal goes elsewhere (design §5)."""

from collections.abc import Iterable
from typing import Final

from contracts.text import Text
from services.complaints.lifecycle.checks import PART_BEFORE, Case

SAME_OFFICE: Final = Text(
    "An appeal is decided by another office than the one that decided first.",
    "যে কার্যালয় প্রথম সিদ্ধান্ত দিয়েছে, আপিলের নিষ্পত্তি সেটি নয়, অন্য কার্যালয় করে।",
)
ABOUT_ITSELF: Final = Text("An office never handles a complaint about itself.", "কোনো কার্যালয় নিজের বিরুদ্ধে অভিযোগ নিষ্পত্তি করে না।")
OVERTURNING: Final = frozenset({"upheld", "partly"})
RESPONDENT: Final = "respondent"
COMPLAINANT: Final = "complainant"


def decision_refused(decision: str, case: Case, known: Iterable[str]) -> Text | None:
    """Whether a decision may be proposed. A withdrawal is somebody's own wish; of a restricted one an officer made sure of that."""
    if decision not in known:
        return Text("There is no such decision for a case of this kind.", "এই ধরনের কেসে এমন কোনো সিদ্ধান্ত নেই।")
    if decision != "withdrawn":
        return None
    if case.withdrawal is None:
        return Text("Nobody has asked to withdraw it.", "কেউ এটি প্রত্যাহার করতে চাননি।")
    if case.restricted and case.withdrawal != "confirmed":
        return Text(
            "It is restricted: first speak with the complainant alone and confirm that the wish is their own.",
            "এটি সীমাবদ্ধ: আগে অভিযোগকারীর সঙ্গে একা কথা বলে নিশ্চিত করুন যে ইচ্ছাটি তাঁর নিজের।",
        )
    return None


def office_refused(office: str, case: Case) -> Text | None:
    """Whether a case may go to an office: never to one that it is about, nor an appeal to the office that decided first (design §5)."""
    if office == case.office:
        return Text("That office holds it already.", "ওই কার্যালয়ের কাছেই এটি আছে।")
    if office == case.about:
        return ABOUT_ITSELF
    return SAME_OFFICE if case.kind == "appeal" and office == case.office_before else None


def appeal_office_refused(office: str, case: Case) -> Text | None:
    """`case` is the one that is appealed."""
    if office == case.about:
        return ABOUT_ITSELF
    return SAME_OFFICE if office == case.decided_office else None


def person_refused(subject: str, case: Case) -> Text | None:
    """Whether somebody may be given the case."""
    if subject == case.assignee:
        return Text("That person has it already.", "ওই ব্যক্তির কাছেই এটি আছে।")
    return PART_BEFORE if subject in case.before else None


def replacement_refused(decision: str, replaces: str | None, current: str | None, known: Iterable[str]) -> Text | None:
    """An appeal that succeeds says what holds instead of the first decision; one that fails leaves it as it is."""
    if decision not in OVERTURNING:
        return None if replaces is None else Text("The first decision stands: name no other.", "প্রথম সিদ্ধান্ত বহাল থাকে: অন্য সিদ্ধান্ত লিখবেন না।")
    if replaces is None or replaces not in known or replaces in {current, "withdrawn"}:
        return Text("Say which other decision holds instead of the first.", "প্রথম সিদ্ধান্তের বদলে কোন সিদ্ধান্ত বহাল হবে তা লিখুন।")
    return None


def orders_refused(decision: str, *, count: int) -> Text | None:
    """Only a decision for the complainant orders a payment (OEMA s.41(3))."""
    if not count or decision in OVERTURNING:
        return None
    return Text("Only a decision for the complainant orders a payment.", "শুধু অভিযোগকারীর পক্ষে সিদ্ধান্ত হলে অর্থ পরিশোধের আদেশ দেওয়া যায়।")


def overturns(decision: str, previous: str | None) -> bool:
    """Whether a decision takes the place of an earlier one: then what counted for or against the respondent counts no longer."""
    return previous is not None and previous != decision
