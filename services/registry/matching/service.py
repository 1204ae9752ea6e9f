"""Use cases: propose who a new record may be already, show the open proposals, take down what a person decided."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Text
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from kit.ids import new_id
from kit.names import sound_key
from kit.papers import index_key
from services.registry.matching import repository, rules
from services.registry.matching.repository import Pair
from services.registry.matching.rules import Reason
from services.registry.rules import Visibility


class AlreadyDecidedError(ConflictError):
    slug = "match-already-decided"
    title = Text("Somebody has decided about these two records already.", "এই দুটি নথি সম্পর্কে ইতিমধ্যে সিদ্ধান্ত হয়েছে।")


@dataclass(frozen=True, slots=True)
class Person:
    """What two records are compared by. `documents`: kind and number; `addresses`: one's own only."""

    names: Sequence[str]
    birth_year: int | None
    documents: Sequence[tuple[str, str]]
    addresses: Sequence[str]


async def propose(session: AsyncSession, keyring: Keyring, person_id: UUID, person: Person, now: datetime) -> int:
    """How many were proposed. Call it once the record is there."""
    graded = [
        (other, grade, why) for other, why in (await _reasons(session, keyring, person_id, person)).items() if (grade := rules.grade(why))
    ]
    rows = [
        {
            "id": new_id(),
            "person_id": person_id,
            "other_id": other,
            "grade": grade,
            "reasons": sorted(why),
            "proposed_at": now,
        }
        for other, grade, why in graded[: repository.MOST]
    ]
    await repository.add(session, rows)
    return len(rows)


async def _reasons(session: AsyncSession, keyring: Keyring, person_id: UUID, person: Person) -> dict[UUID, frozenset[Reason]]:
    found: dict[UUID, set[Reason]] = defaultdict(set)
    papers = [keyring.blind_index(key, "document") for kind, number in person.documents if (key := index_key(kind, number))]
    for other, kind in await repository.same_papers(session, person_id, papers) if papers else ():
        found[other].add(rules.paper_reason(kind))
    addresses = [keyring.blind_index(one, "contact") for one in person.addresses]
    for other in await repository.same_addresses(session, person_id, addresses) if addresses else ():
        found[other].add(Reason.PHONE)
    names = {keyring.blind_index(key, "name") for one in person.names if (key := sound_key(one))}
    if names and person.birth_year is not None:
        years = range(person.birth_year - rules.YEARS_APART, person.birth_year + rules.YEARS_APART + 1)
        for other in await repository.same_names(session, person_id, [*names], years):
            found[other].add(Reason.NAME)
    for other, sound, year in await repository.names_of(session, [*found]) if found else ():
        found[other] |= {Reason.NAME} if sound in names else set()
        found[other] |= {Reason.BIRTH_YEAR} if rules.are_near(year, person.birth_year) else set()
    return {other: frozenset(why) for other, why in found.items()}


async def decide(
    session: AsyncSession,
    keyring: Keyring,
    visible: Visibility,
    match_id: UUID,
    decision: Literal["same", "different", "not_sure"],
    because: str,
    by: str,
) -> Pair:
    """`same` marks the later record as one of the earlier person, who alone is warned from now on. Both stay, nothing is merged.

    Raises `NotFoundError`, `AlreadyDecidedError`.
    """
    found = await repository.find(session, visible, match_id)
    if found is None:
        raise NotFoundError
    match, person, other = found
    if match.decision is not None and match.decision != "not_sure":
        raise AlreadyDecidedError
    match.decision, match.decided_by, match.decided_at = decision, by, datetime.now(UTC)
    match.because = keyring.seal(because, "national_match.because") if because else None
    later, earlier = (person, other) if person.registered_at >= other.registered_at else (other, person)
    if decision == "same":
        if earlier.same_as is not None or later.same_as is not None:
            raise AlreadyDecidedError
        later.same_as, later.version = earlier.id, later.version + 1
    await session.flush()
    return found
