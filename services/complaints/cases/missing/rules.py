"""A missing person: what may be told to whom, and which remains may be whose. The machine proposes with its reasons; persons confirm."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from contracts.persons import AgeBand, Sex
from contracts.text import Text
from kit.errors import ConflictError
from services.complaints.cases.rules import Facts, missing_of_any


class SearchState(StrEnum):
    SOUGHT = "sought"
    ALIVE = "alive"
    DEAD = "dead"


class Consent(StrEnum):
    """What the person allows to be told to whoever asks."""

    CONTACT = "contact"
    SAFE_ONLY = "safe_only"
    NOTHING = "nothing"


class Tell(StrEnum):
    """What the asker may hear while the search goes on, by their tie to the person; asked when the file is opened."""

    PROGRESS = "progress"
    NOTHING = "nothing"


STATE_WORDS: Final = {
    SearchState.SOUGHT: Text("Being sought", "খোঁজ চলছে"),
    SearchState.ALIVE: Text("Found alive", "জীবিত পাওয়া গেছে"),
    SearchState.DEAD: Text("Identified among the dead", "মৃতদের মধ্যে শনাক্ত হয়েছেন"),
}
_SEARCHING: Final = Text("The search goes on.", "খোঁজ চলছে।")
_TELL_NOTHING: Final = Text("We cannot tell you anything about this person.", "এই ব্যক্তি সম্পর্কে আমরা কিছু জানাতে পারছি না।")
_IS_SAFE: Final = Text("The person is safe.", "তিনি নিরাপদ আছেন।")
_WANTS_CONTACT: Final = Text(
    "The person was found and wishes to be in contact. An officer will connect you.",
    "তাঁর খোঁজ পাওয়া গেছে এবং তিনি যোগাযোগ করতে চান। একজন কর্মকর্তা যোগাযোগ করিয়ে দেবেন।",
)
_COME: Final = Text("An officer will speak with you in person.", "একজন কর্মকর্তা আপনার সঙ্গে সরাসরি কথা বলবেন।")


def may_tell(state: SearchState, tell: Tell, consent: Consent | None) -> Text:
    """What the asker is told. Found alive and silent: as if nothing were known. A death is never told by this line, only in person."""
    if tell == Tell.NOTHING:
        return _TELL_NOTHING
    if state == SearchState.SOUGHT:
        return _SEARCHING
    if state == SearchState.DEAD:
        return _COME
    return {Consent.CONTACT: _WANTS_CONTACT, Consent.SAFE_ONLY: _IS_SAFE}.get(consent or Consent.NOTHING, _TELL_NOTHING)


class NotSoughtError(ConflictError):
    slug = "not-sought"
    title = Text("The search has ended already.", "খোঁজ আগেই শেষ হয়েছে।")


class SecondPersonError(ConflictError):
    slug = "second-person-needed"
    title = Text("Another person has to confirm this: you were the first.", "দ্বিতীয় একজনকে নিশ্চিত করতে হবে: প্রথমবার আপনিই নিশ্চিত করেছেন।")


class MatchDecidedError(ConflictError):
    slug = "match-decided"
    title = Text("This match is already decided.", "এই মিল সম্পর্কে আগেই সিদ্ধান্ত হয়েছে।")


@dataclass(frozen=True, slots=True)
class Features:
    """What both sides are compared by. `name` and `passport` are blind indexes: equal or not, never read."""

    country: str
    sex: str
    age_band: str
    day: date | None
    name: bytes | None
    passport: bytes | None


REASON_WORDS: Final = {
    "same_passport": Text("The same passport number", "একই পাসপোর্ট নম্বর"),
    "same_name": Text("The same name, spelling folded", "বানানভেদে একই নাম"),
    "same_country": Text("The same country", "একই দেশ"),
    "same_sex": Text("The same sex", "একই লিঙ্গ"),
    "same_age": Text("The same age band", "একই বয়সসীমা"),
    "after_last_contact": Text("Found after the last contact", "শেষ যোগাযোগের পরে পাওয়া গেছে"),
}


def reasons_for(sought: Features, found: Features) -> Sequence[str]:
    """Why the two may be one; empty where something speaks against it or too little for it.

    Against: known to differ in sex, or found before the last contact. For: one number or name, or country, sex and age band together.
    """
    if _differ(sought.sex, found.sex, Sex.UNKNOWN) or (sought.day and found.day and found.day < sought.day):
        return ()
    equal = {
        "same_passport": sought.passport is not None and sought.passport == found.passport,
        "same_name": sought.name is not None and sought.name == found.name,
        "same_country": sought.country == found.country,
        "same_sex": sought.sex == found.sex != Sex.UNKNOWN,
        "same_age": sought.age_band == found.age_band != AgeBand.UNKNOWN,
        "after_last_contact": bool(sought.day and found.day),
    }
    reasons = tuple(reason for reason, holds in equal.items() if holds)
    strong = equal["same_passport"] or (equal["same_name"] and equal["same_country"])
    return reasons if strong or {"same_country", "same_sex", "same_age"} <= set(reasons) else ()


def _differ(one: str, other: str, unknown: str) -> bool:
    return unknown not in {one, other} and one != other


def confirmed_by(first: str | None, person: str) -> bool:
    """Whether this person's word makes it certain: remains are named by two. Raises `SecondPersonError` for the same one twice."""
    if first == person:
        raise SecondPersonError
    return first is not None


@dataclass(frozen=True, slots=True)
class MissingFacts:
    any: Facts
    state: str = SearchState.SOUGHT
    consent: str | None = None


_STILL_SOUGHT: Final = Text("The person is still being sought.", "ব্যক্তির খোঁজ এখনো চলছে।")
_NOT_ASKED: Final = Text("The person has not agreed to contact.", "ব্যক্তি যোগাযোগে সম্মতি দেননি।")
_NO_MATCH: Final = Text("No two persons have confirmed that the person died.", "দুজন কর্মকর্তা মৃত্যু নিশ্চিত করেননি।")
_FOUND: Final = Text("The person was found.", "ব্যক্তির খোঁজ পাওয়া গেছে।")


def missing(outcome: str, facts: MissingFacts) -> list[Text]:
    """What has to be known before a search ends with this outcome."""
    asked = {
        "found_in_contact": [(facts.state != SearchState.ALIVE, _STILL_SOUGHT), (facts.consent != Consent.CONTACT, _NOT_ASKED)],
        "found_safe": [(facts.state != SearchState.ALIVE, _STILL_SOUGHT)],
        "found_dead": [(facts.state != SearchState.DEAD, _NO_MATCH)],
        "not_found": [(facts.state != SearchState.SOUGHT, _FOUND)],
    }
    return [*missing_of_any(facts.any), *(words for is_missing, words in asked.get(outcome, []) if is_missing)]
