"""Every SQL statement on papers. A record of any kind may name one: `NAMING` lists them all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.monitor.activities.models import Comment, Report
from services.monitor.committees.models import CommitteeReturn
from services.monitor.papers.models import Paper
from services.monitor.tracker.models import OpenedMatter, ToldAction, ToldStep

NAMING: Final = (Report, Comment, OpenedMatter, ToldStep, ToldAction, CommitteeReturn)


def _is_named() -> ColumnElement[bool]:
    return or_(*(exists().where(col(one.paper) == col(Paper.id)) for one in NAMING))


async def waiting(session: AsyncSession, person: str) -> int:
    """How many of a person's no record names."""
    rows = select(func.count()).select_from(Paper).where(col(Paper.brought_by) == person, ~_is_named())
    return int((await session.execute(rows)).scalar_one())


async def add(session: AsyncSession, row: Paper) -> None:
    session.add(row)
    await session.flush()


async def is_at_hand(session: AsyncSession, paper: UUID, person: str, since: datetime) -> bool:
    """Whether this person brought it, since then or for a record that names it already."""
    rows = select(Paper).where(col(Paper.id) == paper, col(Paper.brought_by) == person, or_(col(Paper.brought_at) > since, _is_named()))
    return bool(await session.scalar(select(rows.exists())))


async def find_named(session: AsyncSession, paper: UUID) -> Paper | None:
    return (await session.execute(select(Paper).where(col(Paper.id) == paper, _is_named()))).scalar_one_or_none()


async def forget_unnamed(session: AsyncSession, before: datetime) -> None:
    await session.execute(delete(Paper).where(col(Paper.brought_at) < before, ~_is_named()))


async def kept(session: AsyncSession, files: Sequence[UUID]) -> set[UUID]:
    """Which of these files a paper has."""
    return set((await session.execute(select(col(Paper.file_id)).where(col(Paper.file_id).in_(files)))).scalars())
