"""How a file of many persons goes its way: received, judged, released by a second person, taken. Nothing counts before the release.

Four eyes, because one wrong file would put a million wrong people into every warning (mission anchors, L5: an import is the act of two).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError, InvalidError, NotFoundError
from kit.text import search_key
from services.registry.imports.rows.lists import Lists


class State(StrEnum):
    """`judging` and `taking` are the machine's work; all else waits for a person or is over."""

    RECEIVING = "receiving"
    RECEIVED = "received"
    JUDGING = "judging"
    JUDGED = "judged"
    TAKING = "taking"
    TAKEN = "taken"
    REFUSED = "refused"
    FAILED = "failed"
    LAPSED = "lapsed"


OVER: Final = frozenset({State.TAKEN, State.REFUSED, State.FAILED, State.LAPSED})
WORKED_ON: Final = frozenset({State.JUDGING, State.TAKING})


class NoTableError(InvalidError):
    slug = "not-a-table"
    title = Text("This file cannot be read as a table.", "ফাইলটি টেবিল হিসেবে পড়া যায়নি।")


KINDS_OF_FILE: Final[Mapping[str, Text]] = {
    "workbook": Text(
        "This is an Excel workbook. Save it as CSV UTF-8 and send that.", "এটি এক্সেল ফাইল। CSV UTF-8 হিসেবে সংরক্ষণ করে সেটি পাঠান।"
    ),
    "old_workbook": Text(
        "This is an old Excel file, or a protected one. Save it as CSV UTF-8 and send that.",
        "এটি পুরোনো বা পাসওয়ার্ড দেওয়া এক্সেল ফাইল। CSV UTF-8 হিসেবে সংরক্ষণ করে সেটি পাঠান।",
    ),
    "utf_16": Text("The text is UTF-16. Save the file as CSV UTF-8.", "লেখাটি UTF-16। ফাইলটি CSV UTF-8 হিসেবে সংরক্ষণ করুন।"),
    "not_utf8": Text(
        "The names of the columns are not UTF-8. Save the file as CSV UTF-8; text in Bijoy (SutonnyMJ) must be turned into Unicode first.",
        "কলামের নামগুলো UTF-8 নয়। ফাইলটি CSV UTF-8 হিসেবে সংরক্ষণ করুন; বিজয় (SutonnyMJ) ফন্টের লেখা আগে ইউনিকোডে রূপান্তর করুন।",
    ),
    "no_lines": Text("The first line does not end: this is no table.", "প্রথম লাইনের শেষ নেই: এটি টেবিল নয়।"),
    "empty": Text("The first row must name the columns.", "প্রথম সারিতে কলামগুলোর নাম থাকতে হবে।"),
    "too_wide": Text("There are more columns than are read.", "কলামের সংখ্যা অনুমোদিত সীমার চেয়ে বেশি।"),
}


class UnknownImportError(NotFoundError):
    slug = "unknown-import"
    title = Text("No import with this number is known.", "এই নম্বরের কোনো আমদানি নেই।")


class WrongOffsetError(ConflictError):
    """`offset` says from which byte on to send."""

    slug = "wrong-offset"
    title = Text("This part does not follow what is here already.", "এই অংশটি আগের অংশের পরের নয়।")


class IncompleteError(ConflictError):
    slug = "upload-incomplete"
    title = Text("Some parts of the file are still missing.", "ফাইলের কিছু অংশ এখনো আসেনি।")


class WrongStateError(ConflictError):
    slug = "import-in-another-state"
    title = Text("This import is not at that step.", "এই আমদানি এখন সেই ধাপে নেই।")


class OwnImportError(ConflictError):
    """Four eyes."""

    slug = "own-import"
    title = Text(
        "Who brought a file does not release it: ask a colleague to look at the sample and the report.",
        "যিনি ফাইল দিয়েছেন তিনি নিজে ছাড়তে পারেন না: একজন সহকর্মীকে নমুনা ও প্রতিবেদন দেখতে বলুন।",
    )


class NothingToTakeError(ConflictError):
    slug = "nothing-to-take"
    title = Text("No row of this file can be taken.", "এই ফাইলের কোনো সারি নেওয়ার মতো নয়।")


class ColumnsMissingError(InvalidError):
    slug = "columns-missing"
    title = Text(
        "Choose at least a column with names, a column with countries or one country for all rows, and a column with a paper's or a "
        "telephone number.",
        "অন্তত নামের একটি কলাম, দেশের কলাম অথবা সব সারির জন্য একটি দেশ, এবং কাগজের নম্বর বা ফোন নম্বরের একটি কলাম বেছে নিন।",
    )


class ColumnTwiceError(InvalidError):
    slug = "column-twice"
    title = Text("One column cannot mean two things, nor one that is not there.", "একটি কলামের দুটি অর্থ হতে পারে না, যে কলাম নেই সেটিও নয়।")


class NotAnImporterError(ConflictError):
    slug = "not-an-importer"
    title = Text("Your office does not import files into the register.", "আপনার দপ্তর নিবন্ধনে ফাইল আমদানি করে না।")


def may_import(roles: frozenset[str], lists: Lists) -> bool:
    return "admin" in roles or not roles.isdisjoint(lists.roles)


def proposed_columns(headers: Sequence[str], lists: Lists) -> dict[str, int]:
    """Which column is what, by what it is called; the first of two that are called alike."""
    known = lists.of_header()
    found: dict[str, int] = {}
    for place, header in enumerate(headers):
        if code := known.get(search_key(header)):
            found.setdefault(code, place)
    return found


_TELLS_APART: Final = frozenset({"passport", "nid", "bmet", "phone", "kin_phone", "email"})


def check_columns(columns: Mapping[str, int], width: int, country: str | None, lists: Lists) -> None:
    """Raises `ColumnsMissingError`, `ColumnTwiceError`."""
    places = list(columns.values())
    if len(set(places)) < len(places) or not set(columns) <= lists.codes or not all(0 <= one < width for one in places):
        raise ColumnTwiceError
    has_name = not {"name", "name_bn"}.isdisjoint(columns)
    if not has_name or ("country" not in columns and country is None) or _TELLS_APART.isdisjoint(columns):
        raise ColumnsMissingError


def useful_part(*, received: int, offset: int, size: int, length: int) -> slice | None:
    """Which bytes of a part that comes at `offset` are new; None where it begins after what is here, or would go past the end.

    A part that was sent again because its answer was lost overlaps what is here already: only its rest is taken.
    """
    if offset > received or offset + size > length:
        return None
    return slice(min(received - offset, size), size)


def seconds_left(read_to: int, length: int, pace: float | None) -> int | None:
    """None as long as nobody can know."""
    return round(max(0, length - read_to) / pace) if pace else None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is compared of somebody who is in the register already: no plain value is needed."""

    country: str
    is_abroad: bool
    name_key: bytes | None
    papers: frozenset[bytes]
    contacts: frozenset[bytes]


def says_the_same(standing: Standing, *, country: str, name_key: bytes | None, papers: Sequence[bytes], contacts: Sequence[bytes]) -> bool:
    """Whether a row adds nothing: the same country and sound of name, and no paper or contact that is not there."""
    return (
        standing.is_abroad
        and standing.country == country
        and standing.name_key == name_key
        and standing.papers.issuperset(papers)
        and standing.contacts.issuperset(contacts)
    )
