"""What one row of a file says of a person, and what is wrong with it. Called a million times: what repeats is remembered.

Nobody is refused for a missing or odd paper. Refused is what cannot be a person abroad, or could not be told from others.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from contracts.persons import AgeBand
from kit.papers import NID_LENGTHS, document_key, index_key_of
from kit.text import clean_line, day_of, digits, phone, search_key
from services.registry.imports.rows.lists import Lists, district_codes
from services.registry.imports.rows.problems import Found, refuses
from services.registry.imports.rows.reading import Dialect, Record, cells_of
from services.registry.rules import age_band_of

MOST_IN_CELL: Final = 300
_PLAIN_NUMBER: Final = re.compile(r"[A-Z0-9]+")
_LETTER: Final = re.compile(r"[^\W\d_]")
_CUT: Final = re.compile(r"\d+[.,]\d+E\+?\d+", re.IGNORECASE)
_PASSPORT: Final = re.compile(r"[A-Z0-9]{7,9}")
_HOME: Final = re.compile(r"(?:\+?88)?(01[3-9]\d{8})")
_ABROAD: Final = re.compile(r"\+(?!880)[1-9]\d{6,14}")
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_SPACES: Final = str.maketrans("", "", " -().\u00a0")
_YEAR: Final = re.compile(r"(19|20)\d\d")
_EARLIEST: Final = 1900


@dataclass(slots=True)
class Person:
    """One row, read. `papers` (kind, number, key) and `contacts` (kind, whose, address) in the order in which they are kept."""

    name: str
    name_bn: str | None
    country: str
    sex: str = "unknown"
    birth_year: int | None = None
    age_band: str = AgeBand.UNKNOWN.value
    papers: list[tuple[str, str, str]] = field(default_factory=list)
    contacts: list[tuple[str, str, str]] = field(default_factory=list)
    place: str | None = None
    employer: str | None = None
    agency: str | None = None
    district: str | None = None
    departed: date | None = None
    kin: tuple[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How one file is read: which column is what, and what is said of all its rows. `today` by Dhaka's calendar."""

    dialect: Dialect
    columns: Mapping[str, int]
    country: str | None
    today: date


class Judge:
    """Of one file. Give it each record; it gives the person, or None, and what is wrong."""

    def __init__(self, plan: Plan, lists: Lists) -> None:
        self._plan = plan
        self._country = lru_cache(2000)(_reader(lists.of_country()))
        self._district = lru_cache(2000)(_reader(district_codes()))
        self._sex = lru_cache(500)(_reader(lists.of_sex()))

    def __call__(self, record: Record) -> tuple[Person | None, list[Found]]:
        if record.raw is None:
            return None, [("", "too_long")]
        try:
            text = record.raw.decode().rstrip("\r")
        except UnicodeDecodeError:
            return None, [("", "not_utf8")]
        if "\0" in text:
            return None, [("", "nul")]
        cells = cells_of(text, self._plan.dialect.delimiter)
        width = self._plan.dialect.width
        if len(cells) != width and (len(cells) < width or any(cells[width:])):
            return None, [("", "cells")]
        found: list[Found] = []
        values = self._values(cells, found)
        person = self._person(values, found)
        return (None if refuses(found) else person), found

    def is_empty(self, record: Record) -> bool:
        """A line that holds nothing, or only what separates cells, is no row."""
        return record.raw is not None and not record.raw.strip(b'\r ,;\t|"')

    def _values(self, cells: list[str], found: list[Found]) -> dict[str, str]:
        values = {}
        for code, place in self._plan.columns.items():
            cell = cells[place].strip()
            if not cell:
                continue
            if cell[0] in "=@":
                found.append((code, "formula"))
            elif len(cell) > MOST_IN_CELL:
                found.append((code, "long_cell"))
            else:
                values[code] = cell
        return values

    def _person(self, values: dict[str, str], found: list[Found]) -> Person | None:
        name, name_bn = (_name(values.get(code), code, found) for code in ("name", "name_bn"))
        if name is None and name_bn is None and not found:
            found.append(("name", "no_name"))
        country = self._country_of(values, found)
        person = Person(name or name_bn or "", name_bn if name else None, country)
        self._who(person, values, found)
        _papers(person, values, found)
        _contacts(person, values, found)
        if not person.papers and not person.contacts:
            found.append(("", "nothing_to_know_by"))
        return person

    def _country_of(self, values: dict[str, str], found: list[Found]) -> str:
        written = values.get("country")
        country = self._country(written) if written else self._plan.country
        if country is None:
            found.append(("country", "country" if written else "no_country"))
        elif country == "BD":
            found.append(("country", "at_home"))
        return country or ""

    def _who(self, person: Person, values: dict[str, str], found: list[Found]) -> None:
        if written := values.get("sex"):
            sex = self._sex(written)
            if sex is None:
                found.append(("sex", "sex"))
            person.sex = sex or "unknown"
        if written := values.get("born"):
            person.birth_year = _year_of(written, self._plan.today.year)
            if person.birth_year is None:
                found.append(("born", "born"))
            else:
                person.age_band = age_band_of(person.birth_year, AgeBand.UNKNOWN, self._plan.today.year).value
        if written := values.get("district"):
            person.district = self._district(written)
            if person.district is None:
                found.append(("district", "district"))
        if written := values.get("departed"):
            person.departed = _day(written)
            if person.departed is None or person.departed > self._plan.today:
                person.departed = None
                found.append(("departed", "departed"))
        person.place = _line(values.get("place"))
        person.employer = _line(values.get("employer"))
        person.agency = (_line(values.get("agency")) or "")[:40] or None


