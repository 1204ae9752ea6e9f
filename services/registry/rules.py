"""What the register decides, without looking at a clock, a database or the network.

Who is abroad is known from what people say of themselves and from files of the Bureau; where they are is never certain. So a person has
several places, each with its kind, date and source, and whoever acts on one is told how far it can be believed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, IntFlag, StrEnum
from typing import Final

from contracts.persons import AgeBand
from contracts.text import Text
from kit.papers import NID_LENGTHS, document_key


class Kind(StrEnum):
    WORKER = "worker"
    STUDENT = "student"
    DIASPORA = "diaspora"
    FAMILY = "family"
    SEAFARER = "seafarer"
    OTHER = "other"


class State(StrEnum):
    """Only who is `abroad` is warned. `withdrawn`: the person asked to be forgotten; nothing but the row's id is left."""

    ABROAD = "abroad"
    HOME = "home"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"


class Source(StrEnum):
    """Who told the register. `outreach`: the person, by the link of a warning."""

    SELF = "self"
    WING = "wing"
    NGO = "ngo"
    UDC = "udc"
    AGENT = "agent"
    OUTREACH = "outreach"
    IMPORT = "import"


class Flag(IntFlag):
    """Who is helped first in a crisis (MICIC Guidelines, 3 and 10; domain facts §4.2). Kept as bits: a million are counted at once."""

    CHILD = 1
    PREGNANT = 2
    DISABLED = 4
    ILL = 8
    DOMESTIC_WORKER = 16
    DETAINED = 32
    NO_PHONE = 64

    @property
    def code(self) -> str:
        return str(self.name).lower()


FLAG_CODES: Final[tuple[str, ...]] = tuple(one.code for one in Flag)


class PlaceKind(IntEnum):
    """The number is stored; the smaller, the closer it tells where a person is now."""

    DETENTION = 1
    CHECKIN = 2
    AT_SEA = 3
    TRANSIT = 4
    LAST_BORDER = 5
    DECLARED = 6
    HOME = 7
    WORK_SITE = 8
    EMPLOYER_REGION = 9

    @property
    def code(self) -> str:
        return self.name.lower()


PLACE_CODES: Final[tuple[str, ...]] = tuple(one.code for one in PlaceKind)


class DocumentKind(StrEnum):
    PASSPORT = "passport"
    NID = "nid"
    TRAVEL_PERMIT = "travel_permit"
    BMET = "bmet"
    BIRTH = "birth"
    OTHER = "other"


class ContactKind(StrEnum):
    """`phone` takes calls and texts."""

    PHONE = "phone"
    WHATSAPP = "whatsapp"
    EMAIL = "email"


class Whose(StrEnum):
    OWN = "own"
    FAMILY = "family"
    EMPLOYER = "employer"


