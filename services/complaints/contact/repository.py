"""Statements on messages that go out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.database import NOW, Sessions, sees
from services.complaints.contact.models import Message
from services.complaints.models import Complaint

OPEN = ("waiting", "sending", "unclear")
# Index scan on message_due.
_IS_DUE: Final = (
    col(Message.status).in_(OPEN),
    col(Message.due) <= NOW,
    col(Message.channel).in_(bindparam("channels", expanding=True)),
)
_DUE: Final = select(exists().where(*_IS_DUE))
_CLAIM_DUE: Final = select(Message).where(*_IS_DUE).order_by(col(Message.due)).limit(1).with_for_update(skip_locked=True)


async def has_due(sessions: Sessions, now: datetime, channels: Sequence[str]) -> bool:
    return await sees(sessions, _DUE, {"now": now, "channels": channels})


async def claim_due(session: AsyncSession, now: datetime, channels: Sequence[str]) -> Message | None:
    """The one that waits longest, locked; another replica takes the next."""
    return (await session.execute(_CLAIM_DUE, {"now": now, "channels": channels})).scalar_one_or_none()


async def find_message(session: AsyncSession, message_id: UUID) -> Message | None:
    return (await session.execute(select(Message).where(col(Message.id) == message_id).with_for_update())).scalar_one_or_none()


async def complaint_of(session: AsyncSession, complaint_id: UUID) -> Complaint:
    """As it is now: whoever changes the rule of contact waits until a message was judged, and the other way round."""
    return (await session.execute(select(Complaint).where(col(Complaint.id) == complaint_id).with_for_update(read=True))).scalar_one()


async def list_messages(session: AsyncSession, complaint_id: UUID) -> Sequence[Message]:
    """Newest first; a complaint has few. Index scan on message_of."""
    statement = select(Message).where(col(Message.complaint_id) == complaint_id)
    return (await session.execute(statement.order_by(col(Message.at).desc(), col(Message.id).desc()).limit(200))).scalars().all()


async def note_delivery(session: AsyncSession, provider_id: str, status: str, now: datetime) -> None:
    """What a company's webhook tells; a delivery that was told is not taken back by an earlier word that comes late."""
    known = (col(Message.provider_id) == provider_id, col(Message.status).in_(("sent", "unclear", "sending")))
    await session.execute(update(Message).where(*known).values(status=status, settled_at=now))
