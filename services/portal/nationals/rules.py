"""A person as a form asks of them, and as the register takes them. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

# How many of the household and of the next of kin one form holds; more stay as they are.
HOUSEHOLD: Final = 20
KIN: Final = 5
# Of contacts and papers, each as the form asks for it: the question, whose, what kind.
CONTACTS: Final[Mapping[str, tuple[str, str]]] = {
    "phone": ("own", "phone"),
    "whatsapp": ("own", "whatsapp"),
    "email": ("own", "email"),
    "family_phone": ("family", "phone"),
}
PAPERS: Final = ("passport", "nid", "bmet", "travel_permit", "birth")
EMPLOYER: Final = ("employer.name", "employer.phone", "employer.address")
RELATIVE: Final = {"kin": ("name", "relation", "phone"), "household": ("name", "relation", "birth_year")}
_PLAIN: Final = ("name", "name_bn", "country", "kind", "sex", "birth_year", "district", "agency")
_MAY_BE_EMPTY: Final = ("name_bn", "birth_year", "district", "agency")
_HOURS: Final = ("hours_from", "hours_to")
# What the pages ask, by the name of its field.
FIELDS: Final = (
    *_PLAIN,
    *CONTACTS,
    *PAPERS,
    *EMPLOYER,
    *("reach", "place_words", "lon", "lat", "accuracy", "flags", "no_contact", "drill_member", "place_kind", "state", "language"),
    *(*_HOURS, "contact_note"),
    *(
        f"{group}.{row}.{part}"
        for group, most in (("kin", KIN), ("household", HOUSEHOLD))
        for row in range(most)
        for part in RELATIVE[group]
    ),
)
# Words of a text are plain where it is said to be safe, unless somebody else may read them.
REACHES: Final[Mapping[str, Mapping[str, bool | str]]] = {
    "both": {"may_call": True, "may_text": True},
    "text": {"may_call": False, "may_text": True},
    "quiet": {"may_call": False, "may_text": True, "wording": "neutral"},
    "call": {"may_call": True, "may_text": False},
    "no": {"may_call": False, "may_text": False},
}
Values = Mapping[str, str]


def person_of(form: Values, flags: list[str]) -> dict[str, Any]:
    """What was left empty is left out: the register says itself what it needs."""
    country = form.get("country", "")
    body: dict[str, Any] = {name: form[name] for name in _PLAIN if form.get(name)}
    body |= {"contacts": contacts_of(form, country), "flags": flags}
    if not body["contacts"] and form.get("no_contact"):
        body["no_contact"] = True
    if papers := papers_of(form):
        body["documents"] = papers
    if place := place_of(form, country):
        body["places"] = [place]
    if rule := safe_contact_of(form):
        body["safe_contact"] = rule
    body |= {name: found for name in RELATIVE if (found := relatives_of(form, name))}
    if employer := employer_of(form):
        body["employer"] = employer
    if form.get("drill_member"):
        body["drill_member"] = True
    return body


def changes_of(form: Values, flags: list[str], person: Mapping[str, Any]) -> dict[str, Any]:
    """Of a record that was corrected: what the form asks is replaced, and what it has no question for stays as it was.

    Not the country: that somebody is elsewhere is a place with its time.
    """
    body: dict[str, Any] = {name: form[name] for name in (*_PLAIN, "state", "language") if form.get(name) and name != "country"}
    body |= {name: None for name in _MAY_BE_EMPTY if not form.get(name)}
    body |= {"flags": flags, "drill_member": bool(form.get("drill_member")), "employer": employer_of(form)}
    body["contacts"] = contacts_of(form, person["country"]) + _beside_contacts(person)
    body["documents"] = papers_of(form) + _beside_papers(person)
    body |= {name: relatives_of(form, name) + person[name][most:] for name, most in (("kin", KIN), ("household", HOUSEHOLD))}
    rule = safe_contact_of(form)
    body["safe_contact"] = rule | {"note": form.get("contact_note", ""), **({} if "hours_from" in rule else dict.fromkeys(_HOURS))}
    return body


def contacts_of(form: Values, country: str) -> list[dict[str, Any]]:
    contacts = []
    for name in _asked(CONTACTS, form):
        whose, kind = CONTACTS[name]
        one: dict[str, Any] = {"address": form[name], "country": "BD" if whose == "family" else country or None}
        contacts.append(one | ({"whose": whose} if whose != "own" else {}) | ({"kind": kind} if kind != "phone" else {}))
    return contacts


def papers_of(form: Values) -> list[dict[str, Any]]:
    return [{"kind": kind, "number": form[kind]} for kind in _asked(PAPERS, form)]


def employer_of(form: Values) -> dict[str, str] | None:
    said = {name.partition(".")[2]: form[name] for name in _asked(EMPLOYER, form)}
    return said or None


def relatives_of(form: Values, group: str) -> list[dict[str, Any]]:
    """Who is written down; how they are related may be unknown."""
    rows = (
        {part: form[f"{group}.{row}.{part}"] for part in RELATIVE[group] if form.get(f"{group}.{row}.{part}")} for row in _rows(form, group)
    )
    return [{"relation": "other"} | row for row in rows]


def _rows(form: Values, group: str) -> list[int]:
    return [
        row for row in range(KIN if group == "kin" else HOUSEHOLD) if any(form.get(f"{group}.{row}.{part}") for part in RELATIVE[group])
    ]


def safe_contact_of(form: Values) -> dict[str, Any]:
    rule: dict[str, Any] = {}
    if reach := REACHES.get(form.get("reach", "")):
        rule = {"wording": "plain", **reach}
    if any(form.get(name) for name in _HOURS):
        rule |= {name: form.get(name) or None for name in _HOURS}
    return rule | ({"note": form["contact_note"]} if form.get("contact_note") else {})


def reach_of(rule: Mapping[str, Any]) -> str:
    """The answer that a record holds; empty where nobody asked."""
    known = {(one["may_call"], one["may_text"], one.get("wording", "plain")): name for name, one in REACHES.items()}
    answer = (rule["may_call"], rule["may_text"])
    return known.get((*answer, rule["wording"])) or known.get((*answer, "plain")) or ""


def values_of(person: Mapping[str, Any]) -> dict[str, list[str]]:
    """A record as the form shows it."""
    said: dict[str, Any] = {name: person[name] for name in (*_PLAIN, "state", "language")}
    said |= {name: one["address"] for name, one in _in_slots(person).items()}
    said |= {kind: one["number"] for kind, one in _of_kinds(person).items()}
    said |= {f"employer.{part}": value for part, value in (person["employer"] or {}).items()}
    for group, most in (("kin", KIN), ("household", HOUSEHOLD)):
        for row, one in enumerate(person[group][:most]):
            said |= {f"{group}.{row}.{part}": one.get(part) for part in RELATIVE[group]}
    rule = person["safe_contact"]
    said |= {"reach": reach_of(rule), "contact_note": rule["note"], **{name: rule[name] for name in _HOURS}}
    said["drill_member"] = "yes" if person["drill_member"] else ""
    return {name: [str(value)] for name, value in said.items() if value} | {"flags": list(person["flags"])}


def _in_slots(person: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The first contact of each question; the numbers of next of kin stand with them."""
    said = _said_contacts(person)
    found = {name: next((one for one in said if (one["whose"], one["kind"]) == asked), None) for name, asked in CONTACTS.items()}
    return {name: one for name, one in found.items() if one is not None}


