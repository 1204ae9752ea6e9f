"""Use cases: what the register is asked of a returnee, whom it named, and what a person decided."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.timer import DueTimer, schedule
from kit.versions import check_version
from services.reintegration import repository as returnees
from services.reintegration.abroad import repository, rules, views
from services.reintegration.abroad.clients import PAPER_KINDS
from services.reintegration.abroad.models import AbroadCandidate, AbroadQuestion
from services.reintegration.abroad.schemas import AbroadOut, CandidateOut, LinkIn
from services.reintegration.matching.rules import Decision
from services.reintegration.matching.service import person_of
from services.reintegration.models import Returnee
from services.reintegration.rules import Visibility

PURPOSE: Final = "match_abroad"


async def questions_of(session: AsyncSession, keyring: Keyring, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """By returnee. What the register needs to grade, and no more: no id of ours, no village (it knows none), no reason of return."""
    papers: dict[UUID, list[dict[str, str]]] = defaultdict(list)
    for paper in await repository.list_papers(session, ids):
        number = keyring.open(paper.number or b"", "returnee_document.number")
        papers[paper.returnee_id].append({"kind": PAPER_KINDS.get(paper.kind, "other"), "number": number})
    return {one.id: _question(one, papers[one.id], keyring) for one in await repository.list_returnees(session, ids)}


def _question(returnee: Returnee, papers: Sequence[Mapping[str, str]], keyring: Keyring) -> dict[str, Any]:
    person = person_of(returnee, keyring)
    return {
        "ask": str(new_id()),
        "names": [*person.names],
        "father": person.father,
        "mother": person.mother,
        "birth_year": person.birth_year,
        "sex": person.sex,
        "district": person.district,
        "phones": [*person.phones],
        "papers": [*papers][:10],
    }


async def note_answer(session: AsyncSession, claimed: AbroadQuestion, found: Sequence[Mapping[str, Any]], now: datetime) -> None:
    if not await repository.note_answer(session, claimed, now):
        return
    rows = [
        {
            "id": new_id(),
            "version": 1,
            "returnee_id": claimed.returnee_id,
            "national": UUID(one["person"]),
            "grade": one["grade"],
            "reasons": sorted(one["reasons"]),
            "country": one["country"],
            "registered_on": date.fromisoformat(one["registered_on"]),
            "proposed_at": now,
            "next_try": now,
        }
        for one in found
    ]
    await repository.add_candidates(session, rows)


async def ask_about_earlier(session: AsyncSession, due: DueTimer) -> None:
    """A page of returnees from before the register was asked; the place reached goes on with the next timer.

    While many questions wait, those of today among them, none is added.
    """
    now, place = datetime.now(UTC), UUID(due.payload.get("after", str(UUID(int=0))))
    if not await repository.has_waiting(session, rules.BACKFILL_PAGE):
        reached = await repository.ask_earlier(session, place, rules.BACKFILL_PAGE, now)
        if reached is None:
            return
        place = reached
    await schedule(session, now + rules.BACKFILL_PAUSE, rules.BACKFILL, rules.BACKFILL_RECORD, {"after": str(place)})


async def read(session: AsyncSession, caller: Caller, visible: Visibility, who: UUID | str) -> AbroadOut:
    """Raises `NotFoundError`."""
    returnee = await _seen(session, visible, who)
    rows = await repository.list_of(session, returnee.id)
    await _note(session, caller, returnee.id)
    return views.abroad_of(await repository.find_question(session, returnee.id), rows)


async def ask_again(session: AsyncSession, caller: Caller, visible: Visibility, who: UUID | str) -> AbroadOut:
    """For a record from before, and where more is known of the person now. Raises `NotFoundError`."""
    returnee = await _seen(session, visible, who)
    await repository.ask(session, returnee.id, datetime.now(UTC))
    return await read(session, caller, visible, returnee.id)


async def decide(
    session: AsyncSession, keyring: Keyring, caller: Caller, visible: Visibility, candidate_id: UUID, expected: int, said: LinkIn
) -> CandidateOut:
    """A person's word, which another may replace later. *Same* is a link that the register is told of; neither record changes.

    Raises `NotFoundError` also out of sight, `StaleVersionError`, `LinkNeedsConsentError`. Locks the candidate.
    """
    one = await repository.lock(session, candidate_id, visible)
    if one is None:
        raise NotFoundError
    check_version(expected, one.version)
    rules.refuse_unasked(said.decision, agreed=said.agreed)
    _write(one, keyring, caller, said)
    await session.flush()
    await _note(session, caller, one.returnee_id)
    return views.candidate_of(one)


def _write(one: AbroadCandidate, keyring: Keyring, caller: Caller, said: LinkIn) -> None:
    now = datetime.now(UTC)
    if rules.owes_word(Decision(one.decision) if one.decision else None, said.decision):
        one.owes_word, one.next_try, one.attempts = True, now, 0
    one.decision, one.agreed, one.version = said.decision, said.agreed, one.version + 1
    one.decided_by, one.decided_at = caller.subject, now
    one.because = keyring.seal(said.because, "abroad_candidate.because") if said.because else None


async def _seen(session: AsyncSession, visible: Visibility, who: UUID | str) -> Returnee:
    record = await returnees.find(session, who, visible)
    if record is None:
        raise NotFoundError
    return record.returnee


async def _note(session: AsyncSession, caller: Caller, returnee_id: UUID) -> None:
    await record_access(session, caller, [returnee_id], record_type="returnee", purpose=PURPOSE, fields=views.SHOWN)
