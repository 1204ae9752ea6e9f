"""What somebody said, and what holds of them; pure.

Two guards: a relative's *safe* never overrides my *help*, and that somebody has died is said by an officer with a document, by nobody
else. What cannot be read counts as *needs help* once its clock has run out: a wrong alarm costs a call, a missed one a life
(anchors, crisis §3.6). Statuses follow what PFIF 1.4 can carry.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from contracts.text import Text
from kit.errors import ConflictError
from kit.text import clean_line, digits


class Status(StrEnum):
    SAFE = "safe"
    NEED_HELP = "need_help"
    INJURED = "injured"
    DETAINED = "detained"
    TRAPPED = "trapped"
    EVACUATING = "evacuating"
    LEFT_COUNTRY = "left_country"
    NOT_IN_AREA = "not_in_area"
    WRONG_PERSON = "wrong_person"
    DECEASED = "deceased"


UNREACHED: Final = "unreached"
STATUS_WORDS: Final[Mapping[str, Text]] = {
    Status.SAFE: Text("Safe", "নিরাপদ"),
    Status.NEED_HELP: Text("Needs help", "সাহায্য দরকার"),
    Status.INJURED: Text("Injured or ill", "আহত বা অসুস্থ"),
    Status.DETAINED: Text("Held or arrested", "আটক বা গ্রেপ্তার"),
    Status.TRAPPED: Text("Cannot get away", "আটকে পড়েছেন"),
    Status.EVACUATING: Text("On the way out", "এলাকা ছাড়ছেন"),
    Status.LEFT_COUNTRY: Text("Has left the country", "দেশ ছেড়ে গেছেন"),
    Status.NOT_IN_AREA: Text("Is not there", "ওই এলাকায় নেই"),
    Status.WRONG_PERSON: Text("Wrong person", "ভুল ব্যক্তি"),
    Status.DECEASED: Text("Has died", "মারা গেছেন"),
    UNREACHED: Text("Not heard of yet", "এখনো খোঁজ পাওয়া যায়নি"),
}
# Whoever said one of these is out of it only by their own word or an officer's.
IN_NEED: Final = frozenset({Status.NEED_HELP, Status.INJURED, Status.DETAINED, Status.TRAPPED})


class Reporter(StrEnum):
    SELF = "self"
    PROXY = "proxy"
    OFFICER = "officer"
    EMPLOYER = "employer"


# Whose word stands above a relative's or an employer's.
FIRST_HAND: Final = frozenset({Reporter.SELF, Reporter.OFFICER})


class OnlyOfficerError(ConflictError):
    slug = "death-needs-document"
    title = Text(
        "That somebody has died is recorded by an officer, with the document that says so.",
        "মৃত্যুর তথ্য কেবল একজন কর্মকর্তা প্রমাণপত্রসহ নথিভুক্ত করতে পারেন।",
    )


class LinkEndedError(ConflictError):
    slug = "link-ended"
    title = Text(
        "This link has ended. Call the mission, or 16135 in Bangladesh.", "এই লিংকের মেয়াদ শেষ। মিশনে অথবা দেশে ১৬১৩৫ নম্বরে ফোন করুন।"
    )


class RelayAnswersError(ConflictError):
    slug = "relay-link"
    title = Text(
        "This link is to be passed on. Each person answers by their own.", "এই লিংকটি অন্যদের পাঠানোর জন্য। উত্তর দিতে প্রত্যেকের নিজের লিংক লাগে।"
    )


@dataclass(frozen=True, slots=True)
class Response:
    id: UUID
    status: Status
    reporter: Reporter
    observed_at: datetime
    received_at: datetime
    is_assumed: bool = False


@dataclass(frozen=True, slots=True)
class Current:
    """`is_contradicted`: somebody else says that it is better; a person looks at it."""

    response: Response
    is_contradicted: bool


def current(responses: Iterable[Response]) -> Current | None:
    """What holds of a person, by when it was so and not by when we heard: an old word that comes late changes nothing."""
    standing: Response | None = None
    is_contradicted = False
    for one in sorted(responses, key=lambda response: (response.observed_at, response.received_at)):
        if standing is None or _overrides(one, standing):
            standing, is_contradicted = one, False
        elif one.status is not standing.status:
            is_contradicted = True
    return None if standing is None else Current(standing, is_contradicted)


def _overrides(later: Response, standing: Response) -> bool:
    if standing.is_assumed:
        return True
    if standing.status is Status.DECEASED:
        return later.reporter in FIRST_HAND and not later.is_assumed
    if later.is_assumed:
        return standing.status not in IN_NEED
    if later.status in IN_NEED or later.status is Status.DECEASED or later.reporter in FIRST_HAND:
        return True
    return not (standing.status in IN_NEED and standing.reporter in FIRST_HAND)


def refuse_death(status: Status, reporter: Reporter, *, has_document: bool) -> None:
    """Raises `OnlyOfficerError`."""
    if status is Status.DECEASED and not (reporter is Reporter.OFFICER and has_document):
        raise OnlyOfficerError


@dataclass(frozen=True, slots=True)
class Words:
    """What people write, by what it means; `negations`: words that turn a meaning round."""

    answers: Mapping[Status, Collection[str]]
    negations: Collection[str]


MOST_WORDS: Final = 4
_PUNCTUATION: Final = re.compile(r"[^\w\s\u0980-\u09ff]+")


def parse(written: str, words: Words) -> Status | None:
    """One digit of either script or a few words. A cry for help counts in any length; *safe* only where nothing else is said.

    None is for a person to read: two meanings, a *not*, a story.
    """
    said = _plain(written).split()
    if not said or set(said) & set(words.negations):
        return None
    meant = {status for status, known in words.answers.items() if _says(said, known)}
    if Status.NEED_HELP in meant and (len(meant) == 1 or len(said) > MOST_WORDS):
        return Status.NEED_HELP
    return meant.pop() if len(meant) == 1 and len(said) <= MOST_WORDS else None


def _says(said: list[str], known: Collection[str]) -> bool:
    """A digit only by itself: *2 days* is no answer."""
    return any((one in said and (len(said) == 1 or not one.isdigit())) or (" " in one and one in " ".join(said)) for one in known)


def _plain(written: str) -> str:
    text = unicodedata.normalize("NFC", digits(clean_line(written))).casefold()
    return " ".join(_PUNCTUATION.sub(" ", text).replace("।", " ").split())
