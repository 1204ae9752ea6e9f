"""Whether two records may be of one person: one rule for returnees among themselves and against the register of nationals abroad.

The machine grades and says why; a person decides, and nothing is ever merged by it.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from contracts.text import Text


class Grade(StrEnum):
    EXACT = "exact"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Key(StrEnum):
    """What two records may share. `*_name` are keys of sound: the same for Bangla and Latin letters."""

    NID = "nid"
    BIRTH_REGISTRATION = "birth_registration"
    PASSPORT = "passport"
    OTHER_PAPER = "other_paper"
    PHONE = "phone"
    NAME = "name"
    FATHER = "father_name"
    MOTHER = "mother_name"
    BIRTH_YEAR = "birth_year"
    DISTRICT = "district"
    VILLAGE = "village_name"


KEY_WORDS: Final[Mapping[Key, Text]] = {
    Key.NID: Text("same identity card number", "একই জাতীয় পরিচয়পত্র নম্বর"),
    Key.BIRTH_REGISTRATION: Text("same birth registration number", "একই জন্ম নিবন্ধন নম্বর"),
    Key.PASSPORT: Text("same passport number", "একই পাসপোর্ট নম্বর"),
    Key.OTHER_PAPER: Text("same number of another paper", "অন্য কাগজের একই নম্বর"),
    Key.PHONE: Text("same telephone", "একই ফোন নম্বর"),
    Key.NAME: Text("the names sound alike", "নামের উচ্চারণ একই রকম"),
    Key.FATHER: Text("the fathers' names sound alike", "বাবার নামের উচ্চারণ একই রকম"),
    Key.MOTHER: Text("the mothers' names sound alike", "মায়ের নামের উচ্চারণ একই রকম"),
    Key.BIRTH_YEAR: Text("same year of birth", "একই জন্মসাল"),
    Key.DISTRICT: Text("same district", "একই জেলা"),
    Key.VILLAGE: Text("the villages sound alike", "গ্রামের নামের উচ্চারণ একই রকম"),
}
GRADE_WORDS: Final[Mapping[Grade, Text]] = {
    Grade.EXACT: Text("The same paper", "একই কাগজ"),
    Grade.LIKELY: Text("Likely the same person", "সম্ভবত একই ব্যক্তি"),
    Grade.POSSIBLE: Text("Possibly the same person", "একই ব্যক্তি হতে পারেন"),
}
PAPERS: Final = frozenset({Key.NID, Key.BIRTH_REGISTRATION, Key.PASSPORT})
_BESIDE_THE_NAME: Final = (Key.FATHER, Key.MOTHER, Key.VILLAGE, Key.BIRTH_YEAR, Key.DISTRICT)
_LIKELY: Final = 3


def grade(shared: Collection[Key], *, sexes_differ: bool) -> Grade | None:
    """How near two records are by what they share; None where that is not worth a person's time.

    A paper of a person's own decides (exact), unless the sexes differ: then a number was mistyped or is shared in a family. A telephone is
    shared by families, so it counts only with the name. A name alone is nothing: thousands are called Rahim.
    """
    held = set(shared)
    if held & PAPERS:
        return Grade.EXACT if not sexes_differ else Grade.POSSIBLE
    if sexes_differ:
        return None
    beside = sum(one in held for one in _BESIDE_THE_NAME)
    if Key.NAME in held and (Key.PHONE in held or Key.OTHER_PAPER in held or beside >= _LIKELY):
        return Grade.LIKELY
    if Key.NAME in held and _parent_or_village(held) and beside > 1:
        return Grade.POSSIBLE
    return Grade.POSSIBLE if Key.OTHER_PAPER in held else None


def _parent_or_village(held: set[Key]) -> bool:
    return not held.isdisjoint({Key.FATHER, Key.MOTHER, Key.VILLAGE})
