"""Use cases of reintegration: whom a returnee may be in the register, and that somebody of it has come home."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.likeness import Grade, Key, grade
from contracts.persons import Sex
from kit.auth import Caller
from kit.crypto import Keyring
from kit.names import sound_key
from kit.papers import index_key
from services.registry import repository as people
from services.registry import sealing, views
from services.registry import service as core
from services.registry.matching.rules import YEARS_APART, are_near
from services.registry.models import National
from services.registry.returns import repository
from services.registry.returns.schemas import AnswerOut, CandidateOut, CandidatesIn, ReturnIn, SoughtIn
from services.registry.rules import DocumentKind
from services.registry.sharing import given

_PAPERS: Final[Mapping[str, Key]] = {
    DocumentKind.NID: Key.NID,
    DocumentKind.PASSPORT: Key.PASSPORT,
    DocumentKind.BIRTH: Key.BIRTH_REGISTRATION,
}
_PARENT: Final = "parent"
_SURENESS: Final = list(Grade)


async def find_candidates(session: AsyncSession, keyring: Keyring, caller: Caller, asked: CandidatesIn) -> list[AnswerOut]:
    """One answer for each who is asked for, and a line in the access log for each of the register who is told of."""
    told_of = given(caller, asked.purpose, "match")
    answers = [AnswerOut(ask=one.ask, candidates=await _candidates(session, keyring, one)) for one in asked.people]
    told = dict.fromkeys(one.person for answer in answers for one in answer.candidates)
    await core.note(session, caller, [*told], told_of)
    return answers


async def _candidates(session: AsyncSession, keyring: Keyring, sought: SoughtIn) -> list[CandidateOut]:
    found: list[CandidateOut] = []
    for person, shared in await _who_shares(session, keyring, sought):
        graded = grade(shared, sexes_differ={sought.sex, person.sex} == {Sex.FEMALE, Sex.MALE})
        if graded is not None:
            found.append(_told_of(person, graded, shared))
    return sorted(found, key=lambda one: _SURENESS.index(one.grade))


async def _who_shares(session: AsyncSession, keyring: Keyring, sought: SoughtIn) -> list[tuple[National, set[Key]]]:
    """A record that a person found to be a later one of somebody stands for the earlier."""
    by_index: dict[UUID, set[Key]] = defaultdict(set)
    papers = {keyring.blind_index(key, "document") for one in sought.papers if (key := index_key(one.kind, one.number))}
    for person, kind in await repository.with_papers(session, papers):
        by_index[person].add(_PAPERS.get(kind, Key.OTHER_PAPER))
    for person in await repository.with_phones(session, {sealing.contact_index(keyring, one) for one in sought.phones}):
        by_index[person].add(Key.PHONE)
    names = {sound for one in sought.names if (sound := sealing.name_key(keyring, one))}
    year = sought.birth_year
    years = None if year is None else range(year - YEARS_APART, year + YEARS_APART + 1)
    for person in await repository.with_names(session, names, years, sought.district):
        by_index[person].add(Key.NAME)
    records = await people.list_people(session, [*by_index])
    earlier = {one.id: one for one in await people.list_people(session, [one.same_as for one in records if one.same_as])}
    shared: dict[UUID, tuple[National, set[Key]]] = {}
    for one in records:
        stands_for = earlier.get(one.same_as, one) if one.same_as else one
        keys = by_index[one.id] | _beside(keyring, one, sought, names)
        shared.setdefault(stands_for.id, (stands_for, set()))[1].update(keys)
    return [*shared.values()]


def _beside(keyring: Keyring, person: National, sought: SoughtIn, names: Collection[bytes]) -> set[Key]:
    """What agrees besides that by which somebody was found. Of a village the register knows nothing, so that none is compared."""
    parents = {
        sound_key(one.name) for one in (*views.kin_of(person, keyring), *views.household_of(person, keyring)) if one.relation == _PARENT
    }
    agrees = {
        Key.NAME: person.name_key in names,
        Key.BIRTH_YEAR: are_near(person.birth_year, sought.birth_year),
        Key.DISTRICT: person.district is not None and person.district == sought.district,
        Key.FATHER: sought.father is not None and sound_key(sought.father) in parents - {""},
        Key.MOTHER: sought.mother is not None and sound_key(sought.mother) in parents - {""},
    }
    return {key for key, does in agrees.items() if does}


def _told_of(person: National, graded: Grade, shared: Collection[Key]) -> CandidateOut:
    return CandidateOut(
        person=person.id,
        grade=graded,
        reasons=sorted(shared),
        country=person.country,
        registered_on=person.registered_at.astimezone(DHAKA).date(),
    )


async def keep_return(session: AsyncSession, caller: Caller, said: ReturnIn) -> bool:
    """Whether the person is in the register. Beside their record: nothing in it is overwritten, and a warning still finds them."""
    if not await people.list_people(session, [said.person]):
        return False
    told, now = given(caller, "return", "return"), datetime.now(UTC)
    kept = {"link": said.link, "person_id": said.person, "returned_on": said.returned_on}
    await repository.keep_return(session, {**kept, "told_at": now, "taken_back_at": None if said.stands else now})
    await core.note(session, caller, [said.person], told)
    return True
