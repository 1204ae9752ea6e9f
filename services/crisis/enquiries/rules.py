"""A family's question in a crisis: taken by an agent, matched by a person, answered only with what may be told, only as is safe.

The words for what is known of a person are those of the People Finder Interchange Format 1.4 (`status` of a note).
"""

from collections.abc import Mapping
from datetime import datetime, time
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError

PREFIX: Final = "Q"


class State(StrEnum):
    OPEN = "open"
    MATCHED = "matched"
    ANSWERED = "answered"
    CLOSED = "closed"


class Status(StrEnum):
    """PFIF 1.4, `note.status`: self safe is `is_note_author`, a relative's word `believed_alive`, not reached `believed_missing`."""

    SOUGHT = "information_sought"
    SELF = "is_note_author"
    ALIVE = "believed_alive"
    MISSING = "believed_missing"
    DEAD = "believed_dead"


class MayTell(StrEnum):
    """What the one who is sought allows. `family`: that they were found and are safe, no more."""

    ASKER = "asker"
    FAMILY = "family"
    NOBODY = "nobody"


class Channel(StrEnum):
    CALL = "call"
    SMS = "sms"
    COUNTER = "counter"


class Relation(StrEnum):
    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    RELATIVE = "relative"
    FRIEND = "friend"
    EMPLOYER = "employer"
    OTHER = "other"


class Outcome(StrEnum):
    FOUND = "found"
    MISSING = "missing"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


STATE_WORDS: Final[Mapping[State, Text]] = {
    State.OPEN: Text("Being looked for", "খোঁজ চলছে"),
    State.MATCHED: Text("Found: the family has not been told yet", "খোঁজ মিলেছে: পরিবারকে এখনো জানানো হয়নি"),
    State.ANSWERED: Text("The family has been told", "পরিবারকে জানানো হয়েছে"),
    State.CLOSED: Text("Ended", "সমাপ্ত"),
}
STATUS_WORDS: Final[Mapping[Status, Text]] = {
    Status.SOUGHT: Text("Nothing is known yet", "এখনো কিছু জানা যায়নি"),
    Status.SELF: Text("Said themselves that they are safe", "নিজেই জানিয়েছেন যে নিরাপদ আছেন"),
    Status.ALIVE: Text("Safe, by the word of others", "অন্যের দেওয়া তথ্যে নিরাপদ"),
    Status.MISSING: Text("Missing", "নিখোঁজ"),
    Status.DEAD: Text("Dead, by a document", "মৃত, নথির ভিত্তিতে"),
}
RELATION_WORDS: Final[Mapping[Relation, Text]] = {
    Relation.SPOUSE: Text("Husband or wife", "স্বামী বা স্ত্রী"),
    Relation.PARENT: Text("Father or mother", "বাবা বা মা"),
    Relation.CHILD: Text("Son or daughter", "ছেলে বা মেয়ে"),
    Relation.SIBLING: Text("Brother or sister", "ভাই বা বোন"),
    Relation.RELATIVE: Text("Another relative", "অন্য আত্মীয়"),
    Relation.FRIEND: Text("Friend or neighbour", "বন্ধু বা প্রতিবেশী"),
    Relation.EMPLOYER: Text("Employer or agency", "নিয়োগকর্তা বা এজেন্সি"),
    Relation.OTHER: Text("Somebody else", "অন্য কেউ"),
}
MAY_TELL_WORDS: Final[Mapping[MayTell, Text]] = {
    MayTell.ASKER: Text("The asker may be told everything", "যিনি খোঁজ করছেন তাঁকে সব জানানো যাবে"),
    MayTell.FAMILY: Text("Only that the person was found and is safe", "শুধু এটুকু জানানো যাবে যে খোঁজ মিলেছে ও নিরাপদ আছেন"),
    MayTell.NOBODY: Text("Nobody may be told anything", "কাউকে কিছু জানানো যাবে না"),
}
OUTCOME_WORDS: Final[Mapping[Outcome, Text]] = {
    Outcome.FOUND: Text("Found", "খোঁজ মিলেছে"),
    Outcome.MISSING: Text("Still missing: handed to the mission as a case", "এখনো নিখোঁজ: মিশনকে কেস হিসেবে দেওয়া হয়েছে"),
    Outcome.WITHDRAWN: Text("The family no longer asks", "পরিবার আর খোঁজ করছে না"),
    Outcome.DUPLICATE: Text("Was asked before", "আগেই খোঁজ করা হয়েছে"),
}


class MayNotTellError(ConflictError):
    slug = "may-not-tell"
    title = Text("This may not be told: the person who is sought has not allowed it.", "এ তথ্য জানানো যাবে না: যাঁর খোঁজ চলছে তিনি অনুমতি দেননি।")


class UnsafeContactError(ConflictError):
    slug = "unsafe-contact"
    title = Text("The asker may not be reached this way, or not at this hour.", "যিনি খোঁজ করছেন তাঁর সঙ্গে এভাবে বা এ সময়ে যোগাযোগ করা নিরাপদ নয়।")


class NotMatchedError(ConflictError):
    slug = "not-matched"
    title = Text("Nobody has been matched yet: only that we are looking can be told.", "এখনো কারও সঙ্গে মেলানো হয়নি: শুধু জানানো যায় যে খোঁজ চলছে।")


class EnquiryEndedError(ConflictError):
    slug = "enquiry-ended"
    title = Text("This enquiry has ended.", "এই অনুসন্ধান সমাপ্ত হয়েছে।")


class DeathByOfficerError(ConflictError):
    slug = "death-by-officer"
    title = Text("A death is told by the mission with a document, never by the call centre.", "মৃত্যুর খবর নথিসহ মিশনই জানায়, কল সেন্টার কখনো নয়।")


def check_ongoing(state: str) -> None:
    """Raises `EnquiryEndedError`."""
    if state == State.CLOSED:
        raise EnquiryEndedError


def check_telling(status: Status, may_tell: MayTell, *, matched: bool, is_officer: bool) -> None:
    """What is told is what a person allowed and somebody checked. Raises `DeathByOfficerError`, `NotMatchedError`, `MayNotTellError`."""
    if status is Status.SOUGHT:
        return
    if status is Status.DEAD and not is_officer:
        raise DeathByOfficerError
    if not matched and status is not Status.MISSING:
        raise NotMatchedError
    if may_tell is MayTell.NOBODY or (may_tell is MayTell.FAMILY and status in {Status.MISSING, Status.DEAD}):
        raise MayNotTellError


def check_contact(channel: Channel, safe: Mapping[str, object], now: datetime) -> None:
    """Safe contact as the asker set it, obeyed when they are reached. `now`: where the asker is. Raises `UnsafeContactError`."""
    if channel is Channel.COUNTER:
        return
    may = bool(safe.get("may_call", True) if channel is Channel.CALL else safe.get("may_text", True))
    since, until = safe.get("since"), safe.get("until")
    if since and until and not within(now.time(), time.fromisoformat(str(since)), time.fromisoformat(str(until))):
        may = False
    if not may:
        raise UnsafeContactError


def within(at: time, since: time, until: time) -> bool:
    """Hours may pass midnight."""
    return since <= at < until if since <= until else at >= since or at < until
