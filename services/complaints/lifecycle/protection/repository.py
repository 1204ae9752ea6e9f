"""Statements of protection. Those of an audit go past `seen_by`, and show no field of a complaint but its reference."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access_log import access_log
from kit.paging import Paging
from services.complaints.lifecycle.hearings.models import Hearing, Settlement
from services.complaints.lifecycle.models import Colleague, Proposal
from services.complaints.lifecycle.protection.models import BreakGlass, RetentionDue
from services.complaints.models import Complaint


async def locked(session: AsyncSession, reference: str) -> Complaint | None:
    """Past who may see it: for an act that names its reason, or shows nothing."""
    return (await session.execute(select(Complaint).where(col(Complaint.reference) == reference).with_for_update())).scalar_one_or_none()


async def broken(session: AsyncSession, paging: Paging) -> Sequence[Row[BreakGlass, str, str]]:
    rows = select(BreakGlass, col(Complaint.reference), col(Complaint.office)).join(
        Complaint, col(Complaint.id) == col(BreakGlass.complaint_id)
    )
    return (await session.execute(paging.of(rows, col(BreakGlass.at), col(BreakGlass.id)))).all()


async def reads(session: AsyncSession, record: UUID | None, caller: str | None, paging: Paging) -> Sequence[Row[*tuple[Any, ...]]]:
    """Newest first: a range of access_log_record or access_log_caller, whichever was asked by."""
    log = access_log.c
    account = select(func.min(Colleague.account)).where(col(Colleague.subject) == log.caller).scalar_subquery().label("account")
    rows = select(*log, account)
    if record is not None:
        rows = rows.where(log.record == record)
    if caller is not None:
        rows = rows.where(log.caller == caller)
    return (await session.execute(paging.of(rows, log.at, log.id))).all()


async def id_of(session: AsyncSession, reference: str) -> UUID | None:
    return (await session.execute(select(col(Complaint.id)).where(col(Complaint.reference) == reference))).scalar_one_or_none()


async def list_due(session: AsyncSession, complaint_id: UUID, due_at: datetime, now: datetime) -> None:
    row = {"complaint_id": complaint_id, "due_at": due_at, "listed_at": now}
    await session.execute(insert(RetentionDue).values(row).on_conflict_do_nothing())


async def due(session: AsyncSession, paging: Paging) -> Sequence[Row[RetentionDue, Complaint]]:
    rows = select(RetentionDue, Complaint).join(Complaint, col(Complaint.id) == col(RetentionDue.complaint_id))
    ordered = paging.of(rows, col(RetentionDue.due_at), col(RetentionDue.complaint_id), newest_first=False)
    return (await session.execute(ordered)).all()


async def is_listed(session: AsyncSession, complaint_id: UUID) -> bool:
    return await session.get(RetentionDue, complaint_id) is not None


async def empty_procedure(session: AsyncSession, complaint_id: UUID, blank_terms: bytes) -> None:
    """What officers wrote in the course of it. The history's notes go by the owner's function: the running role may not change them."""
    await session.flush()
    for table, values in ((Hearing, {"place": None}), (Settlement, {"terms": blank_terms}), (Proposal, {"summary": None})):
        one: Any = table
        await session.execute(one.__table__.update().where(one.__table__.c.complaint_id == complaint_id).values(values))
    await session.execute(select(func.empty_notes(complaint_id)))
    await session.execute(delete(RetentionDue).where(col(RetentionDue.complaint_id) == complaint_id))
