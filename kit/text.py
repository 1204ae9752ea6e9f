"""The one room for text: what is stored (`clean`), what is compared (`search_key`), digits, telephone numbers, days.

Stored text keeps what its writer meant: only how it is encoded is mended. Spelling is folded in search keys alone.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Final

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, StringConstraints

from contracts.text import Text

# Control and format characters (also those that reorder text: bidi), soft hyphen, lone surrogates, noncharacters. Not the joiners
# U+200C and U+200D: Bangla and Persian spell with them. PostgreSQL refuses NUL and surrogates.
_INVISIBLE: Final = re.compile(
    "[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0001\U000e0020-\U000e007f]",
)
_NEWLINES: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES: Final = re.compile(r"(?! (?=\S))[^\S\n]+")
_LINE_ENDS: Final = re.compile(r" ?\n ?")
_JOINER: Final = re.compile("[\u200c\u200d]")
_JOINERS_AT_EDGE: Final = re.compile("(?<!\\S)[\u200c\u200d]|[\u200c\u200d](?!\\S)")
_JOINERS_REPEATED: Final = re.compile("([\u200c\u200d])[\u200c\u200d]+")
# No script puts 30 marks on a letter (UAX 15, stream-safe text). Without a bound, ordering them takes the square of their number:
# a megabyte of accents would hold a service for minutes.
MOST_MARKS: Final = 30
_MANY_MARKS: Final = re.compile(rf"[^\w\s]{{{MOST_MARKS + 1},}}")
_MARKS_AT_TENTHS: Final = re.compile(r"[^\w\s]{3}")

# Two ways to encode one Bangla letter that look alike on every screen: khanda ta as Unicode had it before 4.1, ra typed as ba and
# nukta, aa typed as a and its sign, and the danda typed as currency numerator four.
_BANGLA_LOOKALIKES: Final = (("ত্\u200d", "ৎ"), ("ব\u09bc", "র"), ("অা", "আ"), ("\u09f7", "।"))

_SCRIPTS: Final = ("০১২৩৪৫৬৭৮৯", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९")
_DIGITS: Final = str.maketrans("".join(_SCRIPTS), "0123456789" * len(_SCRIPTS))
_BENGALI_DIGITS: Final = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")

# Accents, joiners, apostrophes and chandrabindu are often left out.
_DROPPED: Final = re.compile("[\u0300-\u036f\u200c\u200dঁ'`\u2018\u2019\u02bc]+")
# What sounds alike is written either way, in names above all. Visarga is a space: মোঃ is also typed মো: and মো.
_SOUNDS: Final = str.maketrans("ঈীঊূণশষঃøłđðħ\u0131ŧ", "ইিউুনসস olddhit") | {
    ord("ৎ"): "ত্",
    ord("þ"): "th",
    ord("æ"): "ae",
    ord("œ"): "oe",
}
_RA_WITH_NUKTA: Final = re.compile("[ডঢ]\u09bc")
_JA_WRITTEN_YA: Final = re.compile("(?<!্)য(?!\u09bc)")


def clean(text: str) -> str:
    """Text as it is stored: NFC, no invisible characters, single spaces, at most one empty line in a row. Idempotent."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # a million names and numbers of a file are like this: nothing to mend
    text = _INVISIBLE.sub("", _NEWLINES.sub("\n", text))
    # A run of 31 covers three of each tenth place: looking there first costs ordinary text next to nothing.
    if _MARKS_AT_TENTHS.search(text[::10]):
        text = _MANY_MARKS.sub(_first_marks, text)
    text = unicodedata.normalize("NFC", text)
    for written, meant in _BANGLA_LOOKALIKES:
        text = text.replace(written, meant)
    if _JOINER.search(text):
        # In this order: at an edge, a long run would be tried from each of its places.
        text = _JOINERS_AT_EDGE.sub("", _JOINERS_REPEATED.sub(r"\1", text))
    text = _LINE_ENDS.sub("\n", _SPACES.sub(" ", text))
    return re.sub("\n{3,}", "\n\n", text).strip()


def _first_marks(run: re.Match[str]) -> str:
    """The run with at most `MOST_MARKS` marks on one letter, counted as they are written apart."""
    kept: list[str] = []
    marks = 0
    for char in run[0]:
        apart = unicodedata.normalize("NFD", char)
        marks = marks + len(apart) if unicodedata.combining(apart[0]) else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def clean_line(text: str) -> str:
    """As `clean`, on a single line."""
    return clean(text).replace("\n\n", "\n").replace("\n", " ")


