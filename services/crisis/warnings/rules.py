"""What the crisis service decides, without looking at a clock, a database or the network.

A warning stands until another message names it: a Cancel takes it back, an Update replaces it. Each mission whose countries it concerns
acknowledges it once. Expiry is no event: it is read off the clock when somebody looks.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from contracts.crisis import Certainty, MessageStatus, Severity, Urgency
from contracts.places import countries as country_names
from contracts.text import Text
from kit.errors import ConflictError, ForbiddenError, ProblemError
from services.crisis.warnings.cap import Info, Message


class State(StrEnum):
    """What other messages have made of this one. `notice`: a Cancel, which warns of nothing itself. `ended`: it is said to be over."""

    STANDING = "standing"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    ENDED = "ended"
    NOTICE = "notice"


class Status(StrEnum):
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    ENDED = "ended"
    NOTICE = "notice"


# A change of figures: told to who watches one warning, not to who watches them all.
REACHED: Final = "reached"

STATUS_WORDS: Final[Mapping[Status, Text]] = {
    Status.RAISED: Text("Waits for acknowledgement", "প্রাপ্তিস্বীকারের অপেক্ষায়"),
    Status.ACKNOWLEDGED: Text("Acknowledged", "প্রাপ্তিস্বীকার করা হয়েছে"),
    Status.EXPIRED: Text("Expired", "মেয়াদ শেষ"),
    Status.SUPERSEDED: Text("Replaced by a newer warning", "নতুন সতর্কবার্তা দিয়ে প্রতিস্থাপিত"),
    Status.CANCELLED: Text("Cancelled", "বাতিল করা হয়েছে"),
    Status.ENDED: Text("The danger is over", "বিপদ কেটে গেছে"),
    Status.NOTICE: Text("Notice of cancellation", "বাতিলের বিজ্ঞপ্তি"),
}
SEVERITY_WORDS: Final[Mapping[Severity, Text]] = {
    Severity.EXTREME: Text("Extreme danger", "চরম বিপদ"),
    Severity.SEVERE: Text("Severe danger", "গুরুতর বিপদ"),
    Severity.MODERATE: Text("Moderate danger", "মাঝারি বিপদ"),
    Severity.MINOR: Text("Minor danger", "সামান্য বিপদ"),
    Severity.UNKNOWN: Text("Danger of unknown degree", "বিপদের মাত্রা অজানা"),
}
URGENCY_WORDS: Final[Mapping[Urgency, Text]] = {
    Urgency.IMMEDIATE: Text("Act at once", "এখনই ব্যবস্থা নিন"),
    Urgency.EXPECTED: Text("Act within the hour", "এক ঘণ্টার মধ্যে ব্যবস্থা নিন"),
    Urgency.FUTURE: Text("Prepare: it is near", "প্রস্তুত থাকুন: অল্প সময়ের মধ্যে ঘটতে পারে"),
    Urgency.PAST: Text("It is over", "ঘটনাটি শেষ হয়েছে"),
    Urgency.UNKNOWN: Text("Time not known", "সময় জানা নেই"),
}
CERTAINTY_WORDS: Final[Mapping[Certainty, Text]] = {
    Certainty.OBSERVED: Text("Observed", "ঘটেছে বা ঘটছে"),
    Certainty.LIKELY: Text("Likely", "সম্ভাবনা বেশি"),
    Certainty.POSSIBLE: Text("Possible", "ঘটতে পারে"),
    Certainty.UNLIKELY: Text("Unlikely", "সম্ভাবনা কম"),
    Certainty.UNKNOWN: Text("Not known", "জানা নেই"),
}
MESSAGE_STATUS_WORDS: Final[Mapping[MessageStatus, Text]] = {
    MessageStatus.ACTUAL: Text("Real warning", "প্রকৃত সতর্কবার্তা"),
    MessageStatus.EXERCISE: Text("EXERCISE, not real", "মহড়া, প্রকৃত নয়"),
    MessageStatus.TEST: Text("TEST, not real", "পরীক্ষামূলক, প্রকৃত নয়"),
}

# Unknown severity is weighed as moderate: not knowing is no reason to sleep.
_WEIGHT: Final[Mapping[Severity, int]] = {
    Severity.EXTREME: 4,
    Severity.SEVERE: 3,
    Severity.MODERATE: 2,
    Severity.UNKNOWN: 2,
    Severity.MINOR: 1,
}


class FromTheFutureError(ProblemError):
    status = 422
    slug = "cap-from-the-future"
    title = Text("The warning says that it will be sent in the future.", "সতর্কবার্তায় পাঠানোর সময় ভবিষ্যতের দেওয়া আছে।")


class NotYourCountryError(ForbiddenError):
    slug = "not-your-country"
    title = Text(
        "None of the countries of this warning is in your charge.",
        "এই সতর্কবার্তার কোনো দেশ আপনার দায়িত্বের আওতায় নেই।",
    )


class NotOnlyYourCountryError(ForbiddenError):
    slug = "not-only-your-country"
    title = Text(
        "This would also act on countries that are not in your charge. Ask the supervisor in Dhaka to do it.",
        "এতে আপনার দায়িত্বের বাইরের দেশও প্রভাবিত হবে। কাজটি করতে ঢাকার তত্ত্বাবধায়ককে অনুরোধ করুন।",
    )


MEND_IDENTITY: Final = Text(
    "Give a changed warning an identifier of its own, with msgType Update and the earlier one in <references>.",
    "পরিবর্তিত সতর্কবার্তায় নতুন শনাক্তকারী দিন, msgType Update লিখুন এবং আগেরটি <references>-এ উল্লেখ করুন।",
)


class IdentityReusedError(ConflictError):
    """`first`: the alert that has the identity."""

    slug = "cap-identity-reused"
    title = Text(
        "Another warning with this sender, identifier and time of sending has been received.",
        "একই প্রেরক, শনাক্তকারী ও পাঠানোর সময়ের ভিন্ন একটি সতর্কবার্তা আগেই গৃহীত হয়েছে।",
    )

    def __init__(self, first: UUID) -> None:
        super().__init__(MEND_IDENTITY)
        self.first = first


def refuse_future(sent: datetime, now: datetime, skew_minutes: int) -> None:
    """Raise `FromTheFutureError` beyond the skew that is granted to the sender's clock."""
    if sent > now + timedelta(minutes=skew_minutes):
        raise FromTheFutureError(
            Text(
                f"<sent> may lie at most {skew_minutes} minutes ahead. Check the sender's clock and the offset from UTC.",
                f"<sent> সর্বোচ্চ {skew_minutes} মিনিট এগিয়ে থাকতে পারে। প্রেরকের ঘড়ি ও UTC-র সঙ্গে সময়ের পার্থক্য যাচাই করুন।",
            ),
        )


