"""How a person who acted is named on a page: name and office, in the script of the page. Pure."""

from collections.abc import Collection, Mapping
from typing import Final

from contracts.places import countries as all_countries
from contracts.places import districts as all_districts
from contracts.text import Text

# In this order: the first role of an account that stands here names its office.
OFFICES: Final[Mapping[str, Text]] = {
    "demo": Text("District office", "জেলা কার্যালয়"),
    "wing": Text("Labour Welfare Wing", "শ্রম কল্যাণ উইং"),
    "wewb": Text("Wage Earners' Welfare Board", "ওয়েজ আর্নার্স কল্যাণ বোর্ড"),
    "supervisor": Text("Supervisor", "তত্ত্বাবধায়ক"),
    "auditor": Text("Auditor", "নিরীক্ষক"),
    "admin": Text("Administrator", "প্রশাসক"),
}


def named(name: Text, roles: Collection[str], districts: Collection[str], countries: Collection[str], language: str) -> str:
    office = next((words.in_language(language) for role, words in OFFICES.items() if role in roles), "")
    places = [all_districts()[one].name for one in sorted(districts) if one in all_districts()] if "demo" in roles else []
    places += [all_countries()[one] for one in sorted(countries) if one in all_countries()] if "wing" in roles else []
    return ", ".join(part for part in (name.in_language(language), office, *(one.in_language(language) for one in places)) if part)
