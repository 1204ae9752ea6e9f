"""Every SQL statement on a wing's cases. Each read for a caller takes a `Sight`: there is no way to read past it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.paging import Paging
from services.crisis.cases.models import WingCase, WingHappening, WingVisit, WingWorker
from services.crisis.cases.rules import Sight, State

Queue = Literal["waiting", "due", "overdue", "mine", "open", "closed", "family"]


def seen_by(sight: Sight) -> ColumnElement[bool]:
    place = true() if sight.everything else col(WingCase.country).in_(sorted(sight.countries))
    if sight.supervises:
        return place
    # Nobody has it yet: whoever of the mission comes first takes it, else it would wait for ever.
    mine = or_(col(WingCase.officer) == sight.subject, col(WingCase.opened_by) == sight.subject, col(WingCase.officer).is_(None))
    return and_(place, or_(col(WingCase.restricted).is_(False), mine))


async def find(session: AsyncSession, reference: str, sight: Sight, *, lock: bool = False) -> WingCase | None:
    statement = select(WingCase).where(col(WingCase.reference) == reference, seen_by(sight))
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()


async def find_any(session: AsyncSession, case_id: UUID, *, lock: bool = False) -> WingCase | None:
    """For a timer, and for the family whose request it is: never for an officer."""
    statement = select(WingCase).where(col(WingCase.id) == case_id)
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()


async def find_open_of_complaint(session: AsyncSession, complaint: str, kind: str) -> WingCase | None:
    """Whatever the sight: it decides whether a second one is opened."""
    mine = (col(WingCase.complaint) == complaint, col(WingCase.kind) == kind, col(WingCase.state) != State.CLOSED)
    return (await session.execute(select(WingCase).where(*mine))).scalar_one_or_none()


async def list_of_complaint(session: AsyncSession, complaint: str, sight: Sight) -> Sequence[WingCase]:
    mine = select(WingCase).where(col(WingCase.complaint) == complaint, seen_by(sight))
    return (await session.execute(mine.order_by(col(WingCase.opened_at)))).scalars().all()


async def list_queue(
    session: AsyncSession, sight: Sight, paging: Paging, queue: Queue, ends: datetime, kind: str | None
) -> Sequence[WingCase]:
    """Oldest first, what is owed first: index scans on wing_case_opened and wing_case_due. `ends`: the end of today, for `due`."""
    rows = select(WingCase).where(seen_by(sight), _queued(queue, sight, ends))
    if kind is not None:
        rows = rows.where(col(WingCase.kind) == kind)
    at = _place(queue)
    found = await session.execute(paging.of(rows, at, col(WingCase.id), newest_first=queue == "closed"))
    return found.scalars().all()


def _place(queue: Queue) -> ColumnElement[datetime]:
    """Never null where `_queued` holds."""
    if queue in {"due", "overdue"}:
        return cast("ColumnElement[datetime]", col(WingCase.next_due))
    return cast("ColumnElement[datetime]", col(WingCase.closed_at) if queue == "closed" else col(WingCase.opened_at))


def _queued(queue: Queue, sight: Sight, ends: datetime) -> ColumnElement[bool]:
    is_open = col(WingCase.state) != State.CLOSED
    waits = col(WingCase.state) == State.WAITING
    queues: Mapping[Queue, ColumnElement[bool]] = {
        "waiting": waits,
        "family": and_(waits, col(WingCase.origin) == "family"),
        "due": and_(is_open, col(WingCase.next_due) < ends),
        "overdue": and_(is_open, col(WingCase.next_due) < func.now()),
        "mine": and_(is_open, col(WingCase.officer) == sight.subject),
        "open": is_open,
        "closed": col(WingCase.state) == State.CLOSED,
    }
    return queues[queue]


async def count_queues(session: AsyncSession, sight: Sight, ends: datetime) -> dict[str, int]:
    queues: tuple[Queue, ...] = ("waiting", "family", "due", "overdue", "mine", "open")
    counted = [func.count().filter(_queued(one, sight, ends)).label(one) for one in queues]
    row = (await session.execute(select(*counted).select_from(WingCase).where(seen_by(sight)))).one()
    return dict(zip(queues, row, strict=True))


async def load_of(session: AsyncSession, sight: Sight) -> Sequence[tuple[str, str, int, int]]:
    """Officer, name, open, overdue: who has most first."""
    late = func.count().filter(col(WingCase.next_due) < func.now())
    rows = (
        select(col(WingCase.officer), func.max(WingCase.officer_name), func.count(), late)
        .where(seen_by(sight), col(WingCase.state) == State.OPEN, col(WingCase.officer).is_not(None))
        .group_by(col(WingCase.officer))
        .order_by(func.count().desc(), col(WingCase.officer))
    )
    return [(officer or "", name or "", count, overdue) for officer, name, count, overdue in (await session.execute(rows)).all()]


async def response_of(session: AsyncSession, sight: Sight, since: datetime) -> Sequence[tuple[str, int, int, float | None]]:
    """Kind, opened since, taken on of these, median hours until somebody took them on."""
    hours = func.extract("epoch", col(WingCase.taken_at) - col(WingCase.opened_at)) / 3600
    middle = func.percentile_cont(0.5).within_group(case((col(WingCase.taken_at).is_not(None), hours)))
    rows = (
        select(col(WingCase.kind), func.count(), func.count(col(WingCase.taken_at)), middle)
        .where(seen_by(sight), col(WingCase.opened_at) >= since)
        .group_by(col(WingCase.kind))
        .order_by(col(WingCase.kind))
    )
    return [
        (kind, count, taken, None if hours_ is None else float(hours_))
        for kind, count, taken, hours_ in (await session.execute(rows)).all()
    ]


async def same_person(session: AsyncSession, found: WingCase, sight: Sight) -> Sequence[WingCase]:
    """Other cases with the same passport that the caller may see."""
    if found.person_index is None:
        return []
    others = select(WingCase).where(col(WingCase.person_index) == found.person_index, col(WingCase.id) != found.id, seen_by(sight))
    return (await session.execute(others.order_by(col(WingCase.opened_at).desc()).limit(20))).scalars().all()


async def find_by_passport(session: AsyncSession, index: bytes, sight: Sight) -> Sequence[WingCase]:
    rows = select(WingCase).where(col(WingCase.person_index) == index, seen_by(sight)).order_by(col(WingCase.opened_at).desc())
    return (await session.execute(rows.limit(50))).scalars().all()


async def happenings(session: AsyncSession, case_id: UUID) -> Sequence[WingHappening]:
    rows = select(WingHappening).where(col(WingHappening.case_id) == case_id).order_by(col(WingHappening.position))
    return (await session.execute(rows)).scalars().all()


async def visits(session: AsyncSession, case_id: UUID) -> Sequence[WingVisit]:
    rows = select(WingVisit).where(col(WingVisit.case_id) == case_id).order_by(col(WingVisit.visited_on).desc(), col(WingVisit.id).desc())
    return (await session.execute(rows)).scalars().all()


async def workers(session: AsyncSession, visit_ids: Collection[UUID]) -> Sequence[WingWorker]:
    if not visit_ids:
        return []
    rows = select(WingWorker).where(col(WingWorker.visit_id).in_(visit_ids)).order_by(col(WingWorker.id))
    return (await session.execute(rows)).scalars().all()
