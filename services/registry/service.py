"""Use cases: register somebody, find them by what is known exactly, read and change a record, each within the caller's scope."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.persons import AgeBand
from contracts.registry import NationalRegistered
from contracts.text import Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from kit.ids import new_id
from kit.names import sound_key
from kit.outbox import emit
from kit.papers import document_key, index_key
from kit.reference import parse
from kit.sharing_log import Shared, record_decisions
from kit.strangers import SECRET_DIGITS, hashed_secret, read_secret, written_secret
from kit.zones import zone_of
from services.registry import repository, rules, sharing, views
from services.registry.access import WEB, source_of
from services.registry.clients import CardRegister
from services.registry.matching import service as matching
from services.registry.models import National, NationalContact, NationalDocument, NationalPlace
from services.registry.returns import repository as returns
from services.registry.rules import Flag, PlaceKind, Visibility
from services.registry.schemas import (
    ChangeIn,
    ContactIn,
    DocumentIn,
    FoundOut,
    NationalIn,
    NationalOut,
    PersonIn,
    PlaceIn,
    ReceiptOut,
    RelativeIn,
    SafeContactIn,
    SearchIn,
)
from services.registry.sharing import Given

RECORD: Final = "national"
SALT: Final = "own.salt"
# For the person themselves and for the crisis service: neither looks for anybody it does not know of already.
EVERYBODY: Final = Visibility(everything=True, countries=frozenset(), registered_by="", registered_by_orgs=frozenset())


class NoCardError(ConflictError):
    slug = "no-identity-card-number"
    title = Text("No identity card number was given.", "কোনো জাতীয় পরিচয়পত্র নম্বর দেওয়া হয়নি।")


class NobodyToAskError(ConflictError):
    slug = "no-card-register"
    title = Text(
        "The register of identity cards is not connected here. The number stays as it was given; help does not depend on it.",
        "জাতীয় পরিচয়পত্রের তথ্যভান্ডার এখানে যুক্ত নয়। নম্বরটি যেমন দেওয়া হয়েছে তেমনই থাকবে; সহায়তা এর ওপর নির্ভর করে না।",
    )


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
    contacts = [*person.contacts, *_contacts_of_kin(person.kin)]
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
        [_place_row(keyring, national, one, number, told) for number, one in enumerate(_newest_of_kind(places, told.at), 1)],
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


def _contacts_of_kin(kin: Iterable[RelativeIn]) -> list[ContactIn]:
    return [ContactIn(whose=rules.Whose.FAMILY, address=one.phone) for one in kin if one.phone]


def _newest_of_kind(places: Sequence[PlaceIn], now: datetime) -> list[tuple[PlaceIn, bool]]:
    """With each place, whether it is the newest of its kind; of two of the same time both are."""
    newest: dict[str, datetime] = {}
    for one in places:
        newest[one.kind] = max(newest.get(one.kind, one.observed_at or now), one.observed_at or now)
    return [(one, (one.observed_at or now) >= newest[one.kind]) for one in places]


def _place_row(keyring: Keyring, person: Mapping[str, Any], place: tuple[PlaceIn, bool], number: int, told: Told) -> dict[str, Any]:
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


async def register(session: AsyncSession, keyring: Keyring, caller: Caller, said: NationalIn) -> ReceiptOut:
    """Stores the person, gives the secret, proposes who it may be already, and tells of it: in one transaction."""
    told = Told(source_of(caller, from_outreach=said.from_outreach), caller.subject, min(caller.org, default=None), datetime.now(UTC))
    rows = rows_of(keyring, said, told, new_id())
    secret = written_secret(secrets.randbelow(10**SECRET_DIGITS))
    hashed = await hashed_secret(keyring, rows.national["id"], read_secret(secret), SALT)
    values = {**rows.national, "secret_key": hashed, "doubts": await _doubts(session, said, rows, caller)}
    reference = await repository.add_person(session, values)
    await repository.add_rows(session, NationalDocument, rows.documents)
    await repository.add_rows(session, NationalContact, rows.contacts)
    await repository.add_rows(session, NationalPlace, rows.places)
    matches = await matching.propose(session, keyring, rows.national["id"], matching_person(said), told.at)
    await _tell(session, rows.national, said)
    return views.receipt_of(values | {"reference": reference}, secret, said, matches if caller.subject != WEB else 0)


async def _doubts(session: AsyncSession, said: NationalIn, rows: PersonRows, caller: Caller) -> list[rules.Doubt]:
    if caller.subject != WEB:
        return []
    own = [one["address_index"] for one in rows.contacts if one["whose"] == rules.Whose.OWN]
    known = await repository.count_of_own_number(session, own) if own else 0
    return rules.doubts(of_number=known, filled_in_s=said.filled_in_s, trap=said.website)


def matching_person(said: PersonIn) -> matching.Person:
    return matching.Person(
        names=tuple(one for one in (said.name, said.name_bn) if one),
        birth_year=said.birth_year,
        documents=tuple((one.kind, one.number) for one in said.documents if one.number),
        addresses=tuple(one.address for one in said.contacts if one.whose is rules.Whose.OWN),
    )


async def _tell(session: AsyncSession, person: Mapping[str, Any], said: PersonIn) -> None:
    event = NationalRegistered(
        country=said.country,
        kind=said.kind,
        sex=said.sex,
        age_band=AgeBand(person["age_band"]),
        district=said.district,
        source=person["source"],
        household=len(said.household),
        registered_at=person["registered_at"],
    )
    await emit(session, event, subject=person["id"], sequence=1)


async def search(session: AsyncSession, keyring: Keyring, caller: Caller, visible: Visibility, asked: SearchIn) -> FoundOut:
    given = sharing.given(caller, asked.purpose, "row")
    found = await _found(session, keyring, visible, asked)
    await note(session, caller, [one.id for one in found], given)
    return FoundOut(items=[views.row_of(one, keyring, given.allowed) for one in found])


async def _found(session: AsyncSession, keyring: Keyring, visible: Visibility, asked: SearchIn) -> Sequence[National]:
    if asked.document is not None:
        index = document_index(keyring, asked.document.kind, asked.document.number)
        return await repository.search_by_document(session, visible, index) if index else []
    if asked.reference is not None:
        found = await repository.find(session, parse(asked.reference, rules.PREFIX), visible)
        return [found] if found else []
    return await repository.search_by_contact(session, visible, contact_index(keyring, asked.phone or asked.email or ""))


async def read(session: AsyncSession, keyring: Keyring, caller: Caller, visible: Visibility, who: UUID | str, purpose: str) -> NationalOut:
    return await shown_to(session, keyring, caller, await get(session, visible, who), purpose)


async def shown_to(session: AsyncSession, keyring: Keyring, caller: Caller, person: National, purpose: str) -> NationalOut:
    """What the sharing policy lets the caller see for the purpose; noted. Raises `NotSharedError`."""
    given = sharing.given(caller, purpose, "record")
    await note(session, caller, [person.id], given)
    return await shown(session, keyring, person, given.allowed)


async def get(session: AsyncSession, visible: Visibility, who: UUID | str, *, lock: bool = False) -> National:
    """Raises `NotFoundError` also for somebody out of sight."""
    person = await repository.find(session, who, visible, lock=lock)
    if person is None:
        raise NotFoundError
    return person


async def shown(session: AsyncSession, keyring: Keyring, person: National, fields: Collection[str] = views.WHOLE) -> NationalOut:
    return views.view_of(
        person,
        await repository.list_documents(session, person.id),
        await repository.list_contacts(session, [person.id]),
        await repository.list_places(session, person.id),
        [one.returned_on for one in await returns.list_returns(session, person.id)],
        keyring,
        fields,
    )


async def note(session: AsyncSession, caller: Caller, people: Sequence[UUID], given: Given) -> None:
    """Who is told of whom; and, where that is another service or a partner, what was decided."""
    await record_access(session, caller, people, record_type=RECORD, purpose=given.purpose, fields=given.allowed)
    if sharing.is_for_another(caller):
        organisation = min(caller.org, default=None)
        decided = Shared(
            given.policy, given.purpose, f"{RECORD}.{given.form}", len(people), given.allowed, given.denied, organisation=organisation
        )
        await record_decisions(session, caller, [decided])


async def change(session: AsyncSession, keyring: Keyring, person: National, said: ChangeIn) -> None:
    """Of a locked one. What is named is replaced; where flags follow from what changed, they follow."""
    named = said.model_fields_set
    for field in named & _PLAIN:
        setattr(person, field, getattr(said, field))
    for field, value in sealed_parts(keyring, said).items():
        if field in named:
            setattr(person, field, value)
    if said.name is not None:
        person.name_key = name_key(keyring, said.name)
    if said.safe_contact is not None:
        for field, value in contact_rule(keyring, said.safe_contact, await _own_phones(session, keyring, person.id, said)).items():
            setattr(person, field, value)
    if said.contacts is not None:
        rows = contact_rows(keyring, person.id, [*said.contacts, *_contacts_of_kin(said.kin or views.kin_of(person, keyring))])
        await repository.replace_rows(session, NationalContact, person.id, rows)
    if said.documents is not None:
        person.nid_mark = rules.NidMark.NOT_ASKED
        await repository.replace_rows(session, NationalDocument, person.id, document_rows(keyring, person.id, said.documents))
    await _flag_again(session, person, said)
    person.version += 1
    await session.flush()


_PLAIN: Final = {"state", "kind", "country", "birth_year", "sex", "age_band", "language", "district", "agency", "drill_member"}


async def _own_phones(session: AsyncSession, keyring: Keyring, person_id: UUID, said: ChangeIn) -> list[str]:
    if said.contacts is not None:
        return [one.address for one in said.contacts if "@" not in one.address]
    kept = await repository.list_contacts(session, [person_id])
    return [keyring.open(one.address, "national_contact.address") for one in kept if one.kind != rules.ContactKind.EMAIL]


async def _flag_again(session: AsyncSession, person: National, said: ChangeIn) -> None:
    flags = rules.flags_of(said.flags) if said.flags is not None else Flag(person.flags)
    if said.contacts is not None:
        flags &= ~Flag.NO_PHONE
    contacts = await repository.list_contacts(session, [person.id])
    person.age_band = rules.age_band_of(person.birth_year, AgeBand(person.age_band), datetime.now(UTC).year)
    person.flags = int(
        rules.judged_flags(
            flags,
            age_band=AgeBand(person.age_band),
            has_own_contact=any(one.whose == rules.Whose.OWN for one in contacts),
            in_detention=False,
        )
    )


async def add_place(session: AsyncSession, keyring: Keyring, person: National, said: PlaceIn, told: Told) -> None:
    """Of a locked one. An older place of the same kind is history; a place that is older than what is known is history at once."""
    number = await repository.next_place(session, person.id)
    known = [one for one in await repository.list_places(session, person.id) if one.kind == PlaceKind[said.kind.upper()] and one.is_current]
    at = min(said.observed_at or told.at, told.at)
    is_newest = all(one.observed_at <= at for one in known)
    row = NationalPlace(**_place_row(keyring, person.model_dump(), (said, is_newest), number, told))
    session.add(row)
    await session.flush()
    if is_newest:
        await repository.supersede_places(session, row)
    if said.kind == PlaceKind.DETENTION.code:
        person.flags |= Flag.DETAINED
    elif is_newest and said.kind == PlaceKind.DECLARED.code:
        person.country = said.country
    person.version += 1
    await session.flush()


async def compare_card(session: AsyncSession, keyring: Keyring, person: National, register_of_cards: CardRegister | None) -> None:
    """Asks whoever holds the cards, and keeps the answer as a mark. Raises `NoCardError`, `NobodyToAskError`, `AwayError`."""
    if register_of_cards is None:
        raise NobodyToAskError
    papers = await repository.list_documents(session, person.id)
    number = next((one.number for one in papers if one.kind == rules.DocumentKind.NID and one.number), None)
    if number is None:
        raise NoCardError
    key = document_key(keyring.open(number, "national_document.number"))
    person.nid_mark = await register_of_cards.compare(key, keyring.open(person.name, "national.name"), person.birth_year)
    person.version += 1
    await session.flush()
