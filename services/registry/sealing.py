"""A person as sealed rows of the register, with the blind indexes by which they are found: registered, changed or read from a file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from kit.crypto import Keyring
from kit.names import sound_key
from kit.papers import index_key
from kit.zones import zone_of
from services.registry import rules, views
from services.registry.rules import Flag, PlaceKind
from services.registry.schemas import ChangeIn, ContactIn, DocumentIn, PersonIn, PlaceIn, RelativeIn, SafeContactIn

RECORD: Final = "national"


@dataclass(frozen=True, slots=True)
class Told:
    """By whom a person is made known, and when: the same for each line of a file."""

    source: rules.Source
    by: str
    org: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonRows:
    """One person as rows, without the reference: what registers one at a time and what copies a million use alike."""

    national: dict[str, Any]
    documents: list[dict[str, Any]]
    contacts: list[dict[str, Any]]
    places: list[dict[str, Any]]


def rows_of(keyring: Keyring, person: PersonIn, told: Told, person_id: UUID) -> PersonRows:
    """Sealed and indexed. Somebody who names no place has one all the same: the country, so that a warning for it finds them."""
    contacts = [*person.contacts, *contacts_of_kin(person.kin)]
    flags = _flags(person, contacts)
    national = {
        "id": person_id,
        "version": 1,
        "state": rules.State.ABROAD,
        **person.model_dump(include={"kind", "country", "birth_year", "sex", "language", "district", "agency", "drill_member"}),
        **sealed_parts(keyring, person),
        "name_key": name_key(keyring, person.name),
        "age_band": rules.age_band_of(person.birth_year, person.age_band, told.at.year),
        "flags": int(flags),
        "nid_mark": rules.NidMark.NOT_ASKED,
        **contact_rule(keyring, person.safe_contact, [one.address for one in person.contacts if "@" not in one.address]),
        "doubts": [],
        "secret_key": None,
        "same_as": None,
        "source": told.source,
        "registered_by": told.by,
        "registered_by_org": told.org,
        "registered_at": told.at,
    }
    places = person.places or [PlaceIn(country=person.country)]
    return PersonRows(
        national,
        document_rows(keyring, person_id, person.documents),
        contact_rows(keyring, person_id, contacts),
        [place_row(keyring, national, one, number, told) for number, one in enumerate(_newest_of_kind(places, told.at), 1)],
    )


def _flags(person: PersonIn, contacts: Sequence[ContactIn]) -> Flag:
    return rules.judged_flags(
        rules.flags_of(person.flags),
        age_band=rules.age_band_of(person.birth_year, person.age_band, datetime.now(UTC).year),
        has_own_contact=any(one.whose is rules.Whose.OWN for one in contacts),
        in_detention=any(one.kind == PlaceKind.DETENTION.code for one in person.places),
    )


def sealed_parts(keyring: Keyring, person: PersonIn | ChangeIn) -> dict[str, bytes | None]:
    def seal(value: str | None, field: str) -> bytes | None:
        return keyring.seal(value, f"{RECORD}.{field}") if value else None

    return {
        "name": seal(person.name, "name"),
        "name_bn": seal(person.name_bn, "name_bn"),
        "employer": seal(person.employer.model_dump_json() if person.employer else None, "employer"),
        "household": seal(views.relatives_json(person.household), "household"),
        "kin": seal(views.relatives_json(person.kin), "kin"),
    }


def name_key(keyring: Keyring, name: str) -> bytes | None:
    key = sound_key(name)
    return keyring.blind_index(key, "name") if key else None


def contact_index(keyring: Keyring, address: str) -> bytes:
    """The same for a number that calls and one that chats."""
    return keyring.blind_index(address, "contact")


def document_index(keyring: Keyring, kind: str, number: str) -> bytes | None:
    key = index_key(kind, number)
    return keyring.blind_index(key, "document") if key else None


def contact_rule(keyring: Keyring, said: SafeContactIn, phones: Sequence[str]) -> dict[str, Any]:
    kept = said.model_dump(include={"hours_from", "hours_to", "time_zone", "wording"}, exclude_defaults=True)
    if said.hours_from is not None and said.time_zone is None:
        kept["time_zone"] = zone_of(phones[0] if phones else None)
    note = keyring.seal(said.note, f"{RECORD}.contact_note") if said.note else None
    return {"may_call": said.may_call, "may_text": said.may_text, "contact_rule": kept, "contact_note": note}


def contact_rows(keyring: Keyring, person_id: UUID, contacts: Iterable[ContactIn]) -> list[dict[str, Any]]:
    return [
        {
            "person_id": person_id,
            "place_in_list": number,
            **one.model_dump(include={"kind", "whose", "at_home"}),
            "address": keyring.seal(one.address, "national_contact.address"),
            "address_index": contact_index(keyring, one.address),
        }
        for number, one in enumerate(contacts, 1)
    ]


def document_rows(keyring: Keyring, person_id: UUID, documents: Iterable[DocumentIn]) -> list[dict[str, Any]]:
    rows = []
    for place, one in enumerate(documents, 1):
        index = document_index(keyring, one.kind, one.number) if one.number else None
        rows.append(
            {
                "person_id": person_id,
                "place_in_list": place,
                "kind": one.kind,
                "number": keyring.seal(one.number, "national_document.number") if one.number and index else None,
                "number_index": index,
                "incident": one.incident,
            }
        )
    return rows


def contacts_of_kin(kin: Iterable[RelativeIn]) -> list[ContactIn]:
    return [ContactIn(whose=rules.Whose.FAMILY, address=one.phone) for one in kin if one.phone]


def _newest_of_kind(places: Sequence[PlaceIn], now: datetime) -> list[tuple[PlaceIn, bool]]:
    """With each place, whether it is the newest of its kind; of two of the same time both are."""
    newest: dict[str, datetime] = {}
    for one in places:
        newest[one.kind] = max(newest.get(one.kind, one.observed_at or now), one.observed_at or now)
    return [(one, (one.observed_at or now) >= newest[one.kind]) for one in places]


def place_row(keyring: Keyring, person: Mapping[str, Any], place: tuple[PlaceIn, bool], number: int, told: Told) -> dict[str, Any]:
    said, is_current = place
    return {
        "person_id": person["id"],
        "place_in_list": number,
        "kind": int(PlaceKind[said.kind.upper()]),
        "flags": person["flags"],
        **said.model_dump(include={"country", "lon", "lat", "accuracy_m", "incident"}),
        "is_current": is_current,
        "is_abroad": person["state"] == rules.State.ABROAD and person["same_as"] is None,
        "drill_member": person["drill_member"],
        # A clock that runs ahead would make a place the newest for ever.
        "observed_at": min(said.observed_at or told.at, told.at),
        "source": told.source,
        "words": keyring.seal(said.words, "national_place.words") if said.words else None,
    }
