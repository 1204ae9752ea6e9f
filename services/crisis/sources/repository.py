"""Every SQL statement on sources."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.crisis.sources.models import RawMessage


async def keep(session: AsyncSession, row: RawMessage) -> UUID:
    """The id of the row that holds these bytes of this source, old or new."""
    values = row.model_dump()
    added = insert(RawMessage).values(**values).on_conflict_do_nothing(index_elements=["source", "sha256"])
    await session.execute(added)
    same = select(col(RawMessage.id)).where(col(RawMessage.source) == row.source, col(RawMessage.sha256) == row.sha256)
    return (await session.execute(same)).scalar_one()


async def locked(session: AsyncSession, raw_id: UUID) -> RawMessage:
    found = select(RawMessage).where(col(RawMessage.id) == raw_id).with_for_update().execution_options(populate_existing=True)
    return (await session.execute(found)).scalar_one()
