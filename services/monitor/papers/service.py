"""Use cases of papers: bring one, name it in a record, read it; and take away those that no record names."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.database import Sessions
from kit.files import Files, StoredFile, one_part, sweep_orphans
from kit.ids import new_id
from kit.media import PICTURES, kind_of
from kit.pictures import drawn_anew
from services.monitor.papers import repository, rules
from services.monitor.papers.models import Paper

SWEPT_EVERY_S: Final = 6 * 3600


async def keep(files: Files, content: bytes) -> StoredFile:
    """Raises `WrongKindError`, `EmptyFileError`, `FileTooLargeError`."""
    if kind_of(content[:64]) in PICTURES:
        content = await drawn_anew(content)
    return await files.put(one_part(content), most=rules.MOST_BYTES, kinds=rules.KINDS)


async def check_room(session: AsyncSession, caller: Caller) -> None:
    """Raises `TooManyPapersError`."""
    rules.check_room(await repository.waiting(session, caller.subject))


async def bring(session: AsyncSession, caller: Caller, name: str, stored: StoredFile) -> Paper:
    row = Paper(
        id=new_id(),
        file_id=stored.id,
        name=name,
        size=stored.size,
        sha256=stored.sha256,
        media_type=stored.media_type,
        brought_by=caller.subject,
        brought_at=datetime.now(UTC),
    )
    await repository.add(session, row)
    return row


async def name(session: AsyncSession, caller: Caller, paper: UUID | None) -> None:
    """For a record that is about to be written: nobody puts another's paper into it. Raises `NotYourPaperError`."""
    if paper is not None and not await repository.is_at_hand(session, paper, caller.subject, datetime.now(UTC) - rules.WAITS):
        raise rules.NotYourPaperError


async def find(session: AsyncSession, paper: UUID) -> Paper:
    """Raises `UnknownPaperError`."""
    found = await repository.find_named(session, paper)
    if found is None:
        raise rules.UnknownPaperError
    return found


async def keep_papers(state: Mapping[str, Any]) -> None:
    """Runs until cancelled; raises when the database goes away, and is started again."""
    while True:
        await sweep(state["sessions"], state["files"], datetime.now(UTC))
        await asyncio.sleep(SWEPT_EVERY_S)


async def sweep(sessions: Sessions, files: Files, now: datetime) -> int:
    """How many files went: of papers that no record named in time, and of transactions that failed after the file was put."""
    before = now - rules.WAITS - rules.GRACE
    async with sessions.begin() as session:
        await repository.forget_unnamed(session, before)
    async with sessions() as session:
        return await sweep_orphans(files, before, partial(repository.kept, session))
