"""Which countries a warning concerns, and on what evidence. Pure: the directory is handed in.

The first of these that names a country decides: the poster, codes in the message, the jurisdiction of a national authority, its polygons
and circles laid over borders, names in the areas. A national authority comes before names because its places are named after countries
(Lebanon in Pennsylvania, Georgia, New Mexico), and before shapes because those are drawn with a ruler and lap over borders.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.core import get_global

from contracts.places import COUNTRIES
from contracts.text import Text
from kit.errors import ProblemError
from services.crisis.directory import Sources
from services.crisis.warnings.cap import Message

LANGUAGES: Final = ("en", "bn", "ar")
LONGEST_NAME: Final = 7
READ_CHARACTERS: Final = 20_000

# The European Union's codes where they differ from ISO 3166.
_EUROPEAN: Final = {"UK": "GB", "EL": "GR"}
# WMO's register of alerting authorities: 2.49.0.<0|1>.<numeric country>.<authority>
_WMO_OID: Final = re.compile(r"^(?:urn:oid:)?2\.49\.0\.[01]\.(\d{1,3})\.")
_COUNTRY_VALUE: Final = re.compile(r"^([A-Z]{3}|[A-Z]{2}|\d{3})(?:-[A-Z0-9]{1,3})?$")
# Endings that Bangla and beginnings that Arabic write together with a name (in Lebanon: লেবাননে; and Lebanon: ولبنان).
_BANGLA_ENDINGS: Final = ("তে", "কে", "ের", "য়ের", "য়", "েও", "ে", "র", "ও")
_ARABIC_BEGINNINGS: Final = ("و", "ب", "ف", "ل")


class Evidence(StrEnum):
    POSTER = "poster"
    GEOCODE = "geocode"
    SOURCE = "source"
    GEOMETRY = "geometry"
    NAME = "name"
    REFERENCE = "reference"
    NONE = "none"


class UnknownCountryError(ProblemError):
    status = 422
    slug = "unknown-country"
    title = Text("A country is not known by that code.", "এই কোডে কোনো দেশ নেই।")


class WithoutCountryError(ProblemError):
    status = 422
    slug = "alert-without-country"
    title = Text("The warning does not say which country it concerns.", "সতর্কবার্তাটি কোন দেশের তা বোঝা যায়নি।")


@dataclass(frozen=True, slots=True)
class Concern:
    countries: tuple[str, ...]
    evidence: Evidence


NOBODY: Final = Concern((), Evidence.NONE)


def stated(codes: Iterable[str]) -> tuple[str, ...]:
    """Countries that the poster names (`?country=LB`); raises `UnknownCountryError`."""
    named = sorted({code.strip().upper() for code in codes})
    if unknown := [code for code in named if code not in COUNTRIES]:
        raise _unknown(unknown)
    return tuple(named)


def concerned(
    message: Message, named: tuple[str, ...], sources: Sources, under_its_shape: Callable[[], Collection[str]] = tuple
) -> Concern:
    """`under_its_shape` is asked where nothing better speaks; `NOBODY` where the message says nothing at all.

    Raises `UnknownCountryError` where the message's own codes name no country that exists.
    """
    if named:
        return Concern(named, Evidence.POSTER)
    steps: tuple[tuple[Evidence, Callable[[], Collection[str]]], ...] = (
        (Evidence.GEOCODE, lambda: _by_geocode(message, sources)),
        (Evidence.SOURCE, lambda: _by_source(message, sources)),
        (Evidence.GEOMETRY, under_its_shape),
        (Evidence.NAME, lambda: _by_name(message, sources)),
    )
    for evidence, step in steps:
        if found := step():
            return Concern(tuple(sorted(found)), evidence)
    return NOBODY


def without_country() -> WithoutCountryError:
    return WithoutCountryError(
        Text(
            "Add a geocode with valueName ISO3166-1 and the country as value, or name it in the address: /v1/crisis/alerts?country=LB.",
            "valueName ISO3166-1 ও value-তে দেশের কোডসহ একটি geocode যোগ করুন, অথবা ঠিকানায় দেশ লিখুন: /v1/crisis/alerts?country=LB।",
        ),
    )


def _unknown(codes: list[str]) -> UnknownCountryError:
    shown = ", ".join(code[:20] for code in codes[:5])
    return UnknownCountryError(
        Text(
            f"No country has the code {shown}. Use ISO 3166-1 alpha-2, such as LB or SA.",
            f"{shown} কোডে কোনো দেশ নেই। ISO 3166-1-এর দুই অক্ষরের কোড দিন, যেমন LB বা SA।",
        ),
    )


def _by_geocode(message: Message, sources: Sources) -> set[str]:
    found: set[str] = set()
    unknown: list[str] = []
    for name, value in {code for area in message.areas for code in area.geocodes}:
        scheme = next((one for one in sources.geocodes if one.is_named(name)), None)
        if scheme is None:
            continue
        country = scheme.country or _country_in(value.strip().upper(), prefix=scheme.reading == "prefix")
        if country:
            found.add(country)
        elif scheme.reading == "country":
            unknown.append(value)
    if unknown and not found:
        raise _unknown(sorted(unknown))
    return found


def _country_in(value: str, *, prefix: bool) -> str | None:
    if prefix:
        code = _EUROPEAN.get(value[:2], value[:2])
    else:
        written = _COUNTRY_VALUE.match(value)
        code = alpha_2(written.group(1)) if written else ""
    return code if code in COUNTRIES else None


def alpha_2(code: str) -> str:
    """From alpha-3 or numeric by CLDR's aliases; of a code that was split among several countries, none."""
    if code in COUNTRIES:
        return code
    successors = get_global("territory_aliases").get(code, [])
    return str(successors[0]) if len(successors) == 1 else ""