def digits(text: str) -> str:
    """Bengali, Arabic, Persian and Devanagari digits as ASCII; all else as it was."""
    return text.translate(_DIGITS)


def in_bengali_digits(text: str) -> str:
    return text.translate(_BENGALI_DIGITS)


def search_key(text: str) -> str:
    """What two spellings of a name share: for the index and the query alike, never shown. Empty for text without a letter or digit.

    Folds case, accents, digits, punctuation and the Bangla letters that sound alike. Honorifics stay: they are part of many names.
    Idempotent. Meant for names and queries: about a microsecond a letter.
    """
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", clean(text)).casefold())
    # What is dropped may have stood between two halves of one letter: it is mended before letters are folded.
    text = digits(clean_line(_DROPPED.sub("", text))).translate(_SOUNDS)
    text = _JA_WRITTEN_YA.sub("জ", _RA_WITH_NUKTA.sub("র", text))
    text = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in text)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def phone(raw: str, region: str = "BD") -> str:
    """E.164. A number without a country code is read as one of `region` (ISO 3166-1 alpha-2). Raises `ValueError(Text)`.

    Abroad only the length is checked: numbering plans grow, and who gives a new number must not be turned away.
    """
    try:
        number = phonenumbers.parse(digits(raw), region)
    except phonenumbers.NumberParseException as error:
        raise ValueError(_NO_PHONE) from error
    check = phonenumbers.is_valid_number if number.country_code == _BANGLADESH else phonenumbers.is_possible_number
    if not check(number):
        raise ValueError(_NO_PHONE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_BANGLADESH: Final = 880
_NO_PHONE: Final = Text(
    "This is not a telephone number. Write 01712 345678, or with the country code: +966 50 123 4567.",
    "এটি সঠিক ফোন নম্বর নয়। ০১৭১২ ৩৪৫৬৭৮ অথবা দেশের কোডসহ লিখুন: +৯৬৬ ৫০ ১২৩ ৪৫৬৭।",
)


def _written_day(value: object) -> object:
    """A number would be read as seconds since 1970."""
    written = digits(value).strip() if isinstance(value, str) else ""
    if not _DAY.fullmatch(written):
        raise ValueError(_NO_DAY)
    return written


_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_NO_DAY: Final = Text("Write a date as year-month-day, such as 2026-06-30.", "তারিখ বছর-মাস-দিন হিসেবে লিখুন, যেমন ২০২৬-০৬-৩০।")


_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ].*)?")
_OURS: Final = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_SERIAL: Final = re.compile(r"([0-9]{4,6})(?:\.[0-9]+)?")
_EXCEL_ZERO: Final = date(1899, 12, 30)


def day_of(written: str) -> str:
    """ISO, day/month/year as it is written here, or a workbook's number of days; what is none of them as it is, to be refused."""
    text = digits(written)
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _OURS.fullmatch(text):
        day, month, year = map(int, found.groups())
    elif found := _SERIAL.fullmatch(text):
        return (_EXCEL_ZERO + timedelta(days=int(found[1]))).isoformat()
    else:
        return written
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return written


def _text_only(function: Callable[[str], str]) -> BeforeValidator:
    return BeforeValidator(lambda value: function(value) if isinstance(value, str) else value)


# For a field of another length: Annotated[str, Field(min_length=1, max_length=300), ONE_LINE]. The limit stands before: it then
# counts what is stored.
ONE_LINE: Final = _text_only(clean_line)
PARAGRAPHS: Final = _text_only(clean)
CleanLine = Annotated[str, StringConstraints(min_length=1, max_length=200), ONE_LINE]
CleanText = Annotated[str, StringConstraints(min_length=1, max_length=5000), PARAGRAPHS]
Phone = Annotated[str, StringConstraints(max_length=40), AfterValidator(phone)]
# A whole number as people type it, in either script. With limits: Annotated[int, Field(ge=0), EITHER_SCRIPT]; they stand before, as above.
EITHER_SCRIPT: Final = _text_only(digits)
Whole = Annotated[int, EITHER_SCRIPT]
Day = Annotated[date, BeforeValidator(_written_day)]
