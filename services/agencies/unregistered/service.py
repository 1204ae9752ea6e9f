"""Use cases of the register of those who recruit without registration. A machine proposes, a person joins, and every reading is noted."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.agencies import EnforcementTaken, RecruiterIdentified
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from kit.reference import make
from kit.text import search_key
from services.agencies.unregistered import repository, rules
from services.agencies.unregistered.models import EnforcementStep, Recruiter, Sighting, SightingJoin
from services.agencies.unregistered.repository import Joined
from services.agencies.unregistered.rules import Likeness, Mention
from services.agencies.unregistered.schemas import JoinIn, OpenIn, SearchIn, SightingIn, StepIn

PREFIX: Final = "N"
NAME: Final = "sighting.name"
PHONE: Final = "sighting.phone"
NOTE: Final = "enforcement_step.note"
FIELDS: Final = ("name", "phone", "complaint")
Proposals = list[tuple[Joined, Likeness]]


async def note_sighting(session: AsyncSession, keyring: Keyring, caller: Caller, given: SightingIn) -> tuple[Joined, Proposals]:
    """Keeps a mention and says which others it resembles. Nothing is joined by itself."""
    row = Sighting(
        id=new_id(),
        **given.model_dump(exclude={"name", "phone"}),
        name=keyring.seal(given.name, NAME) if given.name else None,
        name_index=_name_index(keyring, given.name),
        name_words=_name_words(keyring, given.name),
        phone=keyring.seal(given.phone, PHONE) if given.phone else None,
        phone_index=keyring.blind_index(given.phone, "phone") if given.phone else None,
        noted_at=datetime.now(UTC),
        noted_by=caller.subject,
    )
    await repository.add(session, row)
    return Joined(row, None), await _proposals(session, row)


async def read_sighting(session: AsyncSession, caller: Caller, sighting: UUID) -> tuple[Joined, Proposals]:
    """Raises `UnknownSightingError`."""
    found = await repository.find_sightings(session, [sighting])
    if not found:
        raise rules.UnknownSightingError
    await _noted(session, caller, found, "identification")
    return found[0], await _proposals(session, found[0].sighting)


async def list_sightings(session: AsyncSession, caller: Caller, paging: Paging, *, loose: bool) -> list[Joined]:
    found = await repository.list_sightings(session, paging, loose=loose)
    await _noted(session, caller, found[: paging.limit], "identification")
    return found


async def search(session: AsyncSession, keyring: Keyring, caller: Caller, given: SearchIn) -> list[Joined]:
    phone = keyring.blind_index(given.phone, "phone") if given.phone else None
    found = await repository.search(session, phone_index=phone, name_words=_name_words(keyring, given.name))
    await _noted(session, caller, found, "identification")
    return found


async def open_recruiter(session: AsyncSession, caller: Caller, given: OpenIn) -> Recruiter:
    """Says that these mentions are one person. Raises `UnknownSightingError`, `JoinedAlreadyError`, `RegisteredSubAgentError`."""
    now = datetime.now(UTC)
    found = await _free(session, given.sightings)
    recruiter = Recruiter(id=new_id(), reference=make(PREFIX), version=1, opened_by=caller.subject, opened_at=now)
    await repository.add(session, recruiter)
    await repository.add(session, *(_join(one.sighting.id, recruiter.id, given.reason, caller, now) for one in found))
    districts = {one.sighting.district for one in found}
    event = RecruiterIdentified(sightings=len(found), district=districts.pop() if len(districts) == 1 else None, identified_at=now)
    await emit(session, event, subject=recruiter.id, sequence=1)
    return recruiter


async def join(session: AsyncSession, caller: Caller, reference: str, given: JoinIn) -> Recruiter:
    recruiter = await _locked(session, reference)
    await _free(session, [given.sighting])
    await repository.add(session, _join(given.sighting, recruiter.id, given.reason, caller, datetime.now(UTC)))
    await repository.next_version(session, recruiter)
    return recruiter


async def separate(session: AsyncSession, caller: Caller, reference: str, given: JoinIn) -> Recruiter:
    """Takes a mention from somebody whom it does not mean. Raises `NotJoinedError`."""
    recruiter = await _locked(session, reference)
    await repository.lock_sightings(session, [given.sighting])
    found = await repository.find_sightings(session, [given.sighting])
    if not found or found[0].recruiter is None or found[0].recruiter.id != recruiter.id:
        raise rules.NotJoinedError
    await repository.add(session, _join(given.sighting, None, given.reason, caller, datetime.now(UTC)))
    await repository.next_version(session, recruiter)
    return recruiter


async def take_step(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, given: StepIn) -> EnforcementStep:
    """Raises `UnknownRecruiterError`, `NotPublicError`."""
    rules.judge_public(is_public=given.is_public, outcome=given.outcome, order_ref=given.order_ref)
    recruiter = await _locked(session, reference)
    now = datetime.now(UTC)
    row = EnforcementStep(
        id=new_id(),
        recruiter=recruiter.id,
        **given.model_dump(exclude={"note"}),
        note=keyring.seal(given.note, NOTE) if given.note else None,
        recorded_at=now,
        recorded_by=caller.subject,
    )
    await repository.add(session, row)
    event = EnforcementTaken(kind=given.kind, outcome=given.outcome, happened_on=given.happened_on, recorded_at=now)
    await emit(session, event, subject=recruiter.id, sequence=await repository.next_version(session, recruiter))
    return row


async def read_recruiter(
    session: AsyncSession, caller: Caller, reference: str
) -> tuple[Recruiter, list[Joined], Sequence[EnforcementStep], Counter[str]]:
    """The person with all mentions and steps, and how often each agency processed a visa for their recruits."""
    recruiter = await _locked(session, reference)
    joined = await repository.sightings_of(session, recruiter.id)
    await record_access(session, caller, [recruiter.id], record_type="recruiter", purpose="enforcement", fields=FIELDS)
    processed = Counter(one.sighting.processed_by for one in joined if one.sighting.processed_by)
    return recruiter, joined, await repository.steps_of(session, recruiter.id), processed


async def list_recruiters(session: AsyncSession, paging: Paging) -> list[tuple[Recruiter, int]]:
    return await repository.list_recruiters(session, paging)


async def _proposals(session: AsyncSession, sighting: Sighting) -> Proposals:
    found = []
    for other in await repository.alike(session, sighting):
        reason = rules.likeness(_mention(sighting), _mention(other.sighting))
        if reason is not None:
            found.append((other, reason))
    return sorted(found, key=lambda one: list(Likeness).index(one[1]))


def _mention(sighting: Sighting) -> Mention:
    return Mention(sighting.name_index, frozenset(sighting.name_words), sighting.phone_index, sighting.district)


async def _free(session: AsyncSession, ids: Collection[UUID]) -> list[Joined]:
    """Mentions that belong to nobody yet, and whose telephone was no registered sub-agent's on that day."""
    await repository.lock_sightings(session, ids)
    found = await repository.find_sightings(session, ids)
    if len(found) != len(set(ids)):
        raise rules.UnknownSightingError
    if any(one.recruiter is not None for one in found):
        raise rules.JoinedAlreadyError
    for one in found:
        phone = one.sighting.phone_index
        if phone is not None and await repository.is_registered_sub_agent(session, [phone], one.sighting.seen_on):
            raise rules.RegisteredSubAgentError
    return found


async def _locked(session: AsyncSession, reference: str) -> Recruiter:
    recruiter = await repository.lock_recruiter(session, reference)
    if recruiter is None:
        raise rules.UnknownRecruiterError
    return recruiter


async def _noted(session: AsyncSession, caller: Caller, shown: Sequence[Joined], purpose: str) -> None:
    await record_access(session, caller, [one.sighting.id for one in shown], record_type="sighting", purpose=purpose, fields=FIELDS)


def _join(sighting: UUID, recruiter: UUID | None, reason: str, caller: Caller, now: datetime) -> SightingJoin:
    return SightingJoin(id=new_id(), sighting=sighting, recruiter=recruiter, reason=reason, joined_at=now, joined_by=caller.subject)


def _name_index(keyring: Keyring, name: str | None) -> bytes | None:
    return keyring.blind_index(search_key(name), "recruiter-name") if name and search_key(name) else None


def _name_words(keyring: Keyring, name: str | None) -> list[bytes]:
    return [keyring.blind_index(word, "recruiter-word") for word in sorted(set(search_key(name or "").split()))]