def _by_source(message: Message, sources: Sources) -> set[str]:
    source = sources.source_of(message.identity.sender)
    if source is not None:
        return set(source.jurisdiction)
    registered = _WMO_OID.match(message.identity.sender) or _WMO_OID.match(message.identity.identifier)
    country = alpha_2(registered.group(1).zfill(3)) if registered else ""
    return {country} & COUNTRIES


def _by_name(message: Message, sources: Sources) -> set[str]:
    names = _names(tuple(sources.names.items()))
    text = "\n".join(dict.fromkeys(area.description for area in message.areas))
    return set(_named_in(text[:READ_CHARACTERS], names))


def _named_in(text: str, names: Mapping[tuple[str, ...], str | None]) -> Iterator[str]:
    """The longest name at each place counts, so that South Sudan is not also Sudan."""
    words = _words(text)
    place = 0
    while place < len(words):
        for length in range(min(LONGEST_NAME, len(words) - place), 0, -1):
            key = next((one for one in _readings(words[place : place + length]) if one in names), None)
            if key is not None:
                if (country := names[key]) is not None:
                    yield country
                place += length
                break
        else:
            place += 1


def _readings(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield words
    first, last = words[0], words[-1]
    for ending in _BANGLA_ENDINGS:
        if last.endswith(ending):
            yield (*words[:-1], last.removesuffix(ending))
    if first[:1] in _ARABIC_BEGINNINGS:
        yield (first[1:], *words[1:])


@lru_cache(maxsize=4)
def _names(own: tuple[tuple[str, str | None], ...]) -> Mapping[tuple[str, ...], str | None]:
    names: dict[tuple[str, ...], str | None] = {}
    for language in LANGUAGES:
        territories = Locale(language).territories
        names |= {_words(territories[code]): code for code in COUNTRIES}
    return names | {_words(name): code for name, code in own}


def _words(text: str) -> tuple[str, ...]:
    """Words without case and Latin accents; what is neither letter, mark nor digit separates them."""
    plain = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text))).casefold()
    return tuple("".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in plain).split())