def _reader(known: Mapping[str, str]) -> Callable[[str], str | None]:
    return lambda written: known.get(search_key(written))


def _line(written: str | None) -> str | None:
    if written is None:
        return None
    return clean_line(written) or None


def _name(written: str | None, code: str, found: list[Found]) -> str | None:
    name = _line(written)
    if name is not None and not _LETTER.search(name):
        found.append((code, "name"))
        return None
    return name


@lru_cache(50_000)
def _year_of(written: str, this_year: int) -> int | None:
    """A date, or a year alone."""
    text = digits(written).strip()
    year = int(text) if _YEAR.fullmatch(text) else (day.year if (day := _day(text)) else None)
    return year if year is not None and _EARLIEST <= year <= this_year else None


@lru_cache(50_000)
def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(day_of(clean_line(written)))
    except ValueError:
        return None


_ODD: Final[Mapping[str, Callable[[str], bool]]] = {
    "passport": lambda key: not _PASSPORT.fullmatch(key),
    "nid": lambda key: not key.isdecimal() or len(key) not in NID_LENGTHS,
}


def _papers(person: Person, values: dict[str, str], found: list[Found]) -> None:
    for kind in ("passport", "nid", "bmet"):
        if (written := values.get(kind)) is None:
            continue
        if _CUT.fullmatch(written):
            found.append((kind, "excel_number"))
            continue
        number = written if _PLAIN_NUMBER.fullmatch(written) else clean_line(written)[:60]
        key = number if _PLAIN_NUMBER.fullmatch(number) else document_key(number)
        if not key:
            continue
        if kind in _ODD and _ODD[kind](key):
            found.append((kind, kind))
        person.papers.append((kind, number, index_key_of(kind, key)))


def _contacts(person: Person, values: dict[str, str], found: list[Found]) -> None:
    if written := values.get("phone"):
        own = _phone(written, person.country)
        if own is None:
            found.append(("phone", "phone"))
        else:
            person.contacts.append(("phone", "own", own))
    if written := values.get("email"):
        address = clean_line(written).lower()
        if _EMAIL.fullmatch(address):
            person.contacts.append(("email", "own", address))
        else:
            found.append(("email", "email"))
    kin_phone = None
    if written := values.get("kin_phone"):
        kin_phone = _phone(written, "BD")
        if kin_phone is None:
            found.append(("kin_phone", "phone"))
        else:
            person.contacts.append(("phone", "family", kin_phone))
    if kin := _line(values.get("kin_name")):
        person.kin = (kin, kin_phone)


def _phone(written: str, country: str) -> str | None:
    """E.164: as one of Bangladesh where it is one, else as one of the country where the person is."""
    bare = (written if written.isascii() else digits(written)).translate(_SPACES)
    if home := _HOME.fullmatch(bare):
        return f"+880{home[1][1:]}"
    if _ABROAD.fullmatch(bare):
        # Of a number abroad only the length is judged, by its country: the first digits say which that is.
        return bare if _is_possible(bare[:5], len(bare)) else None
    return _read_slowly(bare, country)


@lru_cache(5000)
def _is_possible(begins: str, length: int) -> bool:
    try:
        phone(begins + "2" * (length - len(begins)))
    except ValueError:
        return False
    return True


@lru_cache(20_000)
def _read_slowly(bare: str, country: str) -> str | None:
    for region in ("BD", country):
        try:
            return phone(bare, region)
        except ValueError:
            continue
    return None
