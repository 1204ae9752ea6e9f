"""Statements on drafts."""

from uuid import UUID

from sqlalchemy import delete as delete_from
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.complaints.calls.models import CallDraft, CallDraftKept


async def find(session: AsyncSession, call_id: UUID) -> CallDraft | None:
    return (await session.execute(select(CallDraft).where(col(CallDraft.call_id) == call_id))).scalar_one_or_none()


async def put(session: AsyncSession, draft: CallDraft) -> None:
    values = draft.model_dump()
    await session.execute(insert(CallDraft).values(values).on_conflict_do_update(index_elements=["call_id"], set_=values))


async def keep(session: AsyncSession, draft: CallDraft, fields: bytes) -> None:
    values = draft.model_dump() | {"fields": fields}
    await session.execute(insert(CallDraftKept).values(values).on_conflict_do_nothing())


async def delete(session: AsyncSession, call_id: UUID) -> None:
    await session.execute(delete_from(CallDraft).where(col(CallDraft.call_id) == call_id))
    await session.execute(delete_from(CallDraftKept).where(col(CallDraftKept.call_id) == call_id))
