"""What counts as evidence for or against an agency, without looking at a clock, a database or the network."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError, ForbiddenError, NotFoundError
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


@dataclass(frozen=True, slots=True)
class Shape:
    """What an officer says of a fact of one kind: `needs` are fields without which it says nothing, `outcomes` what `outcome` may be."""

    needs: frozenset[str]
    may: frozenset[str] = frozenset()
    outcomes: frozenset[str] = frozenset()


_BY_COMPLAINT: Final = frozenset({"record", "country", "sex"})
SHAPES: Final[Mapping[Kind, Shape]] = {
    Kind.FEE_CHARGED: Shape(frozenset({"amount", "country", "sex"}), _BY_COMPLAINT | {"work"}),
    Kind.CONTRACT: Shape(frozenset({"outcome"}), _BY_COMPLAINT, frozenset({"given", "missing", "exchanged"})),
    Kind.PASSPORT: Shape(frozenset({"outcome"}), _BY_COMPLAINT, frozenset({"withheld", "returned"})),
    Kind.INSPECTION: Shape(frozenset({"outcome"}), frozenset(), frozenset({"passed", "failed"})),
    Kind.OFFENCE: Shape(frozenset({"outcome"}), frozenset(), frozenset({"charged", "convicted", "acquitted", "fined"})),
    Kind.OFFENCE_RESOLVED: Shape(frozenset({"about"}), frozenset()),
    Kind.TRAINING: Shape(frozenset({"workers"}), frozenset({"country"})),
    Kind.CRISIS_ANSWER: Shape(frozenset({"outcome", "country"}), frozenset({"days"}), frozenset({"answered", "silent"})),
}
# Of these an agency is shown the month alone: the day would tell it whom it saw.
BY_MONTH: Final = frozenset({Kind.FEE_CHARGED, Kind.CONTRACT, Kind.PASSPORT})

KIND_WORDS: Final[Mapping[Kind, Text]] = {
    Kind.COMPLAINT_DECIDED: Text("Decision on a complaint", "অভিযোগের সিদ্ধান্ত"),
    Kind.COMPLAINT_REOPENED: Text("Complaint reopened", "অভিযোগ পুনরায় খোলা হয়েছে"),
    Kind.COMPLAINT_MERGED: Text("Complaint merged with another", "অভিযোগ অন্য অভিযোগের সঙ্গে একীভূত"),
    Kind.APPEAL_LODGED: Text("Appeal lodged", "আপিল করা হয়েছে"),
    Kind.REDRESS_ORDERED: Text("Redress ordered", "ক্ষতিপূরণের আদেশ"),
    Kind.REDRESS_PAID: Text("Redress paid", "ক্ষতিপূরণ পরিশোধ"),
    Kind.COMPLAINT_ANSWERED: Text("Complaint answered", "অভিযোগের জবাব"),
    Kind.FEE_CHARGED: Text("Fee charged to a worker", "কর্মীর কাছ থেকে নেওয়া টাকা"),
    Kind.CONTRACT: Text("Contract before departure", "যাত্রার আগে চুক্তিপত্র"),
    Kind.PASSPORT: Text("Passport", "পাসপোর্ট"),
    Kind.INSPECTION: Text("Inspection", "পরিদর্শন"),
    Kind.OFFENCE: Text("Offence", "অপরাধ"),
    Kind.OFFENCE_RESOLVED: Text("Offence resolved", "অপরাধের নিষ্পত্তি"),
    Kind.TRAINING: Text("Workers trained", "প্রশিক্ষিত কর্মী"),
    Kind.CRISIS_ANSWER: Text("Answer about workers in a crisis", "সংকটে কর্মীদের বিষয়ে জবাব"),
}
OUTCOME_WORDS: Final[Mapping[str, Text]] = {
    "given": Text("given", "দেওয়া হয়েছে"),
    "missing": Text("not given", "দেওয়া হয়নি"),
    "exchanged": Text("exchanged for another", "বদলে দেওয়া হয়েছে"),
    "withheld": Text("withheld", "আটকে রাখা হয়েছে"),
    "returned": Text("returned", "ফেরত দেওয়া হয়েছে"),
    "passed": Text("passed", "সন্তোষজনক"),
    "failed": Text("failed", "অসন্তোষজনক"),
    "charged": Text("charged", "অভিযোগ গঠন হয়েছে"),
    "convicted": Text("convicted", "দোষী সাব্যস্ত"),
    "acquitted": Text("acquitted", "খালাস"),
    "fined": Text("fined", "জরিমানা"),
    "answered": Text("answered", "জবাব দিয়েছে"),
    "silent": Text("no answer", "জবাব দেয়নি"),
}


class UnknownFactError(NotFoundError):
    slug = "unknown-fact"
    title = Text("No such fact is known of this agency.", "এই এজেন্সির এমন কোনো তথ্য নথিভুক্ত নেই।")


class StruckAlreadyError(ConflictError):
    slug = "struck-already"
    title = Text("This fact is struck out already.", "এই তথ্যটি আগেই বাদ দেওয়া হয়েছে।")


class NotStruckError(ConflictError):
    slug = "not-struck"
    title = Text("This fact is not struck out.", "এই তথ্যটি বাদ দেওয়া নেই।")


class NotAnOffenceError(ConflictError):
    slug = "not-an-offence"
    title = Text("What is resolved must be an offence of this agency.", "যা নিষ্পত্তি হয়েছে বলছেন তা এই এজেন্সির কোনো অপরাধ নয়।")


class OutOfScopeError(ForbiddenError):
    slug = "out-of-scope"
    title = Text("This lies outside the districts or countries of your office.", "এটি আপনার অফিসের জেলা বা দেশের বাইরে।")


class TooManyDocumentsError(ConflictError):
    slug = "too-many-documents"
    title = Text("An agency keeps at most 200 documents on its file.", "একটি এজেন্সির নথিতে সর্বোচ্চ ২০০টি দলিল রাখা যায়।")


def faults_of(kind: Kind, given: Collection[str], outcome: str | None) -> list[Text]:
    """What is missing or does not belong to a fact of this kind; `given` are the fields that are not empty."""
    shape = SHAPES[kind]
    strange = [name for name in given if name not in shape.needs | shape.may]
    faults = [_missing(name) for name in sorted(shape.needs) if name not in given]
    faults += [_not_here(name) for name in sorted(strange)]
    if outcome is not None and outcome not in shape.outcomes and "outcome" not in strange:
        faults.append(_one_of(sorted(shape.outcomes)))
    return faults


def month(day: date) -> date:
    return day.replace(day=1)


def _missing(name: str) -> Text:
    return Text(f"{name} is needed.", f"{name} দেওয়া আবশ্যক।")


def _not_here(name: str) -> Text:
    return Text(f"{name} does not belong here.", f"{name} এখানে প্রযোজ্য নয়।")


def _one_of(outcomes: Iterable[str]) -> Text:
    listed = ", ".join(outcomes)
    return Text(f"outcome is one of: {listed}.", f"outcome এগুলোর একটি: {listed}।")
