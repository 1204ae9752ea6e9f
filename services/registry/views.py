"""What a desk sees of a person: sealed fields are opened here, for those who may see the record at all."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from pydantic import TypeAdapter

from contracts.text import Bilingual
from kit.crypto import Keyring
from services.registry import rules
from services.registry.lists import LISTS
from services.registry.models import National, NationalContact, NationalDocument, NationalPlace
from services.registry.rules import PlaceKind
from services.registry.schemas import (
    ContactOut,
    DocumentOut,
    EmployerIn,
    KeyOut,
    NationalOut,
    NationalRow,
    PersonIn,
    PlaceOut,
    ReceiptOut,
    RelativeIn,
    SafeContactIn,
)

# All that the sharing policy decides of, for what is done with a record and shown to nobody.
WHOLE: Final = frozenset({"reference", "name", "flags", "contacts", "documents", "employer", "household", "kin", "places", "safe_contact"})
_RELATIVES: Final = TypeAdapter(list[RelativeIn])
_FRESH_DAYS: Final = {PlaceKind[one.code.upper()]: one.fresh_days for one in LISTS.places}


def relatives_json(relatives: Sequence[RelativeIn] | None) -> str | None:
    return _RELATIVES.dump_json([*relatives]).decode() if relatives else None


def kin_of(person: National, keyring: Keyring) -> list[RelativeIn]:
    return _relatives(keyring, person.kin, "kin")


def household_of(person: National, keyring: Keyring) -> list[RelativeIn]:
    return _relatives(keyring, person.household, "household")


def _relatives(keyring: Keyring, sealed: bytes | None, field: str) -> list[RelativeIn]:
    return _RELATIVES.validate_json(keyring.open(sealed, f"national.{field}")) if sealed else []


def receipt_of(person: Mapping[str, Any], secret: str, said: PersonIn, matches: int) -> ReceiptOut:
    odd = [rules.odd_document(one.kind, one.number, said.birth_year) for one in said.documents if one.number]
    return ReceiptOut(
        id=person["id"],
        reference=person["reference"],
        registered_at=person["registered_at"],
        next_step=Bilingual.of(rules.AFTER_REGISTRATION),
        key=KeyOut(reference=person["reference"], secret=secret, words=Bilingual.of(rules.SECRET_WORDS)),
        notes=[Bilingual.of(one) for one in odd if one is not None],
        matches=matches,
    )


def row_of(person: National, keyring: Keyring, fields: Collection[str]) -> NationalRow:
    """`fields`: those that may be shown. What is hidden is not even opened."""
    return NationalRow.model_validate(_row(person, keyring, fields))


def _row(person: National, keyring: Keyring, fields: Collection[str]) -> dict[str, Any]:
    plain = {"id", "version", "state", "kind", "country", "birth_year", "sex", "age_band", "language", "registered_at"}
    return {
        **person.model_dump(include=plain),
        "reference": person.reference if "reference" in fields else "",
        "flags": rules.flag_codes(person.flags) if "flags" in fields else [],
        "name": keyring.open(person.name, "national.name") if "name" in fields else "",
        "name_bn": _opened(keyring, person.name_bn, "national.name_bn") if "name" in fields else None,
    }


def view_of(
    person: National,
    documents: Sequence[NationalDocument],
    contacts: Sequence[NationalContact],
    places: Sequence[NationalPlace],
    came_home: Sequence[date],
    keyring: Keyring,
    fields: Collection[str],
) -> NationalOut:
    """`fields`: those that may be shown. What is hidden is not even opened."""
    employer = _opened(keyring, person.employer, "national.employer") if "employer" in fields else None
    now = datetime.now(UTC)
    return NationalOut.model_validate(
        {
            **_row(person, keyring, fields),
            **person.model_dump(include={"district", "agency", "nid_mark", "drill_member", "source", "doubts", "same_as"}),
            "employer": EmployerIn.model_validate_json(employer) if employer else None,
            "household": household_of(person, keyring) if "household" in fields else [],
            "kin": kin_of(person, keyring) if "kin" in fields else [],
            "documents": [_document(one, person, keyring) for one in documents] if "documents" in fields else [],
            "contacts": [contact_of(one, keyring) for one in contacts] if "contacts" in fields else [],
            "places": [_place(one, keyring, now) for one in places] if "places" in fields else [],
            "safe_contact": safe_contact_of(person, keyring) if "safe_contact" in fields else SafeContactIn(),
            "came_home": [*came_home],
        }
    )


def contact_of(contact: NationalContact, keyring: Keyring) -> ContactOut:
    kept = contact.model_dump(include={"kind", "whose", "at_home"})
    return ContactOut.model_validate({**kept, "address": keyring.open(contact.address, "national_contact.address")})


def safe_contact_of(person: National, keyring: Keyring) -> SafeContactIn:
    return SafeContactIn(
        may_call=person.may_call,
        may_text=person.may_text,
        note=_opened(keyring, person.contact_note, "national.contact_note") or "",
        **person.contact_rule,
    )


def _document(paper: NationalDocument, person: National, keyring: Keyring) -> DocumentOut:
    number = _opened(keyring, paper.number, "national_document.number")
    odd = rules.odd_document(paper.kind, number, person.birth_year) if number else None
    return DocumentOut(kind=rules.DocumentKind(paper.kind), number=number, incident=paper.incident, note=Bilingual.of(odd) if odd else None)


def _place(place: NationalPlace, keyring: Keyring, now: datetime) -> PlaceOut:
    kind = PlaceKind(place.kind)
    return PlaceOut.model_validate(
        {
            **place.model_dump(include={"country", "lon", "lat", "accuracy_m", "observed_at", "source", "incident", "is_current"}),
            "kind": kind.code,
            "words": _opened(keyring, place.words, "national_place.words"),
            "fresh": place.is_current and rules.is_fresh(place.observed_at, _FRESH_DAYS[kind], now),
        }
    )


def _opened(keyring: Keyring, sealed: bytes | None, column: str) -> str | None:
    return keyring.open(sealed, column) if sealed is not None else None
