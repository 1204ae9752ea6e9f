"""Statements on questions to the register and on whom it named."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Integer, and_, bindparam, exists, false, func, literal, null, or_, select, union_all, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.database import NOW, Sessions, sees
from services.reintegration.abroad.models import AbroadCandidate, AbroadQuestion
from services.reintegration.abroad.rules import BACKFILL_PURPOSE
from services.reintegration.casework.models import Consent
from services.reintegration.expected.models import ExpectedReturn
from services.reintegration.expected.rules import State
from services.reintegration.models import CaseConsent, ReintegrationCase, Returnee, ReturneeDocument
from services.reintegration.repository import seen_by
from services.reintegration.rules import Visibility

# How long a claimed row is another replica's: longer than a call may take.
LEASE: Final = timedelta(seconds=60)

# Index scans on abroad_question_open and abroad_candidate_owing.
_OPEN: Final = (col(AbroadQuestion.answered_at).is_(None), col(AbroadQuestion.next_try) <= NOW)
_OWING: Final = (col(AbroadCandidate.owes_word), col(AbroadCandidate.next_try) <= NOW)
_WORK: Final = select(or_(exists().where(*_OPEN), exists().where(*_OWING)))
_CLAIM_QUESTIONS: Final = (
    select(AbroadQuestion)
    .where(*_OPEN)
    .order_by(col(AbroadQuestion.next_try))
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
# Of somebody who is still expected, once they came.
_NOT_HERE: Final = exists().where(col(ExpectedReturn.returnee_id) == col(Returnee.id), col(ExpectedReturn.state) != State.ARRIVED)
_CLAIM_WORD: Final = (
    select(AbroadCandidate, Returnee)
    .join(Returnee, col(AbroadCandidate.returnee_id) == col(Returnee.id))
    .where(*_OWING, ~_NOT_HERE)
    .order_by(col(AbroadCandidate.next_try))
    .limit(1)
    .with_for_update(skip_locked=True, of=AbroadCandidate)
)


async def ask(session: AsyncSession, returnee_id: UUID, now: datetime) -> None:
    """New, or once more."""
    values = {"next_try": now, "attempts": 0, "answered_at": None}
    statement = insert(AbroadQuestion).values(returnee_id=returnee_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["returnee_id"], set_=values))


async def ask_earlier(session: AsyncSession, after: UUID, page: int, now: datetime) -> UUID | None:
    """Asks about those of the next `page` returnees who were never asked about, and whose last word on being helped is a yes.

    Returns the last of the page, None where there was nobody. A scan of the primary key, never of more than the page.
    """
    ids = select(col(Returnee.id)).where(col(Returnee.id) > after).order_by(col(Returnee.id)).limit(page)
    seen = (await session.execute(ids)).scalars().all()
    if not seen:
        return None
    row = select(col(Returnee.id), literal(now, DateTime(timezone=True))).where(col(Returnee.id).in_(seen), _agrees_to_help())
    asked = insert(AbroadQuestion).from_select(["returnee_id", "next_try"], row)
    await session.execute(asked.on_conflict_do_nothing(index_elements=["returnee_id"]))
    return seen[-1]


def _agrees_to_help() -> ColumnElement[bool]:
    """Said when the case was opened, or by itself; what was said last stands."""
    by_itself = select(col(Consent.granted), col(Consent.withdrawn_at), col(Consent.taken_at)).where(
        col(Consent.returnee_id) == col(Returnee.id), col(Consent.purpose) == BACKFILL_PURPOSE, col(Consent.recipient) == "own"
    )
    with_case = (
        select(col(CaseConsent.granted), null(), col(CaseConsent.taken_at))
        .join(ReintegrationCase, col(ReintegrationCase.id) == col(CaseConsent.case_id))
        .where(col(ReintegrationCase.returnee_id) == col(Returnee.id), col(CaseConsent.purpose) == BACKFILL_PURPOSE)
    )
    said = union_all(by_itself.correlate(Returnee), with_case.correlate(Returnee)).subquery("said")
    last = select(and_(said.c.granted, said.c.withdrawn_at.is_(None))).order_by(said.c.taken_at.desc()).limit(1)
    return func.coalesce(last.scalar_subquery(), false())


async def has_waiting(session: AsyncSession, most: int) -> bool:
    """Whether `most` questions or more wait: then the register is away or slow. Index scan on abroad_question_open."""
    open_ones = select(col(AbroadQuestion.returnee_id)).where(col(AbroadQuestion.answered_at).is_(None)).limit(most).subquery()
    return (await session.scalar(select(func.count()).select_from(open_ones)) or 0) >= most


async def has_work(sessions: Sessions, now: datetime) -> bool:
    """Whether there is a question to ask, or perhaps a word to tell."""
    return await sees(sessions, _WORK, {"now": now})


async def claim_questions(session: AsyncSession, most: int, now: datetime) -> Sequence[AbroadQuestion]:
    """Put off, so that no other replica asks the same meanwhile."""
    claimed = (await session.execute(_CLAIM_QUESTIONS, {"now": now, "most": most})).scalars().all()
    for one in claimed:
        one.next_try = now + LEASE
    await session.flush()
    return claimed


async def list_returnees(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[Returnee]:
    return (await session.execute(select(Returnee).where(col(Returnee.id).in_(ids)))).scalars().all()


async def list_papers(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[ReturneeDocument]:
    rows = select(ReturneeDocument).where(col(ReturneeDocument.returnee_id).in_(ids), col(ReturneeDocument.number).is_not(None))
    return (await session.execute(rows.order_by(col(ReturneeDocument.id)))).scalars().all()


async def put_off(session: AsyncSession, claimed: AbroadQuestion, next_try: datetime) -> None:
    """Not where it was asked anew meanwhile."""
    same = and_(col(AbroadQuestion.returnee_id) == claimed.returnee_id, col(AbroadQuestion.next_try) == claimed.next_try)
    await session.execute(update(AbroadQuestion).where(same).values(next_try=next_try, attempts=claimed.attempts + 1))


async def note_answer(session: AsyncSession, claimed: AbroadQuestion, now: datetime) -> bool:
    """Whether the question is still this one: what was asked anew meanwhile is asked once more."""
    same = and_(col(AbroadQuestion.returnee_id) == claimed.returnee_id, col(AbroadQuestion.next_try) == claimed.next_try)
    noted = update(AbroadQuestion).where(same).values(answered_at=now).returning(col(AbroadQuestion.returnee_id))
    return (await session.execute(noted)).scalar_one_or_none() is not None


async def add_candidates(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """What was decided stays; of what was not, grade and reasons follow what is known now."""
    if not rows:
        return
    statement = insert(AbroadCandidate).values([dict(one) for one in rows])
    newer = {"grade": statement.excluded.grade, "reasons": statement.excluded.reasons, "version": col(AbroadCandidate.version) + 1}
    undecided = and_(
        col(AbroadCandidate.decision).is_(None),
        or_(col(AbroadCandidate.grade) != statement.excluded.grade, col(AbroadCandidate.reasons) != statement.excluded.reasons),
    )
    await session.execute(statement.on_conflict_do_update(index_elements=["returnee_id", "national"], set_=newer, where=undecided))


async def find_question(session: AsyncSession, returnee_id: UUID) -> AbroadQuestion | None:
    return await session.get(AbroadQuestion, returnee_id)


async def list_of(session: AsyncSession, returnee_id: UUID) -> Sequence[AbroadCandidate]:
    """The surest first."""
    sureness = func.array_position(["exact", "likely", "possible"], col(AbroadCandidate.grade))
    rows = select(AbroadCandidate).where(col(AbroadCandidate.returnee_id) == returnee_id)
    return (await session.execute(rows.order_by(sureness, col(AbroadCandidate.proposed_at), col(AbroadCandidate.id)))).scalars().all()


async def lock(session: AsyncSession, candidate_id: UUID, visible: Visibility) -> AbroadCandidate | None:
    found = await session.execute(
        select(AbroadCandidate)
        .join(Returnee, col(AbroadCandidate.returnee_id) == col(Returnee.id))
        .where(col(AbroadCandidate.id) == candidate_id, seen_by(visible))
        .with_for_update(of=AbroadCandidate)
    )
    return found.scalar_one_or_none()


async def claim_word(session: AsyncSession, now: datetime) -> tuple[AbroadCandidate, Returnee] | None:
    """The next link of which the register is to be told, put off as a question is. Of somebody who is still expected, once they came."""
    row = (await session.execute(_CLAIM_WORD, {"now": now})).one_or_none()
    if row is None:
        return None
    row[0].next_try = now + LEASE
    await session.flush()
    return row[0], row[1]


async def note_told(session: AsyncSession, candidate: AbroadCandidate) -> None:
    """Unless somebody decided otherwise meanwhile: then that is still to be told."""
    same = and_(col(AbroadCandidate.id) == candidate.id, col(AbroadCandidate.version) == candidate.version)
    await session.execute(update(AbroadCandidate).where(same).values(owes_word=False, attempts=0))


async def put_off_word(session: AsyncSession, candidate: AbroadCandidate, next_try: datetime) -> None:
    mine = col(AbroadCandidate.id) == candidate.id
    await session.execute(update(AbroadCandidate).where(mine).values(next_try=next_try, attempts=candidate.attempts + 1))
