"""A person as a form asks of them, and as the register takes them. Pure."""

from collections.abc import Mapping
from typing import Any, Final

# Of the short form: what the page asks, by the name of its field.
FIELDS: Final = (
    *("name", "country", "phone", "reach", "place_words", "lon", "lat", "accuracy", "family_phone", "passport", "kind", "sex"),
    *("birth_year", "flags", "no_contact", "drill_member", "district", "nid", "bmet", "kin_name", "place_kind"),
)
# Words of a text are plain where it is said to be safe, unless somebody else may read them.
REACHES: Final[Mapping[str, Mapping[str, bool | str]]] = {
    "both": {"may_call": True, "may_text": True},
    "text": {"may_call": False, "may_text": True},
    "quiet": {"may_call": False, "may_text": True, "wording": "neutral"},
    "call": {"may_call": True, "may_text": False},
    "no": {"may_call": False, "may_text": False},
}
# Where the register points, and which question of the form that is.
_ASKED_AS: Final[tuple[tuple[str, str], ...]] = (
    ("/contacts/0", "phone"),
    ("/contacts/1", "family_phone"),
    ("/documents/0", "passport"),
    ("/documents/1", "nid"),
    ("/documents/2", "bmet"),
    ("/places/0", "place_words"),
    ("/kin/0", "kin_name"),
    ("/safe_contact", "reach"),
)


def person_of(form: Mapping[str, str], flags: list[str]) -> dict[str, Any]:
    """What was left empty is left out: the register says itself what it needs."""
    country = form.get("country", "")
    body: dict[str, Any] = {name: form[name] for name in ("name", "country", "kind", "sex", "district") if form.get(name)}
    if form.get("birth_year"):
        body["birth_year"] = form["birth_year"]
    contacts = [{"address": form["phone"], "country": country or None}] if form.get("phone") else []
    if form.get("family_phone") and not form.get("kin_name"):
        contacts.append({"address": form["family_phone"], "whose": "family", "country": "BD"})
    body |= {"contacts": contacts, "flags": flags}
    if form.get("kin_name"):
        body["kin"] = [{"name": form["kin_name"], "relation": "other", "phone": form.get("family_phone") or None}]
    if not contacts and form.get("no_contact"):
        body["no_contact"] = True
    documents = [{"kind": kind, "number": form[kind]} for kind in ("passport", "nid", "bmet") if form.get(kind)]
    if documents:
        body["documents"] = documents
    if place := place_of(form, country):
        body["places"] = [place]
    if reach := REACHES.get(form.get("reach", "")):
        body["safe_contact"] = {"wording": "plain", **reach}
    if form.get("drill_member"):
        body["drill_member"] = True
    return body


def place_of(form: Mapping[str, str], country: str) -> dict[str, Any] | None:
    """None where neither words nor a point say more than the country."""
    place: dict[str, Any] = {}
    if form.get("lon") and form.get("lat"):
        place |= {"lon": form["lon"], "lat": form["lat"], "accuracy_m": form.get("accuracy") or None}
    if form.get("place_words"):
        place["words"] = form["place_words"]
    return {"kind": form.get("place_kind") or "declared", "country": country, **place} if place and country else None


def asked_as(pointer: str) -> str:
    """The question that a pointer of the register's refusal is about."""
    return next((name for begins, name in _ASKED_AS if pointer.startswith(begins)), pointer.lstrip("/").partition("/")[0])
