"""Use cases of the person themselves, without an account: see one's own record, change it, be forgotten."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.database import Sessions
from kit.ids import new_id
from kit.outward import Outward
from kit.strangers import (
    SECRET_DIGITS,
    Judgement,
    PhoneNeededError,
    TooManyTriesError,
    WrongKeyError,
    hashed_secret,
    judge,
    read_secret,
    written_secret,
)
from services.registry import repository as people
from services.registry import sealing, views
from services.registry import service as core
from services.registry.models import National
from services.registry.own import repository
from services.registry.own.models import OwnFailure
from services.registry.own.schemas import EntryIn, OwnChangeIn
from services.registry.push import service as push
from services.registry.rules import NidMark, Source, State
from services.registry.schemas import ChangeIn, ContactIn

OWNER: Final = "person"
ALL: Final = "all"
_CHANGED: Final = {"country", "contacts", "flags", "employer", "household", "kin", "safe_contact", "language", "drill_member"}


def person_caller() -> Caller:
    return Caller(subject=OWNER, username="", client_id="door:web", roles=frozenset())


async def enter(sessions: Sessions, keyring: Keyring, entry: EntryIn, address: str) -> UUID:
    """Whose record it is. Raises `WrongKeyError`, `TooManyTriesError`, `PhoneNeededError`.

    Takes sessions of its own: a wrong attempt is counted although the request fails.
    """
    now, index = datetime.now(UTC), keyring.blind_index(address, "own.address")
    async with sessions.begin() as session:
        person = await people.find_by_reference(session, entry.reference)
        failures = await repository.count_failures(session, index, person.id if person else None, now)
        numbers = [one.address_index for one in await people.list_contacts(session, [person.id])] if person else []
    judgement = judge(failures)
    if judgement is Judgement.MUST_WAIT:
        raise TooManyTriesError
    knows_number = entry.phone is not None and sealing.contact_index(keyring, entry.phone) in numbers
    if judgement is Judgement.NEEDS_PHONE and numbers and not knows_number:
        raise PhoneNeededError
    # Worked out for a reference that is none too: the time that an answer takes tells nothing.
    tried = await hashed_secret(keyring, person.id if person else UUID(int=0), entry.secret, core.SALT)
    if person is None or person.secret_key is None or not hmac.compare_digest(tried, person.secret_key):
        async with sessions.begin() as session:
            failure = OwnFailure(id=new_id(), person_id=person.id if person else None, address_index=index, at=now)
            await repository.add_failure(session, failure)
        raise WrongKeyError
    return person.id


async def read(session: AsyncSession, person_id: UUID) -> National:
    """Raises `WrongKeyError` where the record was forgotten between the door and here."""
    found = await people.find(session, person_id, core.EVERYBODY, lock=True)
    if found is None:
        raise WrongKeyError
    await record_access(session, person_caller(), [person_id], record_type=sealing.RECORD, purpose="own", fields=["own"])
    return found


async def change(session: AsyncSession, keyring: Keyring, outward: Outward, person: National, said: OwnChangeIn) -> None:
    if said.forget:
        await _forget(session, keyring, person)
        return
    named: dict[str, object] = {one: getattr(said, one) for one in said.model_fields_set & _CHANGED if getattr(said, one) is not None}
    if said.contacts is not None:
        named["contacts"] = await _with_those_of_others(session, keyring, person, said.contacts)
    if said.came_home:
        named["state"] = State.HOME
    if named:
        await core.change(session, keyring, person, ChangeIn.model_validate(named))
    if said.place is not None:
        told = sealing.Told(Source.SELF, OWNER, None, datetime.now(UTC))
        await core.add_place(session, keyring, person, said.place, told)
    if said.push_off is not None:
        await push.end(session, keyring, person.id, None if said.push_off == ALL else said.push_off)
    if said.push is not None:
        await push.subscribe(session, keyring, outward, person.id, said.push)


async def _with_those_of_others(session: AsyncSession, keyring: Keyring, person: National, new: Sequence[ContactIn]) -> list[ContactIn]:
    """Of one's own record only the ends of numbers are shown: who writes a new one cannot write the others again."""
    kept = await core.contacts_but_of_kin(session, keyring, person, views.kin_of(person, keyring))
    changed = {one.whose for one in new}
    return [*new, *(one for one in kept if one.whose not in changed)]


async def _forget(session: AsyncSession, keyring: Keyring, person: National) -> None:
    """PDPO 2025 s.13: erasure. The id stays, for what refers to it; nothing of it says who it was."""
    await repository.forget_belongings(session, person.id)
    person.state, person.version = State.WITHDRAWN, person.version + 1
    person.name, person.name_bn, person.name_key = keyring.seal("", "national.name"), None, None
    person.birth_year = person.employer = person.household = person.kin = person.contact_note = person.secret_key = None
    person.district = person.agency = None
    person.may_call, person.may_text, person.contact_rule = None, None, {}
    person.nid_mark, person.drill_member, person.flags, person.doubts = NidMark.NOT_ASKED, False, 0, []
    person.sex, person.age_band = "unknown", "unknown"
    await session.flush()


async def give_secret(session: AsyncSession, keyring: Keyring, person: National) -> str:
    """A new one for who stands here or is on the line, to be shown once; the one before is over. Of a locked one."""
    secret = written_secret(secrets.randbelow(10**SECRET_DIGITS))
    person.secret_key = await hashed_secret(keyring, person.id, read_secret(secret), core.SALT)
    await session.flush()
    return secret
