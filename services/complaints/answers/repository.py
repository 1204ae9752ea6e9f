"""Statements on questions to respondents. An agency is given those on its own licences and on no restricted complaint."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from kit.paging import Paging
from services.complaints.answers.models import RespondentDocument, RespondentQuestion
from services.complaints.attachments.models import Upload
from services.complaints.models import Complaint

Asked = Row[RespondentQuestion, Complaint]
# Gone from the agency: what became restricted, and what turned out to be about another.
_CONCERNS: Final = (col(Complaint.restricted).is_(False), col(Complaint.respondent_licence) == col(RespondentQuestion.licence))


async def of_complaint(session: AsyncSession, complaint_id: UUID) -> Sequence[RespondentQuestion]:
    mine = select(RespondentQuestion).where(col(RespondentQuestion.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(col(RespondentQuestion.asked_at)))).scalars().all()


async def list_asked(session: AsyncSession, licences: frozenset[str], paging: Paging) -> Sequence[Asked]:
    """Newest first: a scan of respondent_question_licence. One whose complaint became restricted meanwhile is gone from here."""
    wanted = (
        select(RespondentQuestion, Complaint)
        .join(Complaint, col(Complaint.id) == col(RespondentQuestion.complaint_id))
        .where(col(RespondentQuestion.licence).in_(licences), *_CONCERNS)
    )
    return (await session.execute(paging.of(wanted, col(RespondentQuestion.asked_at), col(RespondentQuestion.id)))).all()


async def find_asked(session: AsyncSession, question_id: UUID, licences: frozenset[str], *, lock: bool = False) -> Asked | None:
    wanted = (
        select(RespondentQuestion, Complaint)
        .join(Complaint, col(Complaint.id) == col(RespondentQuestion.complaint_id))
        .where(col(RespondentQuestion.id) == question_id, col(RespondentQuestion.licence).in_(licences), *_CONCERNS)
    )
    return (await session.execute(wanted.with_for_update() if lock else wanted)).one_or_none()


async def documents_of(session: AsyncSession, questions: Sequence[UUID]) -> Sequence[RespondentDocument]:
    """Oldest first: index scan on the unique (question_id, sha256)."""
    rows = select(RespondentDocument).where(
        col(RespondentDocument.question_id).in_(questions), col(RespondentDocument.removed_at).is_(None)
    )
    return (await session.execute(rows.order_by(col(RespondentDocument.added_at), col(RespondentDocument.id)))).scalars().all()


async def document(session: AsyncSession, question_id: UUID, document_id: UUID, *, lock: bool = False) -> RespondentDocument | None:
    here = (col(RespondentDocument.id) == document_id, col(RespondentDocument.question_id) == question_id)
    rows = select(RespondentDocument).where(*here, col(RespondentDocument.removed_at).is_(None))
    return (await session.execute(rows.with_for_update() if lock else rows)).scalar_one_or_none()


async def same_document(session: AsyncSession, question_id: UUID, sha256: bytes) -> RespondentDocument | None:
    here = (col(RespondentDocument.question_id) == question_id, col(RespondentDocument.sha256) == sha256)
    return (await session.execute(select(RespondentDocument).where(*here))).scalar_one_or_none()


async def held(session: AsyncSession, question_id: UUID, now: datetime) -> tuple[int, int]:
    """Files and bytes of one answer, with uploads under way at their full length."""
    kept = select(func.count(), func.coalesce(func.sum(col(RespondentDocument.size)), 0))
    files = (await session.execute(kept.where(col(RespondentDocument.question_id) == question_id))).one()
    open_ = (col(Upload.question_id) == question_id, col(Upload.document_id).is_(None), col(Upload.expires_at) > now)
    coming = (await session.execute(select(func.count(), func.coalesce(func.sum(col(Upload.length)), 0)).where(*open_))).one()
    return files[0] + coming[0], int(files[1]) + int(coming[1])


async def shared_with_complainant(session: AsyncSession, complaint_id: UUID) -> Sequence[RespondentDocument]:
    rows = (
        select(RespondentDocument)
        .join(RespondentQuestion, col(RespondentQuestion.id) == col(RespondentDocument.question_id))
        .where(col(RespondentQuestion.complaint_id) == complaint_id, col(RespondentDocument.shared_at).is_not(None))
        .where(col(RespondentDocument.removed_at).is_(None))
        .order_by(col(RespondentDocument.added_at), col(RespondentDocument.id))
    )
    return (await session.execute(rows)).scalars().all()


async def add(session: AsyncSession, *rows: SQLModel) -> None:
    session.add_all(rows)
    await session.flush()
