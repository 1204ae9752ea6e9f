"""What the complaints service decides, without looking at a clock, a database or the network."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts.text import Text


class Channel(StrEnum):
    PHONE = "phone"
    WEB = "web"
    COUNTER = "counter"
    WING = "wing"
    UDC = "udc"
    NGO = "ngo"


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


class Status(StrEnum):
    LODGED = "lodged"


STATUS_WORDS: Final = {Status.LODGED: Text("Received", "গৃহীত হয়েছে")}

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


def named_in_event(licence: str | None, *, restricted: bool) -> str | None:
    """The licence that an event may carry: none for a restricted complaint, lest the agency learn who complained (design §4)."""
    return None if restricted else licence


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which complaints a caller may see at all; every list, count and look-up narrows by it. Parts are joined by *or*."""

    everything: bool = False
    restricted: bool = False
    districts: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    lodged_by: str | None = None
    lodged_by_orgs: frozenset[str] = frozenset()
    against_licences: frozenset[str] = frozenset()


def visibility(
    *,
    roles: Iterable[str],
    subject: str,
    districts: frozenset[str],
    countries: frozenset[str],
    orgs: frozenset[str],
    licences: frozenset[str],
) -> Visibility:
    """Who sees which complaints; restricted ones only the supervisor and whoever took the complaint.

    The call centre sees all the others, an office its district or countries, a partner and a counter what it lodged, an agency what
    is said against its own licence.
    """
    held = set(roles)
    return Visibility(
        everything=bool(held & {"agent", "supervisor", "decider"}),
        restricted="supervisor" in held,
        districts=districts if "demo" in held else frozenset(),
        countries=countries if "wing" in held else frozenset(),
        lodged_by=subject,
        lodged_by_orgs=orgs if held & {"ngo", "udc"} else frozenset(),
        against_licences=licences if "agency" in held else frozenset(),
    )


def relations(
    *, roles: Iterable[str], own: bool, district: str | None, country: str, licence: str | None, visible: Visibility
) -> frozenset[str]:
    """How a caller stands to one complaint, in the words of the policy `contracts/policies/complaints.yaml`."""
    held, found = set(roles), set()
    if own:
        found.add("intake")
    if visible.everything or _among(district, visible.districts) or _among(country, visible.countries):
        found.add("office")
    if "agency" in held and licence is not None and licence in visible.against_licences:
        found.add("respondent")
    return frozenset(found or {"none"})


PURPOSES: Final = {"intake": "intake", "office": "handling", "respondent": "answering"}


def _among(code: str | None, codes: frozenset[str]) -> bool:
    return "*" in codes or code in codes
