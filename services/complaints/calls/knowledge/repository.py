"""Statements on the use of articles."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.complaints.calls.models import CallArticle


async def times_used(session: AsyncSession) -> Mapping[str, int]:
    """Index-only scan of call_article_used: some dozens of articles."""
    counted = select(col(CallArticle.article), func.count()).group_by(col(CallArticle.article))
    return {row[0]: row[1] for row in (await session.execute(counted)).all()}
