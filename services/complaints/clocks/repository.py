"""Every SQL statement of the clocks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from kit.ids import new_id
from kit.timer import timer
from services.complaints.clocks.models import ClockCheck, ClockFinding, Deadline, Escalation, SeatHolder
from services.complaints.clocks.opening import TIMER, VERSION
from services.complaints.clocks.rules import Duty, Step
from services.complaints.models import Complaint, Happening
from services.complaints.rules import Status

_TABLE: Final = SQLModel.metadata.tables["deadline"]
ROWS: Final = func.jsonb_to_recordset(bindparam("deadlines", type_=JSONB)).table_valued(*_TABLE.c).render_derived("given", with_types=True)


def _put() -> Any:
    given = insert(_TABLE).from_select([one.name for one in _TABLE.c], select(*ROWS.c))
    changed = {name: given.excluded[name] for name in ("state", "risk_at", "due_at", "ended_at", "version", "explanation", "changes")}
    return given.on_conflict_do_update(index_elements=["complaint_id", "clock", "round"], set_=changed)


# Built once: every change of a complaint runs them.
PUT: Final = _put()
_THIS: Final = bindparam("complaint", type_=Uuid)
_HAPPENED: Final = select(col(Happening.at), col(Happening.kind), col(Happening.office), col(Happening.status))
STEPS: Final = _HAPPENED.where(col(Happening.complaint_id) == _THIS).order_by(col(Happening.version), col(Happening.id))
_OF_ONE: Final = select(Deadline).where(col(Deadline.complaint_id) == _THIS).order_by(col(Deadline.began_at), col(Deadline.clock))
DEADLINES: Final = _OF_ONE.execution_options(populate_existing=True)
HOLD: Final = insert(SQLModel.metadata.tables["holding"]).on_conflict_do_nothing()


async def steps_of(session: AsyncSession, complaint_id: UUID) -> list[Step]:
    """Index scan on happening_of."""
    found = await session.execute(STEPS, {"complaint": complaint_id})
    return [Step(at, kind, office, Status(status)) for at, kind, office, status in found]


async def deadlines_of(session: AsyncSession, complaint_id: UUID) -> Sequence[Deadline]:
    return (await session.execute(DEADLINES, {"complaint": complaint_id})).scalars().all()


async def put_deadlines(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """All in one statement."""
    if rows:
        await session.execute(PUT, {"deadlines": [{**row, "complaint_id": str(row["complaint_id"])} for row in rows]})


async def escalations_of(session: AsyncSession, complaint_id: UUID) -> Sequence[Escalation]:
    mine = select(Escalation).where(col(Escalation.complaint_id) == complaint_id).order_by(col(Escalation.at), col(Escalation.level))
    return (await session.execute(mine)).scalars().all()


async def add_escalation(session: AsyncSession, complaint: Complaint, duty: Duty, at: datetime, seat: str, passed: list[str]) -> bool:
    """False where it was raised before."""
    row = {
        "id": new_id(),
        "complaint_id": complaint.id,
        "at": at,
        "trigger": duty.trigger,
        "clock": duty.clock,
        "round": duty.round,
        "level": duty.level,
        "office": complaint.office,
        "seat": seat,
        "passed_over": passed,
    }
    added = await session.execute(
        insert(Escalation).values(row).on_conflict_do_nothing(constraint="escalation_once").returning(col(Escalation.id))
    )
    return added.scalar_one_or_none() is not None


async def close_escalations(session: AsyncSession, ids: Collection[UUID], at: datetime) -> None:
    if ids:
        await session.execute(update(Escalation).where(col(Escalation.id).in_(ids)).values(closed_at=at))


async def filled(session: AsyncSession, seats: Collection[str]) -> frozenset[str]:
    held = select(col(SeatHolder.seat)).where(col(SeatHolder.seat).in_(seats), col(SeatHolder.until).is_(None))
    return frozenset((await session.execute(held)).scalars())


async def holders(session: AsyncSession, seats: Collection[str]) -> dict[str, SeatHolder]:
    held = select(SeatHolder).where(col(SeatHolder.seat).in_(seats), col(SeatHolder.until).is_(None))
    return {one.seat: one for one in (await session.execute(held)).scalars()}


async def seats_held_by(session: AsyncSession, holder: str) -> list[str]:
    held = select(col(SeatHolder.seat)).where(col(SeatHolder.holder) == holder, col(SeatHolder.until).is_(None))
    return list((await session.execute(held.order_by(col(SeatHolder.seat)))).scalars())


async def vacate(session: AsyncSession, seat: str, at: datetime) -> None:
    await session.execute(update(SeatHolder).where(col(SeatHolder.seat) == seat, col(SeatHolder.until).is_(None)).values(until=at))


async def add_holdings(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """What stands already stays as it was: a stay that is over does not change."""
    if rows:
        await session.execute(HOLD, list(rows))


async def lock(session: AsyncSession, complaint_id: UUID) -> Complaint | None:
    """None where it is not there or somebody holds it."""
    found = select(Complaint).where(col(Complaint.id) == complaint_id).with_for_update(skip_locked=True)
    return (await session.execute(found.execution_options(populate_existing=True))).scalar_one_or_none()


class Stuck(NamedTuple):
    complaint_id: UUID
    what: str


async def stuck(session: AsyncSession, before: datetime, most: int) -> list[Stuck]:
    """Open complaints for which what was due before `before` has not happened, that no timer waits for, or computed by older data.

    Oldest first, so that none starves (lesson L9 c): index scans on complaint_look, timer_open by (kind, record), deadline_open.
    """
    overdue = (
        select(col(Complaint.id)).where(col(Complaint.look_at) < before).order_by(col(Complaint.look_at), col(Complaint.id)).limit(most)
    )
    found = [Stuck(one, "overdue") for one in (await session.execute(overdue)).scalars()]
    if len(found) < most:
        waiting = exists().where(timer.c.kind == TIMER, timer.c.record == Complaint.id, timer.c.done_at.is_(None))
        lost = select(col(Complaint.id)).where(col(Complaint.look_at) >= before, ~waiting)
        lost = lost.order_by(col(Complaint.look_at), col(Complaint.id)).limit(most - len(found))
        found += [Stuck(one, "no_timer") for one in (await session.execute(lost)).scalars()]
    if len(found) < most:
        other = text("select distinct complaint_id from deadline where ended_at is null and (version < :v or version > :v) limit :most")
        old = (await session.execute(other, {"v": VERSION, "most": most})).scalars()
        known = {one.complaint_id for one in found}
        found += [Stuck(one, "old_data") for one in old if one not in known][: most - len(found)]
    return found


async def add_finding(session: AsyncSession, check_id: UUID, found: Stuck, at: datetime) -> None:
    row = {"check_id": check_id, "complaint_id": found.complaint_id, "what": found.what, "repaired_at": at}
    await session.execute(insert(ClockFinding).values(row).on_conflict_do_nothing())


async def newest_check(session: AsyncSession) -> ClockCheck | None:
    newest = select(ClockCheck).order_by(col(ClockCheck.began_at).desc(), col(ClockCheck.id).desc()).limit(1)
    return (await session.execute(newest)).scalar_one_or_none()


async def findings(session: AsyncSession, check_id: UUID, narrowed: ColumnElement[bool], most: int = 50) -> list[tuple[str, str, datetime]]:
    """Reference, what, when repaired; of complaints that `narrowed` leaves."""
    rows = select(col(Complaint.reference), col(ClockFinding.what), col(ClockFinding.repaired_at))
    rows = rows.join(Complaint, col(Complaint.id) == col(ClockFinding.complaint_id))
    rows = rows.where(col(ClockFinding.check_id) == check_id, narrowed).order_by(col(Complaint.lodged_at)).limit(most)
    return [(reference, what, at) for reference, what, at in await session.execute(rows)]
