"""Distress abroad: requests that a wing owns, each until it has an end. OEMA 2013 s.29; framework activity 4.4.2.5."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError
from services.complaints.cases.rules import NOT_TAKEN_OVER, Facts, missing_of_any


class RequestState(StrEnum):
    OPEN = "open"
    MET = "met"
    UNMET = "unmet"
    WITHDRAWN = "withdrawn"


REQUEST_WORDS: Final = {
    RequestState.OPEN: Text("Waiting", "অপেক্ষায়"),
    RequestState.MET: Text("Given", "দেওয়া হয়েছে"),
    RequestState.UNMET: Text("Could not be given", "দেওয়া যায়নি"),
    RequestState.WITHDRAWN: Text("No longer wanted", "আর প্রয়োজন নেই"),
}


class RequestEndedError(ConflictError):
    slug = "request-ended"
    title = Text("This request has ended already.", "এই অনুরোধ আগেই শেষ হয়েছে।")


class RequestThereError(ConflictError):
    slug = "request-there-already"
    title = Text("The same help is already asked for and not yet given.", "একই সহায়তার অনুরোধ আগে থেকেই চলমান আছে।")


class FamilyMayNotKnowError(ConflictError):
    slug = "family-may-not-know"
    title = Text(
        "The person has not agreed that the family is told. Ask them first.", "পরিবারকে জানাতে ব্যক্তি সম্মতি দেননি। আগে তাঁর কাছে জেনে নিন।"
    )


def family_told(*, may_know: bool | None) -> None:
    """Not asked is not agreed. Raises `FamilyMayNotKnowError`."""
    if may_know is not True:
        raise FamilyMayNotKnowError


@dataclass(frozen=True, slots=True)
class DistressFacts:
    any: Facts
    states: Sequence[str] = ()
    family_asked: bool = False


_NO_REQUEST: Final = Text("It is not written down what was needed.", "কী সহায়তা দরকার ছিল তা লেখা হয়নি।")
_WAITING: Final = Text("A request still waits: say how it ended.", "একটি অনুরোধ এখনো অপেক্ষায়: কীভাবে শেষ হলো লিখুন।")
_NONE_MET: Final = Text("No request was met.", "কোনো অনুরোধ পূরণ হয়নি।")
_NOT_ALL: Final = Text("Not every request was met: choose that a part was.", "সব অনুরোধ পূরণ হয়নি: আংশিক সহায়তা বেছে নিন।")
_FAMILY: Final = Text("It is not known whether the family may be told.", "পরিবারকে জানানো যাবে কি না তা জানা নেই।")
_HELPED: Final = frozenset({"helped", "returned", "released", "partly_helped"})


def missing(outcome: str, facts: DistressFacts) -> list[Text]:
    """What has to be known before a case of distress ends with this outcome."""
    wanted = [one for one in facts.states if one != RequestState.WITHDRAWN]
    asked = [
        (not facts.states, _NO_REQUEST),
        (RequestState.OPEN in facts.states, _WAITING),
        (outcome in _HELPED and RequestState.MET not in facts.states, _NONE_MET),
        (outcome == "helped" and any(one == RequestState.UNMET for one in wanted), _NOT_ALL),
        (outcome in _HELPED and not facts.family_asked, _FAMILY),
        (outcome == "handed_over" and not facts.any.is_taken_over, NOT_TAKEN_OVER),
    ]
    return [*missing_of_any(facts.any), *(words for is_missing, words in asked if is_missing)]
