"""One person of a file as rows of the register, sealed: the work that costs most, done in processes of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any, Final, Self
from uuid import UUID

import orjson

from contracts.days import DHAKA
from kit.crypto import Keyring
from kit.ids import new_id
from kit.names import sound_key
from kit.reference import make
from services.registry.imports.rows import rowbytes as row
from services.registry.imports.rows.judging import Person
from services.registry.rules import PREFIX, Flag, PlaceKind

# `reference` stands last: it is put there once it is known that nobody else has it.
COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "national": (
        *("id", "version", "state", "kind", "country", "name", "name_bn", "name_key", "birth_year", "sex", "age_band", "language", "flags"),
        *("district", "agency", "employer", "kin", "source", "registered_by", "registered_at", "reference"),
    ),
    "national_document": ("person_id", "place_in_list", "kind", "number", "number_index"),
    "national_contact": ("person_id", "place_in_list", "kind", "whose", "at_home", "address", "address_index"),
    "national_place": (
        *("person_id", "place_in_list", "kind", "flags", "country", "is_current", "is_abroad", "drill_member"),
        *("observed_at", "source", "words"),
    ),
}
_SEALED: Final = (
    *("national.name", "national.name_bn", "national.employer", "national.kin", "national_document.number"),
    *("national_contact.address", "national_place.words"),
)
_HEADS: Final = {table: row.head(len(columns)) for table, columns in COLUMNS.items()}
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Sealed:
    """One person ready to be copied: that of `national` without its reference. `papers`, `contacts`: blind indexes of what they hold."""

    id: UUID
    reference: str
    name_key: bytes | None
    papers: list[bytes] = field(default_factory=list)
    contacts: list[bytes] = field(default_factory=list)
    rows: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is the same for all persons of one file. `as_of`: when what the file says held."""

    kind: str
    registered_by: str
    at: datetime
    as_of: datetime

    @classmethod
    def of_nobody(cls) -> Self:
        """For who only judges."""
        return cls("worker", "", _LONG_AGO, _LONG_AGO)


class Sealer:
    def __init__(self, keyring: Keyring, facts: Facts) -> None:
        self._keys = keyring
        self._facts = facts
        self._seal = {column: keyring.sealer(column) for column in _SEALED}
        self._begins = row.integer(1) + row.text("abroad") + row.text(facts.kind)
        self._place = row.short(1)
        self._stands = row.TRUE + row.TRUE + row.FALSE
        self._source = row.text("import")
        self._ends = self._source + row.text(facts.registered_by) + row.moment(facts.at)
        self._sound = lru_cache(100_000)(self._sounds)

    def _sounds(self, name: str) -> bytes | None:
        key = sound_key(name)
        return self._keys.blind_index(key, "name") if key else None

    def paper_indexes(self, person: Person) -> list[bytes]:
        return [self._keys.blind_index(key, "document") for _, _, key in person.papers]

    def contact_indexes(self, person: Person) -> list[bytes]:
        return [self._keys.blind_index(address, "contact") for _, _, address in person.contacts]

    def name_key(self, person: Person) -> bytes | None:
        return self._sound(person.name)

    def __call__(self, person: Person) -> Sealed:
        identity = new_id()
        key = row.octets(identity.bytes)
        sealed = Sealed(identity, make(PREFIX), self.name_key(person))
        self._add_papers(sealed, key, person)
        self._add_contacts(sealed, key, person)
        flags = _flags(person)
        self._add_place(sealed, key, person, flags)
        sealed.rows["national"] = self._national(sealed, key, person, flags)
        return sealed

    def _national(self, sealed: Sealed, key: bytes, person: Person, flags: int) -> bytes:
        seal = self._seal
        employer = _json({"name": person.employer, "phone": None, "address": None}) if person.employer else None
        kin = _json([_relative(*person.kin)]) if person.kin else None
        return b"".join(
            (
                _HEADS["national"],
                key,
                self._begins,
                row.code(person.country),
                row.octets(seal["national.name"](person.name)),
                row.octets(seal["national.name_bn"](person.name_bn)) if person.name_bn else row.NULL,
                row.digest(sealed.name_key) if sealed.name_key else row.NULL,
                row.short(person.birth_year),
                row.code(person.sex),
                row.code(person.age_band),
                row.code("bn"),
                row.short(flags),
                row.code(person.district),
                row.code(person.agency),
                row.octets(seal["national.employer"](employer)) if employer else row.NULL,
                row.octets(seal["national.kin"](kin)) if kin else row.NULL,
                self._ends,
            )
        )

    def _add_papers(self, sealed: Sealed, key: bytes, person: Person) -> None:
        rows, begins, seal = [], _HEADS["national_document"] + key, self._seal["national_document.number"]
        sealed.papers = self.paper_indexes(person)
        for place, ((kind, number, _), index) in enumerate(zip(person.papers, sealed.papers, strict=True), 1):
            rows.append(begins + row.short(place) + row.code(kind) + row.octets(seal(number)) + row.digest(index))
        sealed.rows["national_document"] = b"".join(rows)

    def _add_contacts(self, sealed: Sealed, key: bytes, person: Person) -> None:
        rows, begins, seal = [], _HEADS["national_contact"] + key, self._seal["national_contact.address"]
        sealed.contacts = self.contact_indexes(person)
        for place, ((kind, whose, address), index) in enumerate(zip(person.contacts, sealed.contacts, strict=True), 1):
            at_home = row.boolean(whose == "family" or address.startswith("+880"))
            said = row.code(kind) + row.code(whose) + at_home + row.octets(seal(address))
            rows.append(begins + row.short(place) + said + row.digest(index))
        sealed.rows["national_contact"] = b"".join(rows)

    def _add_place(self, sealed: Sealed, key: bytes, person: Person, flags: int) -> None:
        at = self._facts.as_of
        if person.departed is not None:
            at = datetime.combine(person.departed, time(12), DHAKA)
        kind = PlaceKind.WORK_SITE if person.place else PlaceKind.DECLARED
        words = row.octets(self._seal["national_place.words"](person.place)) if person.place else row.NULL
        sealed.rows["national_place"] = b"".join(
            (
                _HEADS["national_place"],
                key,
                self._place,
                row.short(int(kind)),
                row.short(flags),
                row.code(person.country),
                self._stands,
                row.moment(at),
                self._source,
                words,
            )
        )


def _flags(person: Person) -> int:
    """A child by its year of birth, and who has no telephone of their own; a file says nothing else of who is helped first."""
    found = Flag(0)
    if person.age_band == "under_18":
        found |= Flag.CHILD
    if not any(whose == "own" for _, whose, _ in person.contacts):
        found |= Flag.NO_PHONE
    return int(found)


def _relative(name: str, phone: str | None) -> dict[str, Any]:
    return {"name": name, "relation": "other", "birth_year": None, "phone": phone, "flags": []}


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def content_of(person: Person) -> str:
    """A row as it was read, for whoever decides what of it is taken over."""
    return _json(asdict(person))
