"""What may be returned of Safe Migration Committees (framework 6.4.1.4), and how it is told so that nobody is found in it. Pure.

Committees are bodies: how many were formed, met or were trained is told at once. Cases that they referred are people: these are told by
district only, once the late returns of the quarter are in, with small counts left out; what is returned after that day changes no number
that was told, for the two could be subtracted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from contracts.text import Text
from kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from kit.text import search_key
from services.monitor.evidence.rules import table_of

Office = Literal["district", "ministry"]


_SAYS_UPAZILA: Final = frozenset(map(search_key, ("upazila", "upazilla", "upozila", "উপজেলা")))


def place_of(upazila: str) -> str:
    """What two spellings of one upazila share: "Muradnagar Upazila" is Muradnagar. There is no list to hold them against."""
    *before, last = search_key(upazila).split() or [upazila]
    return " ".join(before) if before and last in _SAYS_UPAZILA else " ".join([*before, last])


class UnknownReturnError(NotFoundError):
    slug = "unknown-committee-return"
    title = Text("There is no such return.", "এমন কোনো প্রতিবেদন নেই।")


class OtherDistrictError(ForbiddenError):
    slug = "committees-of-another-district"
    title = Text("You return the committees of your own district only.", "আপনি কেবল নিজের জেলার কমিটির তথ্য দিতে পারেন।")


class ReturnedAlreadyError(ConflictError):
    slug = "quarter-returned-already"
    title = Text(
        "This quarter of this upazila is returned already. Open that return and correct it, saying why: both versions stay.",
        "এই উপজেলার এই ত্রৈমাসিকের তথ্য আগেই দেওয়া হয়েছে। আগের তথ্যটি খুলে কারণ জানিয়ে সংশোধন করুন: দুটি সংস্করণই থাকবে।",
    )


class QuarterNotOverError(ConflictError):
    slug = "quarter-not-over"
    title = Text("A quarter is returned when it is over.", "ত্রৈমাসিক শেষ হলে তবেই তার তথ্য দেওয়া যায়।")


class QuarterTooEarlyError(InvalidError):
    slug = "quarter-too-early"
    title = Text(
        "No return is asked for this quarter: it lies before the framework's first.", "এই ত্রৈমাসিক কাঠামোর শুরুর আগের: এর তথ্য চাওয়া হয়নি।"
    )


class CountsError(InvalidError):
    slug = "committee-counts"
    title = Text(
        "No more committees can be formed than there are unions, nor meet or be trained than are formed; without one nobody is referred.",
        "কমিটির সংখ্যা ইউনিয়নের চেয়ে বেশি হতে পারে না; সভা করা বা প্রশিক্ষণ পাওয়া কমিটি গঠিত কমিটির চেয়ে বেশি হতে পারে না; কমিটি না থাকলে কেউ পাঠানোও হয়নি।",
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """`formed`: committees that there are at the end of the quarter; `met`, `trained`: of these, in it. `referred`: cases, so people."""

    unions: int
    formed: int
    met: int
    trained: int
    referred: int


class Counted(Protocol):
    @property
    def district(self) -> str: ...
    @property
    def unions(self) -> int: ...
    @property
    def formed(self) -> int: ...
    @property
    def met(self) -> int: ...
    @property
    def trained(self) -> int: ...
    @property
    def referred(self) -> int: ...


def judge_counts(counts: Counts) -> None:
    """Raises `CountsError`."""
    holds = counts.formed <= counts.unions and max(counts.met, counts.trained) <= counts.formed
    if not holds or (counts.referred and not counts.formed):
        raise CountsError


def judge_quarter(quarter: str, first: str, newest: str) -> None:
    """`newest`: the quarter that ended last. Raises `QuarterNotOverError`, `QuarterTooEarlyError`."""
    if quarter > newest:
        raise QuarterNotOverError
    if quarter < first:
        raise QuarterTooEarlyError


def first_meeting(before: Sequence[int], met: int) -> bool:
    """Whether this version is the first to tell that committees met: one fact, however often it is corrected."""
    return met > 0 and not any(before)


WHOLE: Final = "all"


@dataclass(frozen=True, slots=True)
class Summed:
    """Of one district, or of all. `referred`: None where it is left out or not told yet."""

    upazilas: int
    unions: int
    formed: int
    met: int
    trained: int
    referred: int | None


def summed(returns: Iterable[Counted], referred: Mapping[str, int] | None) -> dict[str, Summed]:
    """By district, and `all`. `referred`: of each district as it stood on the day of publication; None before it."""
    rows = list(returns)
    table = table_of("", referred or {})
    told = referred is not None and table.facts is not None

    def cases(district: str) -> int | None:
        # What counts nobody is in no table of counts; a district that returned nothing in time is not told as 0.
        return table.parts.get(district, 0) if told and referred is not None and district in referred else None

    found = {district: _sum([one for one in rows if one.district == district], cases(district)) for district in _districts(rows)}
    return {WHOLE: _sum(rows, table.facts if referred is not None else None), **found}


def _districts(rows: Iterable[Counted]) -> list[str]:
    return sorted({one.district for one in rows})


def _sum(rows: Sequence[Counted], referred: int | None) -> Summed:
    return Summed(
        upazilas=len(rows),
        unions=sum(one.unions for one in rows),
        formed=sum(one.formed for one in rows),
        met=sum(one.met for one in rows),
        trained=sum(one.trained for one in rows),
        referred=referred,
    )


def cases_by_district(returns: Iterable[Counted]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in returns:
        found[one.district] = found.get(one.district, 0) + one.referred
    return found


def changed_since(now: Mapping[str, int], told: Mapping[str, int]) -> int:
    """How many cases returns say otherwise than when they were told, whichever way."""
    return sum(abs(now.get(one, 0) - told.get(one, 0)) for one in {*now, *told})
