"""Statements on questions to respondents. An agency is given those on its own licences and on no restricted complaint."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from kit.paging import Paging
from services.complaints.answers.models import RespondentQuestion
from services.complaints.models import Complaint

Asked = Row[RespondentQuestion, Complaint]


async def of_complaint(session: AsyncSession, complaint_id: UUID) -> Sequence[RespondentQuestion]:
    mine = select(RespondentQuestion).where(col(RespondentQuestion.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(col(RespondentQuestion.asked_at)))).scalars().all()


async def list_asked(session: AsyncSession, licences: frozenset[str], paging: Paging) -> Sequence[Asked]:
    """Newest first: a scan of respondent_question_licence. One whose complaint became restricted meanwhile is gone from here."""
    wanted = (
        select(RespondentQuestion, Complaint)
        .join(Complaint, col(Complaint.id) == col(RespondentQuestion.complaint_id))
        .where(col(RespondentQuestion.licence).in_(licences), col(Complaint.restricted).is_(False))
    )
    return (await session.execute(paging.of(wanted, col(RespondentQuestion.asked_at), col(RespondentQuestion.id)))).all()


async def find_asked(session: AsyncSession, question_id: UUID, licences: frozenset[str], *, lock: bool = False) -> Asked | None:
    wanted = (
        select(RespondentQuestion, Complaint)
        .join(Complaint, col(Complaint.id) == col(RespondentQuestion.complaint_id))
        .where(
            col(RespondentQuestion.id) == question_id, col(RespondentQuestion.licence).in_(licences), col(Complaint.restricted).is_(False)
        )
    )
    return (await session.execute(wanted.with_for_update() if lock else wanted)).one_or_none()


async def add(session: AsyncSession, *rows: SQLModel) -> None:
    session.add_all(rows)
    await session.flush()
