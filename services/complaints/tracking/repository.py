"""Statements of the status page. A complaint is found by what its owner knows, not by what an officer may see."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.strangers import ADDRESS_WINDOW, RECORD_WINDOW, Failures
from services.complaints.models import Complaint
from services.complaints.tracking.models import TrackingFailure, TrackingSession


async def find_by_reference(session: AsyncSession, reference: str) -> Complaint | None:
    """Index scan on complaint_reference_key."""
    return (await session.execute(select(Complaint).where(col(Complaint.reference) == reference))).scalar_one_or_none()


async def find_by_session(session: AsyncSession, token_hash: bytes, now: datetime, *, lock: bool) -> tuple[Complaint, str] | None:
    """The complaint of a session that is not over, and the door by which it began."""
    statement = (
        select(Complaint, col(TrackingSession.door))
        .join(TrackingSession, col(TrackingSession.complaint_id) == col(Complaint.id))
        .where(col(TrackingSession.token_hash) == token_hash, col(TrackingSession.expires_at) > now)
    )
    row = (await session.execute(statement.with_for_update(of=Complaint) if lock else statement)).one_or_none()
    return None if row is None else (row[0], row[1])


async def count_failures(session: AsyncSession, address: bytes, complaint_id: UUID | None, now: datetime) -> Failures:
    """Index scans on tracking_failure_from and tracking_failure_of: both are short, old rows are swept."""
    mine = and_(col(TrackingFailure.address_index) == address, col(TrackingFailure.at) > now - ADDRESS_WINDOW)
    here = col(TrackingFailure.complaint_id) == complaint_id
    of_address = (await session.execute(select(func.count(), func.count().filter(here)).select_from(TrackingFailure).where(mine))).one()
    at_complaint = await session.scalar(
        select(func.count()).select_from(TrackingFailure).where(here, col(TrackingFailure.at) > now - RECORD_WINDOW)
    )
    return Failures(of_address[0], of_address[1], at_complaint or 0)


async def sweep(session: AsyncSession, *, failures_before: datetime, sessions_before: datetime) -> None:
    await session.execute(delete(TrackingFailure).where(col(TrackingFailure.at) < failures_before))
    await session.execute(delete(TrackingSession).where(col(TrackingSession.expires_at) < sessions_before))


async def end_sessions(session: AsyncSession, complaint_id: UUID) -> None:
    await session.execute(delete(TrackingSession).where(col(TrackingSession.complaint_id) == complaint_id))


async def end_session(session: AsyncSession, token_hash: bytes) -> None:
    await session.execute(delete(TrackingSession).where(col(TrackingSession.token_hash) == token_hash))
