"""Statements of the erasing. They go past `seen_by`: nothing that they find is shown to anybody."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CompoundSelect, delete, func, select, text, union_all, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.crypto import Keyring
from services.complaints.answers.models import RespondentDocument, RespondentQuestion
from services.complaints.attachments.models import Attachment, UploadPart
from services.complaints.calls.callbacks.models import Callback
from services.complaints.calls.models import CallLink, PhoneCall
from services.complaints.models import Complaint
from services.complaints.retention.models import RetentionMark, RetentionWaiting
from services.complaints.retention.rules import Sealed

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def mark_of(session: AsyncSession, name: str) -> RetentionMark:
    """Locked: two sweeps of one class follow each other."""
    await session.execute(insert(RetentionMark).values(name=name, done_until=_NEVER).on_conflict_do_nothing())
    return (await session.execute(select(RetentionMark).where(col(RetentionMark.name) == name).with_for_update())).scalar_one()


async def complaints_ended(session: AsyncSession, since: datetime, until: datetime, most: int) -> Sequence[Complaint]:
    """Oldest first: a range of complaint_ended."""
    ended = (col(Complaint.resolved_at) > since, col(Complaint.resolved_at) <= until)
    rows = select(Complaint).where(*ended).order_by(col(Complaint.resolved_at), col(Complaint.id)).limit(most)
    return (await session.execute(rows)).scalars().all()


async def calls_ended(session: AsyncSession, since: datetime, until: datetime, most: int) -> Sequence[PhoneCall]:
    """Oldest first: a range of phone_call_newest."""
    rows = select(PhoneCall).where(col(PhoneCall.opened_at) > since, col(PhoneCall.opened_at) <= until)
    return (await session.execute(rows.order_by(col(PhoneCall.opened_at), col(PhoneCall.id)).limit(most))).scalars().all()


async def waiting(session: AsyncSession, name: str) -> Sequence[UUID]:
    return (await session.execute(select(col(RetentionWaiting.record)).where(col(RetentionWaiting.name) == name))).scalars().all()


async def wait(session: AsyncSession, name: str, record: UUID) -> None:
    await session.execute(insert(RetentionWaiting).values(name=name, record=record).on_conflict_do_nothing())


async def wait_no_more(session: AsyncSession, name: str, record: UUID) -> None:
    mine = (col(RetentionWaiting.name) == name, col(RetentionWaiting.record) == record)
    await session.execute(delete(RetentionWaiting).where(*mine))


async def callbacks_closed(session: AsyncSession, since: datetime, until: datetime, most: int) -> Sequence[Callback]:
    """Oldest first: a range of callback_closed."""
    rows = select(Callback).where(col(Callback.closed_at) > since, col(Callback.closed_at) <= until)
    return (await session.execute(rows.order_by(col(Callback.closed_at), col(Callback.id)).limit(most))).scalars().all()


async def is_callback_held(session: AsyncSession, callback_id: UUID) -> bool:
    of = select(Complaint).join(Callback, col(Callback.complaint_id) == col(Complaint.id)).where(col(Callback.id) == callback_id)
    kept = of.where(col(Complaint.on_hold) | col(Complaint.resolved_at).is_(None))
    return (await session.execute(select(kept.exists()))).scalar_one()


async def is_call_held(session: AsyncSession, call_id: UUID) -> bool:
    """It belongs to a complaint whose words are on hold, or that is not over."""
    linked = select(Complaint).join(CallLink, col(CallLink.complaint_id) == col(Complaint.id)).where(col(CallLink.call_id) == call_id)
    kept = linked.where(col(Complaint.on_hold) | col(Complaint.resolved_at).is_(None))
    return (await session.execute(select(kept.exists()))).scalar_one()


async def erase(session: AsyncSession, keyring: Keyring, words: Sealed, record: UUID) -> None:
    """Table and columns are names of `rules.CLASSES`, never of anything that somebody sent."""
    changes = [f"{name} = null" for name in words.empty]
    changes += [f"{name} = case when {name} is null then null else cast(:{name} as bytea) end" for name in words.blank]
    changes += [f"{name} = uuid_send(id)" for name in words.unlinked]
    blank = {name: keyring.seal(value, f"{words.table}.{name}") for name, value in words.blank.items()}
    await session.execute(text(f"update {words.table} set {', '.join(changes)} where {words.of}"), {"record": record, **blank})  # noqa: S608


async def erase_histories(session: AsyncSession, record: UUID, blank_reason: bytes) -> None:
    """By the owner's functions, which look themselves whether they may."""
    await session.execute(select(func.erase_case_words(record, blank_reason)))


async def erase_attempts(session: AsyncSession, callback_id: UUID) -> None:
    await session.execute(select(func.erase_call_words(callback_id)))


async def take_files(session: AsyncSession, complaint_id: UUID, now: datetime) -> list[UUID]:
    """Files of a complaint and of the answers to it, named by no record from now on."""
    mine = (col(Attachment.complaint_id) == complaint_id, col(Attachment.removed_at).is_(None))
    gone = update(Attachment).where(*mine).values(removed_at=now).returning(col(Attachment.file_id), col(Attachment.shown_file_id))
    rows = list((await session.execute(gone)).all())
    asked = select(col(RespondentQuestion.id)).where(col(RespondentQuestion.complaint_id) == complaint_id)
    papers = update(RespondentDocument).where(col(RespondentDocument.question_id).in_(asked), col(RespondentDocument.removed_at).is_(None))
    gone = papers.values(removed_at=now).returning(col(RespondentDocument.file_id), col(RespondentDocument.shown_file_id))
    rows += (await session.execute(gone)).all()
    return [one for row in rows for one in row if one is not None]


async def named(session: AsyncSession, ids: Iterable[UUID]) -> set[UUID]:
    """Which of these files a record names."""
    asked = list(ids)
    kept, papers = col(Attachment.removed_at).is_(None), col(RespondentDocument.removed_at).is_(None)
    every: CompoundSelect[UUID | None] = union_all(
        select(col(Attachment.file_id)).where(kept, col(Attachment.file_id).in_(asked)),
        select(col(Attachment.shown_file_id)).where(kept, col(Attachment.shown_file_id).in_(asked)),
        select(col(RespondentDocument.file_id)).where(papers, col(RespondentDocument.file_id).in_(asked)),
        select(col(RespondentDocument.shown_file_id)).where(papers, col(RespondentDocument.shown_file_id).in_(asked)),
        select(col(UploadPart.file_id)).where(col(UploadPart.file_id).in_(asked)),
    )
    return {one for one in (await session.execute(every)).scalars() if one is not None}
