"""Statements on calls."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, not_, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.complaints.calls.models import CallArticle, CallerWish, CallEvent, CallLink, PhoneCall
from services.complaints.models import Complaint
from services.complaints.repository import not_about, seen_by
from services.complaints.rules import Status, Visibility

OVER = (Status.RESOLVED, Status.MERGED)


async def lock_exchange_id(session: AsyncSession, exchange_id: str) -> None:
    """Two events of one call at once: the second waits, and sees what the first wrote."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"call {exchange_id}", 0))))


async def add_event(session: AsyncSession, event: CallEvent) -> bool:
    """Whether it was new: each kind counts once for a call."""
    values = event.model_dump()
    added = insert(CallEvent).values(values).on_conflict_do_nothing(index_elements=["exchange_id", "kind"]).returning(col(CallEvent.kind))
    return (await session.execute(added)).scalar_one_or_none() is not None


async def list_events(session: AsyncSession, exchange_id: str) -> Sequence[CallEvent]:
    return (await session.execute(select(CallEvent).where(col(CallEvent.exchange_id) == exchange_id))).scalars().all()


async def of_exchange(session: AsyncSession, exchange_id: str) -> PhoneCall | None:
    """Locked."""
    found = await session.execute(select(PhoneCall).where(col(PhoneCall.exchange_id) == exchange_id).with_for_update())
    return found.scalar_one_or_none()


def open_to(agent: str) -> ColumnElement[bool]:
    """Calls that an agent may open: their own, those that ring, and those that nobody holds and that were not finished."""
    unfinished = (col(PhoneCall.answered_at).is_not(None)) & (col(PhoneCall.disposition).is_(None))
    return or_(
        col(PhoneCall.agent) == agent,
        col(PhoneCall.holder) == agent,
        col(PhoneCall.disposed_by) == agent,
        col(PhoneCall.state) == "ringing",
        unfinished & col(PhoneCall.holder).is_(None),
    )


async def find(session: AsyncSession, identity: UUID, *, agent: str | None, lock: bool = False) -> PhoneCall | None:
    """`agent` None: a supervisor, who sees every call."""
    narrowed = open_to(agent) if agent is not None else true()
    statement = select(PhoneCall).where(col(PhoneCall.id) == identity, narrowed)
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()


async def page_of(session: AsyncSession, paging: Paging, *, agent: str | None) -> Sequence[PhoneCall]:
    """Newest first: index scan on phone_call_newest, or on phone_call_of_agent. An agent's list has what they took themselves."""
    mine = or_(col(PhoneCall.agent) == agent, col(PhoneCall.disposed_by) == agent) if agent is not None else true()
    return (await session.execute(paging.of(select(PhoneCall).where(mine), col(PhoneCall.opened_at), col(PhoneCall.id)))).scalars().all()


async def list_ringing(session: AsyncSession) -> Sequence[PhoneCall]:
    """Who waits longest first: index scan on phone_call_live."""
    rows = select(PhoneCall).where(col(PhoneCall.state) == "ringing", col(PhoneCall.direction) == "in").order_by(col(PhoneCall.opened_at))
    return (await session.execute(rows.limit(200))).scalars().all()


async def list_held(session: AsyncSession, agent: str, *, lock: bool = False) -> Sequence[PhoneCall]:
    """What an agent has in hand: index scan on phone_call_unfinished."""
    rows = select(PhoneCall).where(
        col(PhoneCall.holder) == agent, col(PhoneCall.answered_at).is_not(None), col(PhoneCall.disposition).is_(None)
    )
    rows = rows.order_by(col(PhoneCall.opened_at))
    return (await session.execute(rows.with_for_update() if lock else rows)).scalars().all()


async def list_unclaimed(session: AsyncSession) -> Sequence[PhoneCall]:
    """Answered, not finished, in nobody's hand."""
    rows = select(PhoneCall).where(
        col(PhoneCall.holder).is_(None), col(PhoneCall.answered_at).is_not(None), col(PhoneCall.disposition).is_(None)
    )
    return (await session.execute(rows.order_by(col(PhoneCall.opened_at)).limit(200))).scalars().all()


async def list_talking(session: AsyncSession) -> Sequence[PhoneCall]:
    rows = select(PhoneCall).where(col(PhoneCall.state) == "answered").order_by(col(PhoneCall.opened_at)).limit(200)
    return (await session.execute(rows)).scalars().all()