class NidMark(StrEnum):
    """Whether the number was compared with the Election Commission's register. Nobody is refused for any of the three."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    NOT_ASKED = "not_asked"


def flags_of(codes: Iterable[str]) -> Flag:
    """Raises `KeyError` for a code that is none."""
    found = Flag(0)
    for code in codes:
        found |= Flag[code.upper()]
    return found


def flag_codes(flags: int) -> list[str]:
    return [one.code for one in Flag if flags & one]


def judged_flags(said: Flag, *, age_band: AgeBand, has_own_contact: bool, in_detention: bool) -> Flag:
    """What a person says, and what follows from the rest: their age, no way to reach them, a place of detention."""
    found = said
    if age_band is AgeBand.UNDER_18:
        found |= Flag.CHILD
    if not has_own_contact:
        found |= Flag.NO_PHONE
    return found | Flag.DETAINED if in_detention else found


_BANDS: Final = ((18, AgeBand.UNDER_18), (25, AgeBand.FROM_18), (35, AgeBand.FROM_25), (45, AgeBand.FROM_35))


def age_band_of(birth_year: int | None, said: AgeBand, year: int) -> AgeBand:
    """What was said; else by the year of birth, counted to the end of `year`: nobody is taken for grown who may be a child."""
    if said is not AgeBand.UNKNOWN or birth_year is None:
        return said
    age = year - birth_year - 1
    return next((band for below, band in _BANDS if age < below), AgeBand.FROM_45)


_PASSPORT: Final = re.compile(r"[A-Z0-9]{7,9}")
BIRTH_LENGTH: Final = 17


def odd_document(kind: str, number: str, birth_year: int | None) -> Text | None:
    """What is unusual about a number that is taken all the same: somebody looks once more, nobody is refused (domain facts §5)."""
    key = document_key(number)
    if kind == DocumentKind.NID:
        return _odd_nid(key, birth_year)
    if kind == DocumentKind.PASSPORT and not _PASSPORT.fullmatch(key):
        return Text("The passport number has an unusual length.", "পাসপোর্ট নম্বরের দৈর্ঘ্য স্বাভাবিক নয়।")
    if kind == DocumentKind.BIRTH and not (key.isdecimal() and len(key) == BIRTH_LENGTH):
        return Text("A birth registration number has 17 digits.", "জন্ম নিবন্ধন নম্বর ১৭ অঙ্কের হয়।")
    return None


def _odd_nid(key: str, birth_year: int | None) -> Text | None:
    if not key.isdecimal() or len(key) not in NID_LENGTHS:
        return Text("An identity card number has 10, 13 or 17 digits.", "জাতীয় পরিচয়পত্র নম্বর ১০, ১৩ বা ১৭ অঙ্কের হয়।")
    if len(key) == max(NID_LENGTHS) and birth_year is not None and key[:4] != str(birth_year):
        return Text(
            "The identity card number begins with another year than the year of birth.",
            "জাতীয় পরিচয়পত্র নম্বরের প্রথম চার অঙ্ক জন্মসালের সঙ্গে মেলে না।",
        )
    return None


PREFIX: Final = "N"
AFTER_REGISTRATION: Final = Text(
    "Keep the reference and the secret. With them you change what you said, from any phone. In a danger near you, you are told.",
    "রেফারেন্স ও গোপন নম্বরটি যত্ন করে রাখুন। এগুলো দিয়ে যেকোনো ফোন থেকে আপনার তথ্য বদলাতে পারবেন। কাছাকাছি বিপদ হলে আপনাকে জানানো হবে।",
)
SECRET_WORDS: Final = Text(
    "Show this number to nobody. Whoever has it can change where you are said to be.",
    "এই নম্বর কাউকে দেখাবেন না। এটি জানা থাকলে অন্য কেউ আপনার অবস্থান বদলে দিতে পারে।",
)
# Quicker than anybody can read the form.
HASTY_S: Final = 3
OF_ONE_NUMBER: Final = 5


class Doubt(StrEnum):
    """What seemed odd about a registration by an open door. It is taken; a person may look."""

    TRAP = "trap"
    HASTY = "hasty"
    MANY_OF_NUMBER = "many_of_number"


def doubts(*, of_number: int, filled_in_s: int | None, trap: str) -> list[Doubt]:
    """`of_number`: how many others have the same number of their own; a whole room may share one phone, so that few say nothing."""
    found = {
        Doubt.TRAP: bool(trap),
        Doubt.HASTY: filled_in_s is not None and filled_in_s < HASTY_S,
        Doubt.MANY_OF_NUMBER: of_number >= OF_ONE_NUMBER,
    }
    return [one for one, is_so in found.items() if is_so]


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which persons a caller may see at all; every search, list and read narrows by it. Parts are joined by *or*."""

    everything: bool
    countries: frozenset[str]
    registered_by: str
    registered_by_orgs: frozenset[str]


def visibility(*, roles: Iterable[str], subject: str, countries: frozenset[str], orgs: frozenset[str]) -> Visibility:
    """The supervisor and the call centre may find anybody, a wing who is in its countries, a partner whom it registered itself.

    To find is by an exact number or reference: nobody looks through the register on an ordinary day (`emergency`).
    """
    held = frozenset(roles)
    return Visibility(
        everything=bool(held & {"supervisor", "agent"}) or ("wing" in held and "*" in countries),
        countries=countries if "wing" in held else frozenset(),
        registered_by=subject,
        registered_by_orgs=orgs,
    )


def is_fresh(observed_at: datetime, fresh_days: int, now: datetime) -> bool:
    """Whether somebody who was there is still taken to be there."""
    return observed_at >= now - timedelta(days=fresh_days)
