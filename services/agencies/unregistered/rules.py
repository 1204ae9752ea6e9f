"""Who recruits without registration: what makes two mentions worth a look, what a step of enforcement is, and what of it is public.

Nobody may recruit without a licence (OEMA 2013 s.9), and a sub-agent only once registered for an agency (s.14A, 2023). A registered
sub-agent is not an illegal one, and a mention in a complaint is no finding: a match only proposes, a person joins.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError, NotFoundError


class StepKind(StrEnum):
    WARNED = "warned"
    REFERRED = "referred"
    MOBILE_COURT = "mobile_court"
    CASE_FILED = "case_filed"
    CHARGED = "charged"
    JUDGED = "judged"
    CLOSED = "closed"


class Outcome(StrEnum):
    CONVICTED = "convicted"
    FINED = "fined"
    ACQUITTED = "acquitted"
    DROPPED = "dropped"
    REGISTERED_SINCE = "registered_since"


STEP_WORDS: Final = {
    StepKind.WARNED: Text("Warned in writing", "লিখিতভাবে সতর্ক করা হয়েছে"),
    StepKind.REFERRED: Text("Referred to the police", "পুলিশের কাছে পাঠানো হয়েছে"),
    StepKind.MOBILE_COURT: Text("Mobile court", "মোবাইল কোর্ট"),
    StepKind.CASE_FILED: Text("Case filed", "মামলা দায়ের হয়েছে"),
    StepKind.CHARGED: Text("Charges framed", "অভিযোগ গঠন হয়েছে"),
    StepKind.JUDGED: Text("Judged", "রায় হয়েছে"),
    StepKind.CLOSED: Text("Closed", "নিষ্পত্তি হয়েছে"),
}
OUTCOME_WORDS: Final = {
    Outcome.CONVICTED: Text("convicted", "দোষী সাব্যস্ত"),
    Outcome.FINED: Text("fined", "জরিমানা"),
    Outcome.ACQUITTED: Text("acquitted", "খালাস"),
    Outcome.DROPPED: Text("not pursued", "অভিযোগ আর চালানো হয়নি"),
    Outcome.REGISTERED_SINCE: Text("registered since", "পরে নিবন্ধিত হয়েছেন"),
}
# What a court or a magistrate found, and nothing less, may be said of a person in public (decision 0011).
PUBLIC_OUTCOMES: Final = frozenset({Outcome.CONVICTED, Outcome.FINED})


class Likeness(StrEnum):
    PHONE = "phone"
    NAME = "name"
    WORDS = "words"


LIKENESS_WORDS: Final = {
    Likeness.PHONE: Text("The same telephone number.", "একই ফোন নম্বর।"),
    Likeness.NAME: Text("The same name.", "একই নাম।"),
    Likeness.WORDS: Text("A similar name in the same district.", "একই জেলায় কাছাকাছি নাম।"),
}
ENOUGH_WORDS: Final = 2


@dataclass(frozen=True, slots=True)
class Mention:
    """What is compared of two sightings: blind indexes, never names."""

    name_index: bytes | None
    words: frozenset[bytes]
    phone_index: bytes | None
    district: str | None


def likeness(one: Mention, other: Mention) -> Likeness | None:
    """The strongest reason to look at two mentions together; None where there is none.

    A name alone is weak: it is proposed, and a person decides with both complaints before them.
    """
    if one.phone_index is not None and one.phone_index == other.phone_index:
        return Likeness.PHONE
    if one.name_index is not None and one.name_index == other.name_index:
        return Likeness.NAME
    if one.district is not None and one.district == other.district and len(one.words & other.words) >= ENOUGH_WORDS:
        return Likeness.WORDS
    return None


class UnknownSightingError(NotFoundError):
    slug = "unknown-sighting"
    title = Text("No such mention is known.", "এমন কোনো উল্লেখ নথিভুক্ত নেই।")


class UnknownRecruiterError(NotFoundError):
    slug = "unknown-recruiter"
    title = Text("Nobody with this reference stands in the register.", "এই রেফারেন্সের কেউ নিবন্ধনে নেই।")


class JoinedAlreadyError(ConflictError):
    slug = "sighting-joined-already"
    title = Text("This mention belongs to somebody already. Take it apart first.", "এই উল্লেখটি আগেই একজনের সঙ্গে যুক্ত। আগে আলাদা করুন।")


class NotJoinedError(ConflictError):
    slug = "sighting-not-joined"
    title = Text("This mention does not belong to that person.", "এই উল্লেখটি ওই ব্যক্তির সঙ্গে যুক্ত নয়।")


class RegisteredSubAgentError(ConflictError):
    slug = "registered-sub-agent"
    title = Text(
        "This telephone number was a registered sub-agent's on that day: who is registered does not belong in this register.",
        "ওই তারিখে এই ফোন নম্বরটি একজন নিবন্ধিত সাব-এজেন্টের ছিল: নিবন্ধিত কেউ এই তালিকায় আসবেন না।",
    )


class NotPublicError(ConflictError):
    slug = "outcome-not-public"
    title = Text(
        "Only a conviction or a fine may be public, with the judgment or order that says it.",
        "শুধু দোষী সাব্যস্ত বা জরিমানার রায় প্রকাশ্য হতে পারে, সঙ্গে রায় বা আদেশের সূত্র লাগবে।",
    )


def judge_public(*, is_public: bool, outcome: Outcome | None, order_ref: str | None) -> None:
    """Raises `NotPublicError`."""
    if is_public and (outcome not in PUBLIC_OUTCOMES or order_ref is None):
        raise NotPublicError
