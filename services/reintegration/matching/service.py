"""Use cases: find whom a new record may be, and take down what a person decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.likeness import PAPERS, Key, grade
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.names import sound_key
from kit.paging import Paging
from kit.papers import index_key
from services.reintegration.matching import repository
from services.reintegration.matching.models import MatchProposal
from services.reintegration.matching.rules import Decision
from services.reintegration.models import Returnee
from services.reintegration.rules import Visibility

COMPARED: Final = ("reference", "name", "return")
_PAPERS: Final[Mapping[str, Key]] = {"nid": Key.NID, "birth_registration": Key.BIRTH_REGISTRATION, "passport": Key.PASSPORT}


@dataclass(frozen=True, slots=True)
class Person:
    """What is compared of a record, in clear; never stored so. `papers`: (kind, number)."""

    names: tuple[str, ...]
    father: str | None
    mother: str | None
    village: str | None
    phones: tuple[str, ...]
    birth_year: int | None
    district: str
    sex: str
    papers: tuple[tuple[str, str], ...] = ()


async def propose_matches(session: AsyncSession, keyring: Keyring, returnee_id: UUID, person: Person, now: datetime) -> int:
    """Keeps the keys of a new record and proposes whom it may be. Returns how many earlier records a person should look at."""
    keys = keys_of(keyring, person)
    candidates = await repository.list_candidates(session, returnee_id, keys, PAPERS)
    await repository.add_keys(session, returnee_id, keys)
    rows = []
    for other, kinds in candidates:
        shared = _shared(person, person_of(other, keyring)) | {Key(kind) for kind in kinds if kind in set(Key)}
        found = grade(shared, sexes_differ={person.sex, other.sex} == {"female", "male"})
        if found is not None:
            given = {"returnee_id": returnee_id, "other_id": other.id, "grade": found, "reasons": sorted(shared), "proposed_at": now}
            rows.append({"id": new_id(), **given})
    await repository.add_proposals(session, rows)
    return len(rows)


def keys_of(keyring: Keyring, person: Person) -> list[tuple[str, bytes]]:
    """Few records share any of these: a name alone is none of them."""
    clear: list[tuple[str, str]] = [(_PAPERS.get(kind, Key.OTHER_PAPER), index_key(kind, number)) for kind, number in person.papers]
    clear += [(Key.PHONE, phone) for phone in person.phones]
    for name in {sound_key(one) for one in person.names} - {""}:
        beside = {"father": person.father, "mother": person.mother, "village": person.village}
        clear += [(f"name+{kind}", f"{name}|{sound_key(value)}") for kind, value in beside.items() if value]
        if person.birth_year is not None:
            clear.append(("name+year+district", f"{name}|{person.birth_year}|{person.district}"))
    return sorted({(str(kind), keyring.blind_index(value, f"match:{kind}")) for kind, value in clear if value})


def person_of(returnee: Returnee, keyring: Keyring) -> Person:
    def opened(name: str) -> str | None:
        sealed: bytes | None = getattr(returnee, name)
        return keyring.open(sealed, f"returnee.{name}") if sealed is not None else None

    return Person(
        names=tuple(one for one in (opened("name"), opened("name_bn")) if one),
        father=opened("father"),
        mother=opened("mother"),
        village=opened("village"),
        phones=tuple(one for one in (opened("phone"), opened("second_phone")) if one),
        birth_year=returnee.birth_year,
        district=returnee.district,
        sex=returnee.sex,
    )


def _shared(one: Person, other: Person) -> set[Key]:
    sounding = {Key.FATHER: (one.father, other.father), Key.MOTHER: (one.mother, other.mother), Key.VILLAGE: (one.village, other.village)}
    found = {key for key, (mine, theirs) in sounding.items() if mine and theirs and sound_key(mine) == sound_key(theirs)}
    if {sound_key(name) for name in one.names} & {sound_key(name) for name in other.names} - {""}:
        found.add(Key.NAME)
    if set(one.phones) & set(other.phones):
        found.add(Key.PHONE)
    if one.birth_year is not None and one.birth_year == other.birth_year:
        found.add(Key.BIRTH_YEAR)
    if one.district == other.district:
        found.add(Key.DISTRICT)
    return found


async def list_proposals(session: AsyncSession, caller: Caller, visible: Visibility, paging: Paging) -> Sequence[MatchProposal]:
    """Those that wait for a person who sees both records."""
    rows = await repository.list_open(session, visible, paging)
    await _note(session, caller, rows[: paging.limit])
    return rows


async def list_of(session: AsyncSession, caller: Caller, visible: Visibility, returnee_id: UUID) -> Sequence[MatchProposal]:
    """Decided and undecided ones of one record that the caller sees, where they see the other too."""
    rows = await repository.list_of(session, returnee_id, visible)
    await _note(session, caller, rows)
    return rows


async def decide(
    session: AsyncSession, keyring: Keyring, caller: Caller, visible: Visibility, proposal_id: UUID, decision: Decision, because: str | None
) -> MatchProposal:
    """A person's word, which another may replace later. *Same* links the later record to the earlier; both stay, nothing is copied.

    Raises `NotFoundError` also where the caller does not see both records. Idempotent for the same decision. Locks the proposal.
    """
    proposal = await repository.lock(session, proposal_id, visible)
    if proposal is None:
        raise NotFoundError
    if proposal.decision != decision:
        was_same = proposal.decision == Decision.SAME
        proposal.decision, proposal.decided_by, proposal.decided_at = decision, caller.subject, datetime.now(proposal.proposed_at.tzinfo)
        proposal.because = keyring.seal(because, "match_proposal.because") if because else None
        await session.flush()
        if decision == Decision.SAME or was_same:
            await repository.set_same(session, proposal.returnee_id, proposal.other_id if decision == Decision.SAME else None)
    await _note(session, caller, [proposal])
    return proposal


async def _note(session: AsyncSession, caller: Caller, proposals: Sequence[MatchProposal]) -> None:
    records = {one for proposal in proposals for one in (proposal.returnee_id, proposal.other_id)}
    await record_access(session, caller, records, record_type="returnee", purpose="match", fields=COMPARED)