def _said_contacts(person: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    of_kin = {one.get("phone") for one in person["kin"]}
    return [one for one in person["contacts"] if one["whose"] != "family" or one["address"] not in of_kin]


def _beside_contacts(person: Mapping[str, Any]) -> list[dict[str, Any]]:
    asked = list(_in_slots(person).values())
    return [dict(one) for one in _said_contacts(person) if one not in asked]


def _of_kinds(person: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    papers = [one for one in person["documents"] if one["number"] and not one["incident"]]
    found = {kind: next((one for one in papers if one["kind"] == kind), None) for kind in PAPERS}
    return {kind: one for kind, one in found.items() if one is not None}


def _beside_papers(person: Mapping[str, Any]) -> list[dict[str, Any]]:
    asked = list(_of_kinds(person).values())
    return [{name: one[name] for name in ("kind", "number", "incident")} for one in person["documents"] if one not in asked]


def place_of(form: Values, country: str) -> dict[str, Any] | None:
    """None where neither words nor a point say more than the country."""
    place: dict[str, Any] = {}
    if form.get("lon") and form.get("lat"):
        place |= {"lon": form["lon"], "lat": form["lat"], "accuracy_m": form.get("accuracy") or None}
    if form.get("place_words"):
        place["words"] = form["place_words"]
    return {"kind": form.get("place_kind") or "declared", "country": country, **place} if place and country else None


def _asked(names: Mapping[str, Any] | Sequence[str], form: Values) -> list[str]:
    return [name for name in names if form.get(name)]


def asked_as(pointer: str, form: Values) -> str:
    """The question that a pointer of the register's refusal is about: it points into lists of what was filled in."""
    first, *rest = pointer.strip("/").split("/")
    if not rest or first == "employer":
        return {"contacts": "phone", "safe_contact": "reach"}.get(first, pointer.strip("/").replace("/", "."))
    if first == "safe_contact":
        return {"note": "contact_note"}.get(rest[0], rest[0] if rest[0] in _HOURS else "reach")
    number = int(rest[0]) if rest[0].isdecimal() else 0
    lists: dict[str, Sequence[Any]] = {"contacts": _asked(CONTACTS, form), "documents": _asked(PAPERS, form), "places": ["place_words"]}
    if first in lists:
        return str(lists[first][number]) if number < len(lists[first]) else first
    if first in RELATIVE:
        rows = _rows(form, first)
        return f"{first}.{rows[number] if number < len(rows) else 0}.{rest[1] if rest[1:] else 'name'}"
    return first
