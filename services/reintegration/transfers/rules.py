"""How a case is passed on: its owner stays the owner until the other office accepts, and until then that office learns the least.

A transfer moves the whole case, where a referral asks another body for one help (lesson L12). No case ever has two owners, or none.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError


class State(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RETURNED = "returned"
    RECALLED = "recalled"
    STOPPED = "stopped"


STATE_WORDS: Final[Mapping[State, Text]] = {
    State.SENT: Text("Sent: still with the sender until it is accepted", "পাঠানো হয়েছে: গৃহীত না হওয়া পর্যন্ত প্রেরকের কাছেই আছে"),
    State.ACCEPTED: Text("Accepted: the case is with the other office", "গৃহীত: কেস এখন অন্য কার্যালয়ের কাছে"),
    State.DECLINED: Text("Not taken", "গ্রহণ করা হয়নি"),
    State.RETURNED: Text("Nobody answered in time: stays with the sender", "সময়মতো উত্তর আসেনি: প্রেরকের কাছেই রইল"),
    State.RECALLED: Text("Taken back by the sender", "প্রেরক ফিরিয়ে নিয়েছেন"),
    State.STOPPED: Text("Stopped: consent was withdrawn", "থামানো হয়েছে: সম্মতি প্রত্যাহার করা হয়েছে"),
}


class TransferOverError(ConflictError):
    slug = "transfer-over"
    title = Text("This transfer is over: nothing can be done about it any more.", "এই হস্তান্তরের প্রক্রিয়া শেষ: এটি আর পরিবর্তন করা যাবে না।")


class TransferToItselfError(ConflictError):
    slug = "transfer-to-itself"
    title = Text("The case is with this district's office already. Choose another.", "কেসটি এই জেলার কার্যালয়ের কাছেই আছে। অন্য জেলা বেছে নিন।")


class TransferUnderWayError(ConflictError):
    slug = "transfer-under-way"
    title = Text("A transfer of this case waits for an answer already.", "এই কেসের একটি হস্তান্তর উত্তরের অপেক্ষায় আছে।")


class NoTransferConsentError(ConflictError):
    slug = "no-consent"
    title = Text(
        "The returnee has not agreed that this office is told. Ask first, and take the answer down.",
        "এই কার্যালয়কে জানানোর বিষয়ে প্রত্যাগতের সম্মতি নেই। আগে জিজ্ঞাসা করে উত্তরটি লিখে রাখুন।",
    )


class ChildWithoutGuardianError(ConflictError):
    slug = "child-without-guardian"
    title = Text(
        "A child goes to another district only with a guardian who agreed. Without one: child protection first.",
        "অভিভাবকের সম্মতি ছাড়া শিশুর কেস অন্য জেলায় পাঠানো যায় না। অভিভাবক না থাকলে আগে শিশু সুরক্ষায় জানান।",
    )


def check_destination(here: str, there: str) -> None:
    """Raises `TransferToItselfError`."""
    if here == there:
        raise TransferToItselfError


def check_child(*, is_child: bool, has_guardian: bool, by_guardian: bool) -> None:
    """Nobody passes on a child whom nobody answers for. Raises `ChildWithoutGuardianError`."""
    if is_child and not (has_guardian and by_guardian):
        raise ChildWithoutGuardianError


def check_waits(state: str) -> None:
    """Raises `TransferOverError`: what was answered, taken back or stopped is not done again."""
    if state != State.SENT:
        raise TransferOverError


def recipient_of(district: str) -> str:
    """How a consent names the office of a district."""
    return f"demo-{district.lower()}"
