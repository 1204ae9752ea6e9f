"""English or Bangla: which of the two a request gets, and how words, numbers, dates and places read in it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_currency_name
from babel.support import NullTranslations, Translations
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from contracts.money import CURRENCIES
from contracts.places import countries, districts
from contracts.text import Text

Language = Literal["en", "bn"]
COOKIE: Final = "lang"
CATALOGUES: Final = tuple(sorted((Path(__file__).parent / "locale" / "bn").glob("*.po")))
DHAKA: Final = ZoneInfo("Asia/Dhaka")
_UNITS: Final = (
    (86_400, Text("d", "দিন")),
    (3_600, Text("h", "ঘণ্টা")),
    (60, Text("min", "মিনিট")),
    (1, Text("s", "সেকেন্ড")),
)
_BENGALI_DIGITS: Final = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")


def chosen_language(query: str, headers: Headers) -> Language:
    """`?lang=`, else the cookie, else the first of the two that the browser names, else Bangla: the language of the state."""
    asked = parse_qs(query).get("lang", [""])[0]
    kept = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    for candidate in (asked, kept, *_named_by_browser(headers.get("accept-language", ""))):
        match candidate:
            case "en" | "bn":
                return candidate
            case _:
                continue
    return "bn"


def _named_by_browser(header: str) -> list[str]:
    return [part.split(";")[0].strip().lower().split("-")[0] for part in header.split(",")]


@cache
def translations(language: Language) -> NullTranslations:
    """The catalogues, compiled at their first use from the `.po` files that people edit: `portal.po`, and one for each large area."""
    if language == "en":
        return NullTranslations()
    whole = Catalog(locale="bn")
    for path in CATALOGUES:
        for message in read_po(BytesIO(path.read_bytes()), locale="bn", abort_invalid=True):
            whole[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return Translations(compiled)


def numerals(value: object, language: Language) -> str:
    """`value` as text, in the digits of the language."""
    return str(value).translate(_BENGALI_DIGITS) if language == "bn" else str(value)


def day(value: str | date, language: Language) -> str:
    known = value if isinstance(value, date) else date.fromisoformat(value)
    return numerals(format_date(known, "d MMMM y", locale=language), language)


def moment(value: str | datetime, language: Language) -> str:
    """Dhaka's clock: the one that officers everywhere share with the ministry; pages name it."""
    return numerals(format_datetime(_instant(value), "d MMMM y, HH:mm", tzinfo=DHAKA, locale=language), language)


def duration(seconds: float, language: Language) -> str:
    """In its two greatest units: nobody compares the seconds of two days."""
    left = round(seconds)
    parts: list[str] = []
    for size, words in _UNITS:
        count, left = divmod(left, size)
        if count or (size == 1 and not parts):
            parts.append(f"{count} {words.in_language(language)}")
    return numerals(" ".join(parts[:2]), language)


def ago(value: str | datetime, language: Language) -> str:
    return numerals(format_timedelta(_instant(value) - datetime.now(UTC), add_direction=True, locale=language), language)


def written_out(amount: int, places: int) -> str:
    """Grouped as in Bangladesh (12,34,567.50), without decimals where there are none. In ASCII digits."""
    value = Decimal(amount).scaleb(-places)
    pattern = "#,##,##0" if value == value.to_integral_value() else f"#,##,##0.{'0' * places}"
    return format_decimal(value, format=pattern, locale="en")


def _instant(value: str | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def country(code: str, language: Language) -> str:
    known = countries().get(code)
    return known.in_language(language) if known else code


def district(code: str, language: Language) -> str:
    known = districts().get(code)
    return known.name.in_language(language) if known else code


@cache
def country_choices(language: Language) -> list[tuple[str, str]]:
    """(code, name) in the order of the names; without Bangladesh itself."""
    named = [(code, name.in_language(language)) for code, name in countries().items() if code != "BD"]
    return sorted(named, key=lambda pair: pair[1])


@cache
def district_choices(language: Language) -> list[tuple[str, str]]:
    return sorted(((code, one.name.in_language(language)) for code, one in districts().items()), key=lambda pair: pair[1])


def currency(code: str, language: Language) -> str:
    """An officer reads ISO 4217 in English; in Bangla the name, which a returnee across the desk reads too."""
    if language == "en":
        return code
    return "টাকা" if code == "BDT" else get_currency_name(code, locale="bn")


@cache
def currency_choices(codes: tuple[str, ...], language: Language) -> list[tuple[str, str]]:
    """(code, name) in the order of the names, with the code: papers from abroad name either."""
    named = [(code, f"{get_currency_name(code, locale=language)} ({code})") for code in codes]
    return sorted(named, key=lambda pair: pair[1])


def filters(language: Language) -> dict[str, Callable[..., Any]]:
    """Jinja's filters that depend on the language."""
    return {
        "numerals": lambda value: numerals(value, language),
        "day": lambda value: day(value, language),
        "moment": lambda value: moment(value, language),
        "duration": lambda seconds: duration(seconds, language),
        "ago": lambda value: ago(value, language),
        "country": lambda code: country(code, language),
        "district": lambda code: district(code, language),
        "currency": lambda code: currency(code, language),
        "money": lambda units, places: numerals(written_out(units, places), language),
        "amount": lambda units, code: numerals(written_out(units, CURRENCIES.get(code, 2)), language),
        "said": lambda text: said(text, language),
    }


def said(text: object, language: Language) -> str:
    """A sentence that came as `{"en": …, "bn": …}` or as plain text. Where one language is missing: the other."""
    if isinstance(text, dict):
        return str(text.get(language) or text.get("en") or text.get("bn") or "")
    return "" if text is None else str(text)
