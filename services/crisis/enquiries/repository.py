"""Statements on family enquiries; who may see one follows from who may see its incident."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.crisis.enquiries.models import FamilyAnswer, FamilyEnquiry
from services.crisis.enquiries.rules import State
from services.crisis.incidents.models import Incident
from services.crisis.incidents.repository import seen_by
from services.crisis.warnings.rules import Sight

WAITING = (State.OPEN.value, State.MATCHED.value)


async def find(session: AsyncSession, enquiry_id: UUID, sight: Sight, *, lock: bool = False) -> tuple[FamilyEnquiry, Incident] | None:
    statement = (
        select(FamilyEnquiry, Incident)
        .join(Incident, col(Incident.id) == FamilyEnquiry.incident_id)
        .where(col(FamilyEnquiry.id) == enquiry_id, seen_by(sight))
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(statement.with_for_update(of=FamilyEnquiry) if lock else statement)).one_or_none()
    return None if row is None else (row[0], row[1])


async def list_of(session: AsyncSession, incident_id: UUID, paging: Paging, *, waiting: bool) -> list[FamilyEnquiry]:
    """Waiting ones the longest first (family_enquiry_waiting), all of them the newest first (family_enquiry_newest)."""
    rows = select(FamilyEnquiry).where(col(FamilyEnquiry.incident_id) == incident_id)
    if waiting:
        rows = rows.where(col(FamilyEnquiry.state).in_(WAITING))
    rows = paging.of(rows, col(FamilyEnquiry.taken_at), col(FamilyEnquiry.id), newest_first=not waiting)
    return list((await session.execute(rows)).scalars())


async def with_reference(session: AsyncSession, incident_id: UUID, reference: str) -> list[FamilyEnquiry]:
    rows = select(FamilyEnquiry).where(col(FamilyEnquiry.incident_id) == incident_id, col(FamilyEnquiry.reference) == reference)
    return list((await session.execute(rows)).scalars())


async def with_number(session: AsyncSession, incident_id: UUID, index: bytes) -> list[FamilyEnquiry]:
    mine = or_(col(FamilyEnquiry.asker_index) == index, col(FamilyEnquiry.phone_index) == index)
    rows = select(FamilyEnquiry).where(col(FamilyEnquiry.incident_id) == incident_id, mine).order_by(col(FamilyEnquiry.taken_at).desc())
    return list((await session.execute(rows.limit(20))).scalars())


async def answers_of(session: AsyncSession, enquiry_id: UUID) -> Sequence[FamilyAnswer]:
    rows = select(FamilyAnswer).where(col(FamilyAnswer.enquiry_id) == enquiry_id).order_by(col(FamilyAnswer.at).desc())
    return (await session.execute(rows)).scalars().all()


async def waiting_of(session: AsyncSession, incidents: Sequence[UUID]) -> Mapping[UUID, int]:
    rows = (
        select(col(FamilyEnquiry.incident_id), func.count())
        .where(col(FamilyEnquiry.incident_id).in_(incidents), col(FamilyEnquiry.state).in_(WAITING))
        .group_by(col(FamilyEnquiry.incident_id))
    )
    return {UUID(str(incident)): count for incident, count in (await session.execute(rows)).all()}


async def first_answered(session: AsyncSession, incident_id: UUID) -> Sequence[tuple[datetime, datetime]]:
    """When each enquiry was taken, and when its asker was first told something."""
    told = func.min(col(FamilyAnswer.at))
    rows = (
        select(col(FamilyEnquiry.taken_at), told)
        .join(FamilyAnswer, col(FamilyAnswer.enquiry_id) == FamilyEnquiry.id)
        .where(col(FamilyEnquiry.incident_id) == incident_id, col(FamilyAnswer.told).is_(True))
        .group_by(col(FamilyEnquiry.id))
    )
    return [(taken, at) for taken, at in (await session.execute(rows)).all()]


async def counts(session: AsyncSession, incident_id: UUID) -> Mapping[str, int]:
    rows = (
        select(col(FamilyEnquiry.state), func.count())
        .where(col(FamilyEnquiry.incident_id) == incident_id)
        .group_by(col(FamilyEnquiry.state))
    )
    return {str(state): count for state, count in (await session.execute(rows)).all()}


async def forget(session: AsyncSession, incident_id: UUID) -> None:
    """What was asked and told for this crisis alone."""
    emptied: dict[str, Any] = dict.fromkeys(("data", "phone_index", "document_index", "name_index", "asker_index"))
    await session.execute(update(FamilyEnquiry).where(col(FamilyEnquiry.incident_id) == incident_id).values(**emptied))
    mine = select(col(FamilyEnquiry.id)).where(col(FamilyEnquiry.incident_id) == incident_id)
    await session.execute(update(FamilyAnswer).where(col(FamilyAnswer.enquiry_id).in_(mine)).values(words=None))
