"""Statements on redress. Each is about one complaint that the caller was shown to see, or about the tasks of the caller's offices."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, RowMapping, bindparam, exists, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from kit.paging import Paging
from services.complaints.calls.callbacks.models import Callback
from services.complaints.models import Complaint
from services.complaints.redress.models import CourtCase, RedressLine, RedressPayment, RedressRecourse, RedressTask
from services.complaints.repository import seen_by
from services.complaints.rules import Visibility


async def lines_of(session: AsyncSession, complaint_id: UUID) -> Sequence[RedressLine]:
    mine = select(RedressLine).where(col(RedressLine.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(col(RedressLine.made_at), col(RedressLine.id)))).scalars().all()


async def payments_of(session: AsyncSession, complaint_id: UUID) -> Sequence[RedressPayment]:
    mine = select(RedressPayment).where(col(RedressPayment.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(col(RedressPayment.paid_on), col(RedressPayment.id)))).scalars().all()


async def recourses_of(session: AsyncSession, complaint_id: UUID) -> Sequence[RedressRecourse]:
    mine = select(RedressRecourse).where(col(RedressRecourse.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(col(RedressRecourse.made_at)))).scalars().all()


async def court_cases_of(session: AsyncSession, complaint_id: UUID) -> Sequence[CourtCase]:
    mine = select(CourtCase).where(col(CourtCase.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(col(CourtCase.filed_on), col(CourtCase.id)))).scalars().all()


async def tasks_of(session: AsyncSession, complaint_id: UUID) -> Sequence[RedressTask]:
    mine = select(RedressTask).where(col(RedressTask.complaint_id) == complaint_id)
    return (await session.execute(mine.order_by(col(RedressTask.due), col(RedressTask.id)))).scalars().all()


async def payment_with(session: AsyncSession, line_id: UUID, proof_index: bytes) -> RedressPayment | None:
    """Through the unique key."""
    wanted = (col(RedressPayment.line_id) == line_id, col(RedressPayment.proof_index) == proof_index)
    return (await session.execute(select(RedressPayment).where(*wanted))).scalar_one_or_none()


async def open_tasks(
    session: AsyncSession, visible: Visibility, offices: frozenset[str], now: datetime, paging: Paging
) -> Sequence[Row[RedressTask, str]]:
    """What is due in these offices, oldest first, with the complaint's reference: a scan of redress_task_open from its oldest end."""
    wanted = (
        select(RedressTask, col(Complaint.reference))
        .join(Complaint, col(Complaint.id) == col(RedressTask.complaint_id))
        .where(col(RedressTask.done_at).is_(None), col(RedressTask.due) <= now, col(RedressTask.office).in_(offices), seen_by(visible))
        .where(or_(col(Complaint.restricted), ~_with_the_call_centre()))
    )
    rows = paging.of(wanted, col(RedressTask.due), col(RedressTask.id), newest_first=False)
    return (await session.execute(rows)).all()


def _with_the_call_centre() -> ColumnElement[bool]:
    """An agent has it on the list of calls: nobody else calls the same person. Closed without an answer it is the office's again."""
    return exists().where(col(Callback.id) == col(RedressTask.callback_id), col(Callback.closed_at).is_(None))


async def find_task(session: AsyncSession, task_id: UUID, visible: Visibility) -> Row[RedressTask, Complaint] | None:
    """With its complaint, whose row is locked."""
    wanted = (
        select(RedressTask, Complaint)
        .join(Complaint, col(Complaint.id) == col(RedressTask.complaint_id))
        .where(col(RedressTask.id) == task_id, seen_by(visible))
        .with_for_update()
    )
    return (await session.execute(wanted)).one_or_none()


async def locked(session: AsyncSession, complaint_id: UUID) -> Complaint:
    """For a timer or an event: nobody's eyes are asked. Holds the row."""
    return (await session.execute(select(Complaint).where(col(Complaint.id) == complaint_id).with_for_update())).scalar_one()


async def close_tasks(session: AsyncSession, line_id: UUID, now: datetime) -> None:
    """What reminded of a sum that is paid or given up."""
    mine = (col(RedressTask.line_id) == line_id, col(RedressTask.done_at).is_(None))
    await session.execute(update(RedressTask).where(*mine).values(done_at=now, done_by="system"))


async def add(session: AsyncSession, *rows: SQLModel) -> None:
    session.add_all(rows)
    await session.flush()


# The lines of a month's complaints: a range of complaint_newest joined to redress_line by complaint.
_SUMS: Final = text(
    """
    select cell.dimension, line.currency as value, c.office, c.restricted, coalesce(c.respondent_office, '') as about,
           count(distinct c.id) as complaints, sum(cell.amount)::bigint as amount
    from complaint c
    join redress_line line on line.complaint_id = c.id
    cross join lateral (values
        ('ordered', line.ordered),
        ('paid', (select sum(amount) from redress_payment where line_id = line.id and confirmed_at is not null))
    ) cell (dimension, amount)
    where not line.is_grant
      and c.lodged_at >= :month ::timestamp at time zone 'Asia/Dhaka'
      and c.lodged_at < (:month + interval '1 month') at time zone 'Asia/Dhaka'
      and cell.amount > 0
    group by cell.dimension, line.currency, c.office, c.restricted, coalesce(c.respondent_office, '')
    """
).bindparams(bindparam("month", type_=Date))


async def sums_of_month(session: AsyncSession, month: date) -> Sequence[RowMapping]:
    return (await session.execute(_SUMS, {"month": month})).mappings().all()
