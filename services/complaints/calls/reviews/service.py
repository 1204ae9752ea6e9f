"""Use cases: a supervisor looks at a call in five items; its agent sees it and may answer."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from contracts.text import Bilingual, Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from services.complaints.calls.access import is_supervisor
from services.complaints.calls.lists import REVIEW
from services.complaints.calls.models import CallReview, PhoneCall
from services.complaints.calls.reviews.schemas import MARK_WORDS, Mark, ReviewedItem, ReviewIn, ReviewOut

WORDS: Final = "call_review.words"
ANSWER: Final = "call_review.answer"
_EACH: Final = Text("Give one mark for each of the five items.", "পাঁচটি বিষয়ের প্রতিটির জন্য একটি মূল্যায়ন দিন।")


class NotFinishedError(ConflictError):
    slug = "call-not-finished"
    title = Text("A call is reviewed once it is finished.", "কল সম্পন্ন হওয়ার পর মূল্যায়ন করা যায়।")


class OwnCallError(ConflictError):
    slug = "own-call"
    title = Text("Nobody reviews a call of their own.", "নিজের নেওয়া কলের মূল্যায়ন নিজে করা যায় না।")


class ReviewedAlreadyError(ConflictError):
    slug = "reviewed-already"
    title = Text("This call has been reviewed.", "এই কলের মূল্যায়ন হয়েছে।")


async def review_call(session: AsyncSession, keyring: Keyring, caller: Caller, call: PhoneCall, said: ReviewIn) -> CallReview:
    """`call` is locked. A review is given once and not changed: its agent may have answered it."""
    if set(said.marks) != {one.code for one in REVIEW.items}:
        raise InvalidError(errors=[{"pointer": "/marks", "detail": _EACH}])
    if call.disposition is None:
        raise NotFinishedError
    if caller.subject in {call.agent, call.disposed_by}:
        raise OwnCallError
    if await _find(session, call.id):
        raise ReviewedAlreadyError
    review = CallReview(
        call_id=call.id,
        list_version=REVIEW.version,
        marks={code: str(mark) for code, mark in said.marks.items()},
        words=keyring.seal(said.words, WORDS) if said.words else None,
        reviewer=caller.subject,
        reviewed_at=datetime.now(UTC),
    )
    session.add(review)
    await session.flush()
    return review


async def read_review(session: AsyncSession, caller: Caller, call: PhoneCall) -> CallReview:
    """For supervisors, and for whoever took the call: their first look is noted."""
    review = await _find(session, call.id)
    if review is None:
        raise NotFoundError
    if not is_supervisor(caller) and caller.subject not in {call.agent, call.disposed_by}:
        raise NotFoundError
    if caller.subject in {call.agent, call.disposed_by} and review.seen_at is None:
        review.seen_at = datetime.now(UTC)
        await session.flush()
    await record_access(session, caller, [call.id], record_type="call_review", purpose="read", fields=("marks", "words"))
    return review


async def answer_review(session: AsyncSession, keyring: Keyring, caller: Caller, call: PhoneCall, words: str) -> CallReview:
    """By the agent who took the call, once."""
    if caller.subject not in {call.agent, call.disposed_by}:
        raise ForbiddenError
    review = await read_review(session, caller, call)
    if review.answered_at is not None:
        raise ReviewedAlreadyError
    review.answer, review.answered_at = keyring.seal(words, ANSWER), datetime.now(UTC)
    await session.flush()
    return review


async def unseen_of(session: AsyncSession, agent: str) -> Sequence[UUID]:
    """Calls whose review their agent has not looked at."""
    rows = select(col(CallReview.call_id)).join(PhoneCall, col(PhoneCall.id) == col(CallReview.call_id))
    rows = rows.where(col(CallReview.seen_at).is_(None), (col(PhoneCall.agent) == agent) | (col(PhoneCall.disposed_by) == agent))
    return (await session.execute(rows.limit(50))).scalars().all()


async def reviewed_among(session: AsyncSession, calls: Sequence[UUID]) -> frozenset[UUID]:
    if not calls:
        return frozenset()
    rows = await session.execute(select(col(CallReview.call_id)).where(col(CallReview.call_id).in_(calls)))
    return frozenset(rows.scalars())


async def _find(session: AsyncSession, identity: UUID) -> CallReview | None:
    return (await session.execute(select(CallReview).where(col(CallReview.call_id) == identity))).scalar_one_or_none()


def view_of(review: CallReview, keyring: Keyring) -> ReviewOut:
    items = []
    for one in REVIEW.items:
        mark = Mark(review.marks.get(one.code, Mark.NOT_JUDGED))
        items.append(ReviewedItem(code=one.code, ask=Bilingual.of(one.ask), mark=mark, mark_label=Bilingual.of(MARK_WORDS[mark])))
    return ReviewOut(
        call=review.call_id,
        list_version=review.list_version,
        illustrative=REVIEW.illustrative,
        items=items,
        words=keyring.open(review.words, WORDS) if review.words else None,
        reviewed_at=review.reviewed_at,
        seen_at=review.seen_at,
        answer=keyring.open(review.answer, ANSWER) if review.answer else None,
        answered_at=review.answered_at,
    )
