"""How a person who acted is named on a page: name and office, in the script of the page. Pure."""

from collections.abc import Collection, Mapping
from typing import Final

from contracts.text import Text
from kit.auth import EVERYWHERE
from services.portal.language import Language, country, district

# In this order: the first role of an account that stands here names its office.
OFFICES: Final[Mapping[str, Text]] = {
    "demo": Text("District office", "জেলা কার্যালয়"),
    "wing": Text("Labour Welfare Wing", "শ্রম কল্যাণ উইং"),
    "wewb": Text("Wage Earners' Welfare Board", "ওয়েজ আর্নার্স কল্যাণ বোর্ড"),
    "supervisor": Text("Supervisor", "তত্ত্বাবধায়ক"),
    "auditor": Text("Auditor", "নিরীক্ষক"),
    "admin": Text("Administrator", "প্রশাসক"),
}


def named(name: Text, roles: Collection[str], districts: Collection[str], countries: Collection[str], language: Language) -> str:
    office = next((words.in_language(language) for role, words in OFFICES.items() if role in roles), "")
    places = [district(one, language) for one in sorted(districts) if one != EVERYWHERE] if "demo" in roles else []
    places += [country(one, language) for one in sorted(countries) if one != EVERYWHERE] if "wing" in roles else []
    return ", ".join(part for part in (name.in_language(language), office, *places) if part)
