"""What a row of a spreadsheet says, and what is wrong with it, in both languages. Pure: what stands in the register is handed in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from contracts.places import districts
from contracts.text import Text
from kit.errors import InvalidError, NotFoundError, TooLargeError
from kit.text import clean_line, day_of, digits, in_bengali_digits, search_key
from services.agencies.rules import LicenceStatus


class SpreadsheetTooLargeError(TooLargeError):
    slug = "spreadsheet-too-large"
    title = Text(
        "The file is too large: at most 5 MB, 20,000 rows and 60 columns. Split it.",
        "ফাইলটি খুব বড়: সর্বোচ্চ ৫ এমবি, ২০,০০০ সারি ও ৬০টি কলাম। ভাগ করে পাঠান।",
    )


class NotASpreadsheetError(InvalidError):
    slug = "not-a-spreadsheet"
    title = Text("This file can be read neither as CSV nor as an Excel workbook (.xlsx).", "ফাইলটি CSV বা এক্সেল (.xlsx) হিসেবে পড়া যায়নি।")


class OldWorkbookError(InvalidError):
    slug = "old-workbook"
    title = Text(
        "This is an old Excel file (.xls) or a protected one. Save it as .xlsx without a password, or as CSV UTF-8.",
        "এটি পুরোনো এক্সেল ফাইল (.xls) অথবা পাসওয়ার্ড দেওয়া। পাসওয়ার্ড ছাড়া .xlsx বা CSV UTF-8 হিসেবে সংরক্ষণ করে পাঠান।",
    )


class EncodingError(InvalidError):
    slug = "encoding-not-read"
    title = Text(
        "The text is not UTF-8. Save the file as CSV UTF-8 or as .xlsx; text typed in Bijoy (SutonnyMJ) must be turned into Unicode first.",
        "লেখাটি UTF-8 নয়। CSV UTF-8 বা .xlsx হিসেবে সংরক্ষণ করুন; বিজয় (SutonnyMJ) ফন্টের লেখা আগে ইউনিকোডে রূপান্তর করুন।",
    )


class ColumnsMissingError(InvalidError):
    slug = "columns-missing"
    title = Text("The first row must name the columns.", "প্রথম সারিতে কলামগুলোর নাম থাকতে হবে।")


class UnknownImportError(NotFoundError):
    slug = "unknown-import"
    title = Text("No import with this number is known.", "এই নম্বরের কোনো আমদানি নেই।")


@dataclass(frozen=True, slots=True)
class Column:
    """`headers` as people write them, compared by `search_key`. A needed column must be there; its cells may still be judged empty."""

    name: str
    headers: tuple[str, ...]
    is_needed: bool = False
    is_day: bool = False


REGISTER: Final = (
    Column("licence", ("licence", "licence no", "license no", "rl no", "rl", "লাইসেন্স", "লাইসেন্স নম্বর", "আরএল নং"), is_needed=True),
    Column("name_en", ("name_en", "name", "name in english", "agency name", "নাম (ইংরেজি)", "ইংরেজি নাম"), is_needed=True),
    Column("name_bn", ("name_bn", "name in bangla", "নাম", "নাম (বাংলা)", "বাংলা নাম")),
    Column("status", ("status", "licence status", "অবস্থা")),
    Column("issued_on", ("issued_on", "issue date", "issued on", "প্রদানের তারিখ"), is_day=True),
    Column(
        "valid_until",
        ("valid_until", "validity", "valid until", "expiry date", "মেয়াদ", "মেয়াদ শেষ", "মেয়াদ উত্তীর্ণের তারিখ"),
        is_needed=True,
        is_day=True,
    ),
    Column("district", ("district", "জেলা"), is_needed=True),
    Column("deployed_last_year", ("deployed_last_year", "workers last year", "গত বছর প্রেরিত কর্মী")),
)
DEPLOYMENTS: Final = (
    Column("licence", REGISTER[0].headers, is_needed=True),
    Column("year", ("year", "সাল", "বছর"), is_needed=True),
    Column("country", ("country", "দেশ"), is_needed=True),
    Column("district", ("district", "home district", "জেলা")),
    Column("sex", ("sex", "gender", "লিঙ্গ")),
    Column("skill", ("skill", "skill level", "দক্ষতা")),
    Column("with_licence", ("with_licence", "associate", "সহযোগী লাইসেন্স")),
    Column("workers", ("workers", "number", "কর্মী", "কর্মী সংখ্যা"), is_needed=True),
)
_STATUS: Final = {
    search_key(words): status
    for status, written in {
        LicenceStatus.VALID: ("valid", "active", "বৈধ", "সচল"),
        LicenceStatus.SUSPENDED: ("suspended", "স্থগিত"),
        LicenceStatus.CANCELLED: ("cancelled", "canceled", "বাতিল"),
        LicenceStatus.EXPIRED: ("expired", "মেয়াদোত্তীর্ণ", "মেয়াদ শেষ"),
    }.items()
    for words in written
}
_SEX: Final = {
    search_key(words): sex
    for sex, written in {"female": ("female", "f", "নারী", "মহিলা"), "male": ("male", "m", "পুরুষ")}.items()
    for words in written
}
_BANGLA: Final = re.compile("[\u0980-\u09ff]")
_WHOLE: Final = re.compile(r"([0-9]+)(?:\.0+)?")

FORMULA: Final = Text("Holds a formula: put its value there.", "সূত্র (ফর্মুলা) আছে: তার বদলে মানটি লিখুন।")
NOT_BANGLA: Final = Text(
    "Holds no Bangla letter. Text in Bijoy (SutonnyMJ) must be turned into Unicode.",
    "কোনো বাংলা অক্ষর নেই। বিজয় (SutonnyMJ) ফন্টের লেখা ইউনিকোডে রূপান্তর করুন।",
)
DIFFERENT: Final = Text(
    "This licence stands in the register with other details. Record what changed as a step of its history.",
    "এই লাইসেন্স নিবন্ধনে অন্য তথ্যসহ আছে। কী বদলেছে তা লাইসেন্সের ইতিহাসে পদক্ষেপ হিসেবে লিখুন।",
)
NO_SUCH_LICENCE: Final = Text("No licence with this number stands in the register.", "এই নম্বরের কোনো লাইসেন্স নিবন্ধনে নেই।")


@dataclass(slots=True)
class Judged:
    """One row on its way. `values` by column; `reasons` say what is wrong, each with the name of its column."""

    number: int
    values: dict[str, Any]
    reasons: list[Text] = field(default_factory=list)

    def refuse(self, column: str, words: Text) -> None:
        self.reasons.append(Text(_under(column, words.en), _under(column, words.bn)))


def _under(column: str, words: str) -> str:
    return f"{column}: {words}"


def places(header: Sequence[str], columns: Iterable[Column]) -> Mapping[str, int]:
    """In which cell each column stands; a list may hold more than is needed. Raises `ColumnsMissingError`."""
    keys = [search_key(cell) for cell in header]
    found: dict[str, int] = {}
    missing: list[str] = []
    for column in columns:
        wanted = {search_key(words) for words in column.headers}
        place = next((at for at, key in enumerate(keys) if key in wanted and at not in found.values()), None)
        if place is not None:
            found[column.name] = place
        elif column.is_needed:
            missing.append(column.name)
    if missing:
        names = ", ".join(missing)
        raise ColumnsMissingError(Text(f"Missing: {names}.", f"নেই: {names}।"))
    return found


def row_values(number: int, cells: Sequence[tuple[str, bool]], where: Mapping[str, int], columns: Iterable[Column]) -> Judged:
    """The row's values as text, days as ISO. `cells`: text, and whether it is a formula."""
    row = Judged(number, {})
    for column in columns:
        text, is_formula = cells[where[column.name]] if where.get(column.name, len(cells)) < len(cells) else ("", False)
        if is_formula:
            row.refuse(column.name, FORMULA)
        elif written := clean_line(text):
            row.values[column.name] = day_of(written) if column.is_day else written
    return row


def status_of(written: str) -> str:
    return _STATUS.get(search_key(written), written)


def sex_of(written: str) -> str:
    return _SEX.get(search_key(written), written.lower())


def whole(written: str) -> str:
    """`1200.0` of a workbook is 1200."""
    found = _WHOLE.fullmatch(digits(written).replace(",", ""))
    return found[1] if found else written


def district_of(written: str) -> str:
    """The code, from a code or a name in either script."""
    if written.upper() in districts():
        return written.upper()
    key = search_key(written)
    return next((code for code, one in districts().items() if key in {search_key(one.name.en), search_key(one.name.bn)}), written)


def judge_bangla(row: Judged) -> None:
    if (name := row.values.get("name_bn")) and not _BANGLA.search(name):
        row.refuse("name_bn", NOT_BANGLA)


def twice(column: str, first: int) -> Text:
    return Text(f"{column}: stands in row {first} already.", f"{column}: {in_bengali_digits(str(first))} নম্বর সারিতে আগেই আছে।")