def status_of(state: State, expires: datetime | None, now: datetime, *, acknowledged: bool) -> Status:
    if state is not State.STANDING:
        return Status(state.value)
    if expires is not None and expires <= now:
        return Status.EXPIRED
    return Status.ACKNOWLEDGED if acknowledged else Status.RAISED


@dataclass(frozen=True, slots=True)
class Sight:
    """Which warnings a caller may see; every list, look-up and stream narrows by it."""

    everything: bool = False
    countries: frozenset[str] = frozenset()

    def covers(self, country: str) -> bool:
        return self.everything or country in self.countries


def sight(roles: Iterable[str], countries: frozenset[str]) -> Sight:
    """A wing sees its countries. Who answers to callers from everywhere, or for the whole service, sees all: no person is in a warning."""
    held = set(roles)
    everything = bool(held & {"agent", "supervisor", "analyst", "auditor", "admin", "service"}) or ("wing" in held and "*" in countries)
    return Sight(everything, countries if "wing" in held else frozenset())


def posting(roles: Iterable[str], countries: frozenset[str]) -> Sight:
    """For which countries a caller may bring in warnings: a wing for its own, the others for all."""
    held = set(roles)
    return Sight(bool(held & {"supervisor", "admin", "service"}) or "*" in countries, countries)


def refuse_foreign(concerned: Collection[str], acted_on: Iterable[Collection[str]], posting: Sight) -> None:
    """A wing brings in warnings that concern a country of its own, whomever else they concern: a danger knows no border.

    But by its own word, and in ending what stands, it acts on its own countries alone (design §5): `acted_on` are the countries that it
    names, and those of each warning that the message would take back or replace. Raises `NotYourCountryError`, `NotOnlyYourCountryError`.
    """
    if posting.everything:
        return
    if not any(posting.covers(country) for country in concerned):
        raise NotYourCountryError
    if not all(posting.covers(country) for countries in acted_on for country in countries):
        raise NotOnlyYourCountryError


def principal(message: Message) -> Info | None:
    """The information that speaks for the message: the gravest, and of equals the first. A Cancel may have none."""
    return max(message.infos, key=lambda info: _WEIGHT[info.severity], default=None)


def headlines(message: Message) -> dict[str, str]:
    """The first headline of each language, by its primary tag (BCP 47), in the order of the message."""
    found: dict[str, str] = {}
    for info in message.infos:
        line = info.headline or info.event
        if line:
            found.setdefault(info.language.split("-")[0], line)
    return found


def title(severity: Severity, status: MessageStatus, countries: Iterable[str]) -> Text:
    """A line made of codes, so that a warning in any language has one in English and in Bangla. A drill says so first."""
    names = [country_names()[code] for code in countries]
    parts = [
        *([MESSAGE_STATUS_WORDS[status]] if status is not MessageStatus.ACTUAL else []),
        SEVERITY_WORDS[severity],
        Text(", ".join(name.en for name in names), ", ".join(name.bn for name in names)),
    ]
    return Text(" · ".join(part.en for part in parts if part.en), " · ".join(part.bn for part in parts if part.bn))
