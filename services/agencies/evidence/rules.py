"""What counts as evidence for or against an agency, without looking at a clock, a database or the network."""

from enum import StrEnum
from typing import Final

from services.agencies.rules import licence_number


class Kind(StrEnum):
    """The first seven come from events of the complaints service, the others from an officer, with a source and its reference."""

    COMPLAINT_DECIDED = "complaint_decided"
    COMPLAINT_REOPENED = "complaint_reopened"
    COMPLAINT_MERGED = "complaint_merged"
    APPEAL_LODGED = "appeal_lodged"
    REDRESS_ORDERED = "redress_ordered"
    REDRESS_PAID = "redress_paid"
    COMPLAINT_ANSWERED = "complaint_answered"
    FEE_CHARGED = "fee_charged"
    CONTRACT = "contract"
    PASSPORT = "passport"
    INSPECTION = "inspection"
    OFFENCE = "offence"
    OFFENCE_RESOLVED = "offence_resolved"
    TRAINING = "training"
    CRISIS_ANSWER = "crisis_answer"


FROM_COMPLAINTS: Final = frozenset(list(Kind)[:7])


def named_licence(text: str | None) -> str | None:
    """The licence that a fact is linked to; what cannot be read as one links to nobody, and is kept."""
    try:
        return licence_number(text) if text is not None else None
    except ValueError:
        return None
