"""What the reintegration service decides, without looking at a clock, a database or the network."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.days import DHAKA
from contracts.text import Text
from kit.errors import ConflictError
from kit.papers import NID_LENGTHS, document_key
from kit.text import in_bengali_digits


class CaseStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


STATUS_WORDS: Final[Mapping[CaseStatus, Text]] = {
    CaseStatus.OPEN: Text("Open", "চলমান"),
    CaseStatus.CLOSED: Text("Closed", "সমাপ্ত"),
}
EARLIEST_RETURN: Final = date(1970, 1, 1)
AFTER_REGISTRATION: Final = Text(
    "Keep the reference number. The next step is to open a case: tell the officer what help is needed.",
    "রেফারেন্স নম্বরটি যত্ন করে রাখুন। পরবর্তী ধাপ কেস খোলা: কী ধরনের সহায়তা দরকার তা কর্মকর্তাকে জানান।",
)
_NOT_YET: Final = Text("The date of return lies in the future.", "ফেরার তারিখ আজকের পরের হতে পারে না।")
_BEFORE_DEPARTURE: Final = Text("The date of return lies before the departure.", "ফেরার তারিখ বিদেশ যাওয়ার তারিখের আগে হতে পারে না।")
_TOO_EARLY: Final = Text("The date of return must be in 1970 or later.", "ফেরার তারিখ ১৯৭০ সাল বা তার পরের হতে হবে।")
_NO_RETURN: Final = Text("Choose the country from which the person came back.", "যে দেশ থেকে ফিরেছেন সেই দেশ বেছে নিন।")


class CaseAlreadyOpenError(ConflictError):
    slug = "case-already-open"
    title = Text(
        "This returnee has an open case already: one case at a time.", "এই প্রত্যাগতের একটি কেস চলমান আছে: একসঙ্গে একটির বেশি কেস খোলা যায় না।"
    )


def checked_return_day(returned_on: date, latest: date) -> date:
    """`latest` by the calendar of Dhaka: today, or further where a return is planned. Raises `ValueError(Text)`."""
    if returned_on > latest:
        raise ValueError(_NOT_YET)
    if returned_on < EARLIEST_RETURN:
        raise ValueError(_TOO_EARLY)
    return returned_on


def check_stay(departed_on: date | None, returned_on: date) -> None:
    """Raises `ValueError(Text)` for a return before the departure."""
    if departed_on is not None and departed_on > returned_on:
        raise ValueError(_BEFORE_DEPARTURE)


_PASSPORT: Final = re.compile(r"[A-Z0-9]{7,9}")


def checked_nid(number: str) -> str:
    """The digits of a national identity card number: 10 (smart card), 13, or 17 (year of birth and 13). Raises `ValueError(Text)`.

    No check digit is judged: its rule is not published. Source: domain facts §5 (confidence B).
    """
    key = document_key(number)
    if not key.isdecimal() or len(key) not in NID_LENGTHS:
        raise ValueError(
            Text(
                f"An identity card number has 10, 13 or 17 digits; this one has {len(key)}. Read it once more, or leave it empty.",
                f"জাতীয় পরিচয়পত্র নম্বর ১০, ১৩ বা ১৭ অঙ্কের হয়; এখানে {in_bengali_digits(str(len(key)))}টি। আবার মিলিয়ে দেখুন, অথবা খালি রাখুন।",
            )
        )
    return key


def odd_paper(kind: str, number: str, birth_year: int | None) -> Text | None:
    """What is unusual about a number that is taken all the same: the officer looks once more, nobody is refused."""
    key = document_key(number)
    if kind == "nid" and len(key) == max(NID_LENGTHS) and birth_year is not None and key[:4] != str(birth_year):
        return Text(
            "The identity card number begins with another year than the year of birth.",
            "জাতীয় পরিচয়পত্র নম্বরের প্রথম চার অঙ্ক জন্মসালের সঙ্গে মেলে না।",
        )
    if kind == "passport" and not _PASSPORT.fullmatch(key):
        return Text("The passport number has an unusual length.", "পাসপোর্ট নম্বরের দৈর্ঘ্য স্বাভাবিক নয়।")
    return None


def odd_clock(device_at: datetime | None, now: datetime) -> Text | None:
    """Of a registration that was written without a connection: the clock of the device is told apart from ours, and never believed."""
    if device_at is None or device_at <= now + CLOCK_TOLERANCE:
        return None
    return Text(
        "The clock of the device runs ahead: the time of arrival here is kept.", "ডিভাইসের ঘড়ি এগিয়ে আছে: এখানে পৌঁছানোর সময়টি রাখা হয়েছে।"
    )


CLOCK_TOLERANCE: Final = timedelta(minutes=10)


def checked_origin(country: str) -> str:
    """Raises `ValueError(Text)` for Bangladesh itself."""
    if country == "BD":
        raise ValueError(_NO_RETURN)
    return country


def plan_due(returned_on: date, registered_on: date, days: int) -> date:
    """The day by which a plan is made: counted from the later of return and registration, since many register long after they came.

    IOM Reintegration Handbook, 2.3: a plan for each returnee, preferably within one month of return.
    """
    return max(returned_on, registered_on) + timedelta(days=days)


def plan_due_of(returned_on: date, registered_at: datetime, days: int) -> date:
    """As `plan_due`, from the moment of registration: its day is the one that a desk in Bangladesh had."""
    return plan_due(returned_on, registered_at.astimezone(DHAKA).date(), days)


def after_opening(due: date) -> Text:
    """What happens next, for the person across the desk."""
    return Text(
        f"Keep the reference number. An officer makes a plan with you by {due:%-d %B %Y}.",
        f"রেফারেন্স নম্বরটি যত্ন করে রাখুন। {in_bengali_digits(f'{due:%d-%m-%Y}')} তারিখের মধ্যে একজন কর্মকর্তা আপনার সঙ্গে পরিকল্পনা তৈরি করবেন।",
    )


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which returnees a caller may see at all; every list, search and look-up narrows by it. Parts are joined by *or*."""

    everything: bool
    districts: frozenset[str]
    restricted_everywhere: bool
    registered_by: str
    registered_by_orgs: frozenset[str]
    before_flight_from: frozenset[str] = frozenset()

    def widened(self) -> "Visibility":
        """Everybody but for restricted records."""
        return replace(self, everything=True)


def visibility(
    *, roles: Iterable[str], subject: str, districts: frozenset[str], orgs: frozenset[str], countries: frozenset[str] = frozenset()
) -> Visibility:
    """WEWB and the supervisor see all, a DEMO its districts; the airport desk, a digital centre and a partner what they registered.

    A wing sees whom it or a colleague registered before the flight from one of its countries.

    A restricted record: the DEMO of the district, who registered it, and the supervisor.
    """
    held = set(roles)
    return Visibility(
        everything=bool(held & {"wewb", "supervisor"}),
        districts=districts if "demo" in held else frozenset(),
        restricted_everywhere="supervisor" in held,
        registered_by=subject,
        registered_by_orgs=orgs if held & {"airport", "udc", "ngo"} else frozenset(),
        before_flight_from=countries if "wing" in held else frozenset(),
    )
