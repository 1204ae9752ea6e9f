"""What the complaints service decides, without looking at a clock, a database or the network."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts.text import Text

# In front of each reference: `C-7K3M-92QX`.
PREFIX: Final = "C"


class Channel(StrEnum):
    PHONE = "phone"
    WEB = "web"
    COUNTER = "counter"
    WING = "wing"
    UDC = "udc"
    NGO = "ngo"
    SMS = "sms"
    WHATSAPP = "whatsapp"


class Relation(StrEnum):
    SELF = "self"
    FAMILY = "family"
    OTHER = "other"
    ANONYMOUS = "anonymous"


class RespondentKind(StrEnum):
    AGENCY = "agency"
    SUB_AGENT = "sub_agent"
    EMPLOYER = "employer"
    OFFICE = "office"
    UNKNOWN = "unknown"


class Category(StrEnum):
    """What clocks and reports read of a status; its label is for people."""

    OPEN = "open"
    PAUSED = "paused"
    RESOLVED = "resolved"


class Status(StrEnum):
    LODGED = "lodged"
    ASSIGNED = "assigned"
    INVESTIGATING = "investigating"
    HEARING = "hearing"
    MEDIATION = "mediation"
    ARBITRATION = "arbitration"
    WAITING = "waiting"
    FOR_APPROVAL = "for_approval"
    RESOLVED = "resolved"
    MERGED = "merged"


STATUS_WORDS: Final = {
    Status.LODGED: Text("Received", "গৃহীত হয়েছে"),
    Status.ASSIGNED: Text("With an officer", "একজন কর্মকর্তার কাছে আছে"),
    Status.INVESTIGATING: Text("Being investigated", "তদন্ত চলছে"),
    Status.HEARING: Text("Hearing", "শুনানি চলছে"),
    Status.MEDIATION: Text("Mediation", "মধ্যস্থতা চলছে"),
    Status.ARBITRATION: Text("Arbitration", "সালিশ চলছে"),
    Status.WAITING: Text("Waiting for the complainant", "অভিযোগকারীর উত্তরের অপেক্ষায়"),
    Status.FOR_APPROVAL: Text("Decision is being checked", "সিদ্ধান্ত যাচাই হচ্ছে"),
    Status.RESOLVED: Text("Decided", "সিদ্ধান্ত হয়েছে"),
    Status.MERGED: Text("Joined with another complaint", "অন্য অভিযোগের সঙ্গে যুক্ত হয়েছে"),
}
_CATEGORIES: Final = {Status.WAITING: Category.PAUSED, Status.RESOLVED: Category.RESOLVED, Status.MERGED: Category.RESOLVED}


def category_of(status: Status) -> Category:
    return _CATEGORIES.get(status, Category.OPEN)


NEXT_STEP: Final = Text(
    "An officer reads the complaint and contacts the person named for contact. Investigation is due within 30 working days of receipt.",
    "একজন কর্মকর্তা অভিযোগটি পড়বেন এবং যোগাযোগের জন্য দেওয়া ব্যক্তির সঙ্গে কথা বলবেন। গ্রহণের ৩০ কার্যদিবসের মধ্যে তদন্ত শেষ হওয়ার কথা।",
)

NEXT_STEP_UNSAFE: Final = Text(
    "The caller is not safe now: hand over to the supervisor on duty at once. Do not call back a number that is not safe.",
    "ফোনকারী এখন নিরাপদ নন: এখনই দায়িত্বরত সুপারভাইজারকে জানান। নিরাপদ নয় এমন নম্বরে ফোন করবেন না।",
)


def next_step(*, caller_safe: bool | None) -> Text:
    """What the person who logs the complaint does now. 30 working days: OEMA 2013 s.41(2)."""
    return NEXT_STEP_UNSAFE if caller_safe is False else NEXT_STEP


GRAVEST: Final = 4


def severity_of(default: int, *, caller_safe: bool | None) -> int:
    """That of the category; the gravest while the person says that they are not safe, whatever it is about and by whatever door."""
    return GRAVEST if caller_safe is False else default


def named_in_event(licence: str | None, *, restricted: bool) -> str | None:
    """The licence that an event may carry: none for a restricted complaint, lest the agency learn who complained (design §4)."""
    return None if restricted else licence


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which complaints a caller may see at all; every list, count and look-up narrows by it. Parts are joined by *or*.

    `about` narrows all of them: an office never sees a complaint about itself, whoever lodged it.
    """

    subject: str
    everything: bool = False
    restricted: bool = False
    offices: frozenset[str] = frozenset()
    restricted_of_office: bool = False
    districts: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    orgs: frozenset[str] = frozenset()
    against_licences: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()


def visibility(
    *,
    roles: Iterable[str],
    subject: str,
    districts: frozenset[str],
    countries: frozenset[str],
    orgs: frozenset[str],
    licences: frozenset[str],
    offices: frozenset[str],
) -> Visibility:
    """Who sees which complaints. A restricted one: whoever took it, its officer, the office that holds it, and the supervisor.

    The call centre sees all that is not restricted, an office what it holds and its district or countries, a partner and a counter what
    it lodged, an agency what is said against its own licence. `offices`: those in which the caller works.
    """
    held = set(roles)
    return Visibility(
        subject=subject,
        everything=bool(held & {"agent", "supervisor", "decider"}),
        restricted="supervisor" in held,
        offices=offices,
        restricted_of_office=bool(held & {"supervisor", "officer", "demo", "wing", "wewb"}),
        districts=districts if "demo" in held else frozenset(),
        countries=countries if "wing" in held else frozenset(),
        orgs=orgs if held & {"ngo", "udc"} else frozenset(),
        against_licences=licences if "agency" in held else frozenset(),
        about=offices,
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a complaint stands: what decides how a caller relates to it.

    `entrusted`: its officer, who checks the officer's proposal, and who broke the glass, for as long as that lasts.
    """

    lodged_by: str
    lodged_by_org: str | None
    entrusted: frozenset[str]
    offices: frozenset[str]
    district: str | None
    country: str
    licence: str | None


def relations(place: Place, visible: Visibility, roles: Iterable[str]) -> frozenset[str]:
    """How a caller stands to one complaint, in the words of the policy `contracts/policies/complaints.yaml`."""
    found = set()
    if place.lodged_by == visible.subject or place.lodged_by_org in visible.orgs:
        found.add("intake")
    if visible.subject in place.entrusted:
        found.add("assigned")
    in_area = _among(place.district, visible.districts) or _among(place.country, visible.countries)
    if visible.everything or in_area or place.offices & visible.offices:
        found.add("office")
    if "agency" in set(roles) and place.licence is not None and place.licence in visible.against_licences:
        found.add("respondent")
    return frozenset(found or {"none"})


PURPOSES: Final = {"intake": "intake", "assigned": "handling", "office": "handling", "respondent": "answering"}


def _among(code: str | None, codes: frozenset[str]) -> bool:
    return "*" in codes or code in codes
