"""Use cases: register somebody, find them by what is known exactly, read and change a record, each within the caller's scope."""

import secrets
from collections.abc import Collection, Mapping, Sequence
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
from kit.outbox import emit
from kit.papers import document_key
from kit.sharing_log import Shared, record_decisions
from kit.strangers import SECRET_DIGITS, hashed_secret, read_secret, written_secret
from services.registry import repository, rules, sealing, sharing, views
from services.registry.access import WEB, source_of
from services.registry.clients import CardRegister
from services.registry.matching import service as matching
from services.registry.models import National, NationalContact, NationalDocument, NationalPlace
from services.registry.returns import repository as returns
from services.registry.rules import Flag, PlaceKind, Visibility
from services.registry.schemas import (
    ChangeIn,
    ContactIn,
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


async def register(session: AsyncSession, keyring: Keyring, caller: Caller, said: NationalIn) -> ReceiptOut:
    """Stores the person, gives the secret, proposes who it may be already, and tells of it: in one transaction."""
    told = sealing.Told(
        source_of(caller, from_outreach=said.from_outreach), caller.subject, min(caller.org, default=None), datetime.now(UTC)
    )
    rows = sealing.rows_of(keyring, said, told, new_id())
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


async def _doubts(session: AsyncSession, said: NationalIn, rows: sealing.PersonRows, caller: Caller) -> list[rules.Doubt]:
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
        index = sealing.document_index(keyring, asked.document.kind, asked.document.number)
        return await repository.search_by_document(session, visible, index) if index else []
    if asked.reference is not None:
        found = await repository.find(session, asked.reference, visible)
        return [found] if found else []
    return await repository.search_by_contact(session, visible, sealing.contact_index(keyring, asked.phone or asked.email or ""))


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
    await record_access(session, caller, people, record_type=sealing.RECORD, purpose=given.purpose, fields=given.allowed)
    if sharing.is_for_another(caller):
        organisation = min(caller.org, default=None)
        decided = Shared(
            given.policy,
            given.purpose,
            f"{sealing.RECORD}.{given.form}",
            len(people),
            given.allowed,
            given.denied,
            organisation=organisation,
        )
        await record_decisions(session, caller, [decided])


async def change(session: AsyncSession, keyring: Keyring, person: National, said: ChangeIn) -> None:
    """Of a locked one. What is named is replaced; where flags follow from what changed, they follow."""
    named, kin_before = said.model_fields_set, views.kin_of(person, keyring)
    for field in named & _PLAIN:
        setattr(person, field, getattr(said, field))
    for field, value in sealing.sealed_parts(keyring, said).items():
        if field in named:
            setattr(person, field, value)
    if said.name is not None:
        person.name_key = sealing.name_key(keyring, said.name)
    if said.safe_contact is not None:
        for field, value in _contact_rule(keyring, person, said.safe_contact, await _own_phones(session, keyring, person.id, said)).items():
            setattr(person, field, value)
    if said.contacts is not None or said.kin is not None:
        own = said.contacts if said.contacts is not None else await contacts_but_of_kin(session, keyring, person, kin_before)
        rows = sealing.contact_rows(keyring, person.id, [*own, *sealing.contacts_of_kin(views.kin_of(person, keyring))])
        await repository.replace_rows(session, NationalContact, person.id, rows)
    if said.documents is not None:
        person.nid_mark = rules.NidMark.NOT_ASKED
        await repository.replace_rows(session, NationalDocument, person.id, sealing.document_rows(keyring, person.id, said.documents))
    await _flag_again(session, person, said)
    person.version += 1
    await session.flush()


async def contacts_but_of_kin(session: AsyncSession, keyring: Keyring, person: National, kin: Sequence[RelativeIn]) -> list[ContactIn]:
    """What was said of how somebody is reached; the numbers of next of kin follow from who they are."""
    of_kin = {one.address for one in sealing.contacts_of_kin(kin)}
    kept = [views.contact_of(one, keyring) for one in await repository.list_contacts(session, [person.id])]
    return [ContactIn.model_validate(one.model_dump()) for one in kept if one.whose is not rules.Whose.FAMILY or one.address not in of_kin]


_PLAIN: Final = {"state", "kind", "country", "birth_year", "sex", "age_band", "language", "district", "agency", "drill_member"}


def _contact_rule(keyring: Keyring, person: National, said: SafeContactIn, phones: Sequence[str]) -> dict[str, Any]:
    """Who asks for other words or another way keeps the hours and the note that were written down before."""
    named, rule = said.model_fields_set, sealing.contact_rule(keyring, said, phones)
    own_clock = {"time_zone"} if "hours_from" in named else set()
    kept = {name: value for name, value in person.contact_rule.items() if name not in named | own_clock}
    note = {"contact_note": rule["contact_note"]} if "note" in named else {}
    ways: dict[str, Any] = {name: rule[name] for name in ("may_call", "may_text") if name in named}
    return {**ways, **note, "contact_rule": {**kept, **rule["contact_rule"]}}


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


async def add_place(session: AsyncSession, keyring: Keyring, person: National, said: PlaceIn, told: sealing.Told) -> None:
    """Of a locked one. An older place of the same kind is history; a place that is older than what is known is history at once."""
    number = await repository.next_place(session, person.id)
    known = [one for one in await repository.list_places(session, person.id) if one.kind == PlaceKind[said.kind.upper()] and one.is_current]
    at = min(said.observed_at or told.at, told.at)
    is_newest = all(one.observed_at <= at for one in known)
    row = NationalPlace(**sealing.place_row(keyring, person.model_dump(), (said, is_newest), number, told))
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
