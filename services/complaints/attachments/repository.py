"""Statements on files of complaints and on uploads."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.complaints.attachments.models import Attachment, Upload, UploadPart


async def list_attachments(session: AsyncSession, complaint_id: UUID, by: str | None = None) -> Sequence[Attachment]:
    """Oldest first; a complaint has few. `by`: only what one person added. Index scan on the unique (complaint_id, sha256)."""
    statement = select(Attachment).where(col(Attachment.complaint_id) == complaint_id, col(Attachment.removed_at).is_(None))
    narrowed = statement if by is None else statement.where(col(Attachment.by) == by)
    return (await session.execute(narrowed.order_by(col(Attachment.at), col(Attachment.id)))).scalars().all()


async def find_attachment(session: AsyncSession, complaint_id: UUID, attachment_id: UUID) -> Attachment | None:
    here = (col(Attachment.id) == attachment_id, col(Attachment.complaint_id) == complaint_id, col(Attachment.removed_at).is_(None))
    return (await session.execute(select(Attachment).where(*here))).scalar_one_or_none()


async def find_same(session: AsyncSession, complaint_id: UUID, sha256: bytes) -> Attachment | None:
    here = (col(Attachment.complaint_id) == complaint_id, col(Attachment.sha256) == sha256)
    return (await session.execute(select(Attachment).where(*here))).scalar_one_or_none()


async def held(session: AsyncSession, complaint_id: UUID, now: datetime) -> tuple[int, int]:
    """Files and bytes of a complaint, with uploads under way at their full length."""
    kept = (col(Attachment.complaint_id) == complaint_id, col(Attachment.removed_at).is_(None))
    mine = (col(Upload.complaint_id) == complaint_id, col(Upload.question_id).is_(None))
    open_ = (*mine, col(Upload.attachment_id).is_(None), col(Upload.expires_at) > now)
    size = func.coalesce(func.sum(col(Attachment.size)), 0)
    length = func.coalesce(func.sum(col(Upload.length)), 0)
    files = (await session.execute(select(func.count(), size).where(*kept))).one()
    uploads = (await session.execute(select(func.count(), length).where(*open_))).one()
    return files[0] + uploads[0], int(files[1]) + int(uploads[1])


async def find_upload(
    session: AsyncSession, upload_id: UUID, *, by: str, now: datetime, question: UUID | None = None, lock: bool = False
) -> Upload | None:
    """An upload is its sender's alone, as long as it may be resumed, and leads where it was begun."""
    mine = (col(Upload.id) == upload_id, col(Upload.by) == by, col(Upload.expires_at) > now)
    statement = select(Upload).where(*mine, col(Upload.question_id).is_not_distinct_from(question))
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()


async def parts_of(session: AsyncSession, upload_id: UUID) -> Sequence[UploadPart]:
    return (
        (await session.execute(select(UploadPart).where(col(UploadPart.upload_id) == upload_id).order_by(col(UploadPart.start))))
        .scalars()
        .all()
    )


async def forget_parts(session: AsyncSession, upload_id: UUID) -> None:
    await session.execute(delete(UploadPart).where(col(UploadPart.upload_id) == upload_id))


async def forget_upload(session: AsyncSession, upload_id: UUID) -> None:
    """One that never became a file of a complaint or of an answer."""
    unfinished = (col(Upload.attachment_id).is_(None), col(Upload.document_id).is_(None))
    await session.execute(delete(Upload).where(col(Upload.id) == upload_id, *unfinished))
