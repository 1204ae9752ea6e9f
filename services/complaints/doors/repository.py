"""Statements on what comes in by open doors."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.database import NOW, Sessions, sees
from kit.paging import Paging
from services.complaints.doors.models import Conversation, Doubt, InboundMessage
from services.complaints.models import Complaint
from services.complaints.repository import seen_by
from services.complaints.rules import Visibility

# Index scan on inbound_message_media.
_MEDIA_WAITS: Final = (
    col(InboundMessage.state) == "media_waiting",
    col(InboundMessage.next_try) <= NOW,
    col(InboundMessage.complaint_id).is_not(None),
)
_MEDIA: Final = select(exists().where(*_MEDIA_WAITS))
_CLAIM_MEDIA: Final = (
    select(InboundMessage).where(*_MEDIA_WAITS).order_by(col(InboundMessage.next_try)).limit(1).with_for_update(skip_locked=True)
)


async def locked(session: AsyncSession, complaint_id: UUID) -> Complaint:
    return (await session.execute(select(Complaint).where(col(Complaint.id) == complaint_id).with_for_update())).scalar_one()


async def lodged_since(session: AsyncSession, phone_index: bytes, since: datetime) -> int:
    """Index scan on complaint_by_reporter_phone."""
    statement = select(func.count()).where(col(Complaint.reporter_phone_index) == phone_index, col(Complaint.lodged_at) > since)
    return await session.scalar(statement) or 0


async def newest_of_number(session: AsyncSession, phone_index: bytes) -> Complaint | None:
    """The latest complaint of a number that is not decided. Index scan on complaint_by_reporter_phone."""
    mine = (col(Complaint.reporter_phone_index) == phone_index, col(Complaint.status).not_in(("resolved", "merged")))
    return (await session.execute(select(Complaint).where(*mine).order_by(col(Complaint.lodged_at).desc()).limit(1))).scalar_one_or_none()


async def list_doubts(session: AsyncSession, visible: Visibility, paging: Paging) -> Sequence[tuple[Doubt, Complaint]]:
    """What nobody has looked at yet, newest first, among what the caller may see. Index scan on doubt_open."""
    statement = (
        select(Doubt, Complaint)
        .join(Complaint, col(Complaint.id) == col(Doubt.complaint_id))
        .where(col(Doubt.looked_at).is_(None), seen_by(visible))
    )
    rows = await session.execute(paging.of(statement, col(Doubt.at), col(Doubt.complaint_id)))
    return [(row[0], row[1]) for row in rows]


async def find_doubt(session: AsyncSession, complaint_id: UUID) -> Doubt | None:
    statement = select(Doubt).where(col(Doubt.complaint_id) == complaint_id, col(Doubt.looked_at).is_(None))
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


async def talk_with(session: AsyncSession, fresh: Conversation) -> Conversation:
    """The conversation of this number and channel, begun where there is none. Held by its row: messages are taken one by one."""
    values = fresh.model_dump()
    await session.execute(insert(Conversation).values(values).on_conflict_do_nothing(index_elements=["channel", "phone_index"]))
    mine = (col(Conversation.channel) == fresh.channel, col(Conversation.phone_index) == fresh.phone_index)
    return (await session.execute(select(Conversation).where(*mine).with_for_update())).scalar_one()


async def held_talk(session: AsyncSession, conversation_id: UUID) -> Conversation:
    return (await session.execute(select(Conversation).where(col(Conversation.id) == conversation_id).with_for_update())).scalar_one()


async def is_new(session: AsyncSession, message: InboundMessage) -> bool:
    """Stores it; False for one that came before."""
    statement = insert(InboundMessage).values(message.model_dump())
    kept = statement.on_conflict_do_nothing(index_elements=["provider", "provider_message_id"]).returning(col(InboundMessage.id))
    return (await session.execute(kept)).scalar_one_or_none() is not None


async def messages_without_complaint(session: AsyncSession, conversation_id: UUID, since: datetime) -> Sequence[InboundMessage]:
    """In the order in which they were sent, which need not be that in which they came."""
    mine = (
        col(InboundMessage.conversation_id) == conversation_id,
        col(InboundMessage.complaint_id).is_(None),
        col(InboundMessage.received_at) >= since,
    )
    statement = select(InboundMessage).where(*mine).order_by(col(InboundMessage.sent_at), col(InboundMessage.id))
    return (await session.execute(statement)).scalars().all()


async def media_waits(sessions: Sessions, now: datetime) -> bool:
    return await sees(sessions, _MEDIA, {"now": now})


async def claim_media(session: AsyncSession, now: datetime) -> InboundMessage | None:
    """A recording that waits to be fetched, of a talk that has a complaint."""
    return (await session.execute(_CLAIM_MEDIA, {"now": now})).scalar_one_or_none()


async def find_inbound(session: AsyncSession, message_id: UUID) -> InboundMessage | None:
    return (
        await session.execute(select(InboundMessage).where(col(InboundMessage.id) == message_id).with_for_update())
    ).scalar_one_or_none()