async def earlier_calls(session: AsyncSession, call: PhoneCall, visible: Visibility, *, most: int = 5) -> Sequence[PhoneCall]:
    """Of the same number. A call that led to a complaint which the reader may not see is not there at all: its ending would tell of it."""
    if call.number_index is None:
        return []
    hidden = (
        select(col(CallLink.call_id))
        .join(Complaint, col(Complaint.id) == col(CallLink.complaint_id))
        .where(col(CallLink.call_id) == col(PhoneCall.id), seen_by(visible).is_not(true()))
        .exists()
    )
    rows = select(PhoneCall).where(
        col(PhoneCall.number_index) == call.number_index,
        col(PhoneCall.id) != call.id,
        col(PhoneCall.opened_at) <= call.opened_at,
        not_(hidden),
    )
    return (await session.execute(rows.order_by(col(PhoneCall.opened_at).desc()).limit(most))).scalars().all()


def _of_number(index: bytes) -> ColumnElement[bool]:
    return or_(col(Complaint.reporter_phone_index) == index, col(Complaint.victim_phone_index) == index)


async def complaints_of(session: AsyncSession, index: bytes, visible: Visibility, *, most: int = 10) -> Sequence[Complaint]:
    """Bitmap scans on the two indexes of numbers. Open ones first, then the newest."""
    rows = select(Complaint).where(_of_number(index), seen_by(visible))
    return (
        (await session.execute(rows.order_by(col(Complaint.status).in_(OVER), col(Complaint.lodged_at).desc()).limit(most))).scalars().all()
    )


async def has_unseen(session: AsyncSession, index: bytes, visible: Visibility) -> bool:
    """Whether there is an open restricted case of the number which this reader may not see. One about their own office is none."""
    hidden = (col(Complaint.restricted), seen_by(visible).is_not(true()), not_about(visible.about), col(Complaint.status).not_in(OVER))
    rows = select(col(Complaint.id)).where(_of_number(index), *hidden).limit(1)
    return (await session.execute(rows)).scalar_one_or_none() is not None


async def all_of_number(session: AsyncSession, index: bytes) -> Sequence[Complaint]:
    """Past every narrowing: for rules alone (risk, safe contact), never for a reader's eyes."""
    rows = select(Complaint).where(_of_number(index)).order_by(col(Complaint.lodged_at).desc()).limit(50)
    return (await session.execute(rows)).scalars().all()


async def was_in_danger(session: AsyncSession, index: bytes) -> bool:
    rows = select(col(PhoneCall.id)).where(col(PhoneCall.number_index) == index, col(PhoneCall.caller_safe).is_(False)).limit(1)
    return (await session.execute(rows)).scalar_one_or_none() is not None


async def wish_of(session: AsyncSession, index: bytes) -> CallerWish | None:
    return (await session.execute(select(CallerWish).where(col(CallerWish.number_index) == index))).scalar_one_or_none()


async def keep_wish(session: AsyncSession, wish: CallerWish) -> None:
    values = wish.model_dump()
    kept = insert(CallerWish).values(values)
    await session.execute(kept.on_conflict_do_update(index_elements=["number_index"], set_=values))


async def links_of(session: AsyncSession, identity: UUID) -> Sequence[CallLink]:
    return (await session.execute(select(CallLink).where(col(CallLink.call_id) == identity))).scalars().all()


async def linked_complaints(session: AsyncSession, identity: UUID, visible: Visibility) -> Sequence[Complaint]:
    rows = select(Complaint).join(CallLink, col(CallLink.complaint_id) == col(Complaint.id)).where(col(CallLink.call_id) == identity)
    return (await session.execute(rows.where(seen_by(visible)))).scalars().all()


async def leads_to_restricted(session: AsyncSession, identity: UUID) -> bool:
    rows = select(col(Complaint.restricted)).join(CallLink, col(CallLink.complaint_id) == col(Complaint.id))
    return any((await session.execute(rows.where(col(CallLink.call_id) == identity))).scalars())


async def add_articles(session: AsyncSession, identity: UUID, articles: Iterable[str], at: datetime) -> None:
    values = [{"call_id": identity, "article": one, "at": at} for one in articles]
    if values:
        await session.execute(insert(CallArticle).values(values).on_conflict_do_nothing())


async def articles_of(session: AsyncSession, identity: UUID) -> Sequence[str]:
    rows = select(col(CallArticle.article)).where(col(CallArticle.call_id) == identity).order_by(col(CallArticle.article))
    return (await session.execute(rows)).scalars().all()


async def open_cases_of(session: AsyncSession, agent: str, *, lock: bool = False) -> Sequence[Complaint]:
    """Index scan on complaint_of_officer."""
    rows = select(Complaint).where(col(Complaint.assignee) == agent, col(Complaint.status).not_in(OVER))
    return (await session.execute(rows.with_for_update() if lock else rows)).scalars().all()


async def find_case(session: AsyncSession, identity: UUID, *, lock: bool = False) -> Complaint | None:
    statement = select(Complaint).where(col(Complaint.id) == identity)
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()
