"""A referral shares a case with another body; its owner stays the owner. Who may be sent what, and which answer may follow which.

Consent is explicit, for one recipient and purpose (Personal Data Protection Ordinance 2025); only offices that handle complaints by law
need none, and for a restricted case they do too.
"""

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from contracts.text import Text
from kit.policy import Agreement, Consent, Question, Share, policies


class Standing(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RETURNED = "returned"
    DONE = "done"
    REVOKED = "revoked"


STANDING_WORDS: Final = {
    Standing.SENT: Text("Sent, not accepted yet", "পাঠানো হয়েছে, এখনো গৃহীত হয়নি"),
    Standing.ACCEPTED: Text("Accepted", "গৃহীত"),
    Standing.DECLINED: Text("Declined", "গ্রহণ করা হয়নি"),
    Standing.RETURNED: Text("Nobody accepted in time", "সময়ের মধ্যে কেউ গ্রহণ করেনি"),
    Standing.DONE: Text("Done", "সম্পন্ন"),
    Standing.REVOKED: Text("Taken back", "ফিরিয়ে নেওয়া হয়েছে"),
}
# Somebody who accepts late is still welcome: the sender was told in between.
NEXT: Final[Mapping[Standing, frozenset[Standing]]] = {
    Standing.SENT: frozenset({Standing.ACCEPTED, Standing.DECLINED}),
    Standing.RETURNED: frozenset({Standing.ACCEPTED, Standing.DECLINED}),
    Standing.ACCEPTED: frozenset({Standing.DONE, Standing.DECLINED}),
    Standing.DECLINED: frozenset(),
    Standing.DONE: frozenset(),
    Standing.REVOKED: frozenset(),
}


# Somebody else has it in hand: what a case waits for before it may end because another body helps.
TAKEN_OVER: Final = frozenset({Standing.ACCEPTED, Standing.DONE})


class Confirmed(StrEnum):
    """What the person says of it, asked by the sender: help that was reported is not yet help that came."""

    YES = "yes"
    NO = "no"
    NOT_REACHED = "not_reached"


POLICY: Final = "partners"
PURPOSE: Final = "referral"
RECEIVED: Final = "received.complaint"
# What of a package each field of the sharing policy stands for.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "classification": ("category", "country", "district", "sex", "age_band"),
    "allegation": ("summary",),
    "respondent": ("respondent_kind", "respondent_name", "respondent_licence"),
    "victim.identity": ("victim_name",),
    "victim.contact": ("victim_phone", "may_call", "contact_note"),
}


def shared_with(
    recipient: str,
    on: date,
    *,
    consented: bool,
    kind: Literal["program", "member"] = "member",
    agreements: Collection[Agreement] = (),
) -> Share:
    """What the sharing policy lets a partner organization know of a complaint that was passed on to it, on a day.

    Raises `LookupError` where no policy is in force.
    """
    consents = (Consent(PURPOSE, recipient),) if consented else ()
    # Whether the complaint is restricted the receiver's copy does not say: both are asked.
    record = {"type": [RECEIVED], "addressee": ["self"], "restricted": ["yes", "no"]}
    policy = policies().in_force(POLICY, on)
    question = Question({"asker": [kind]}, PURPOSE, record, recipient, consents, agreements, on)
    return Share(RECEIVED, PURPOSE, policy, policy.judge(question, PARTS))


def needs_consent(*, body_needs: bool, restricted: bool) -> bool:
    return body_needs or restricted


def may_be_revoked(standing: Standing) -> bool:
    return standing in {Standing.SENT, Standing.RETURNED, Standing.ACCEPTED}


def recipient_of(kind: str, office: str | None, org: str | None) -> str:
    """Whom a consent names: the office or organization, and for a body that gets a letter its kind."""
    return office or org or kind
