"""Deadlines, columns and timer of a complaint follow its history, in the transaction of each change."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from kit import timer
from kit.working_time import working_seconds
from services.complaints.clocks import repository, rules
from services.complaints.clocks.calendars import CALENDARS
from services.complaints.clocks.clock_list import CLOCKS, LADDERS
from services.complaints.clocks.models import Deadline, Escalation
from services.complaints.clocks.opening import TIMER, VERSION, deadline_row, due_columns
from services.complaints.models import Complaint, Happening
from services.complaints.rules import Category, Status, category_of

DAILY: Final = timedelta(days=1)


async def follow(session: AsyncSession, complaint: Complaint, now: datetime, *, just: Happening | None = None) -> list[rules.Duty]:
    """As the history has them now, with what was `just` added to it. Gives the duties not done yet, in order of time.

    Called while holding the row's lock; idempotent; flushes at its end.
    """
    with session.no_autoflush:
        found = await _follow(session, complaint, now, just)
    await session.flush()
    return found


async def _follow(session: AsyncSession, complaint: Complaint, now: datetime, just: Happening | None) -> list[rules.Duty]:
    steps = await repository.steps_of(session, complaint.id)
    if just is not None:
        steps.append(rules.Step(just.at, just.kind, just.office, Status(just.status)))
    case = rules.Case(complaint.kind, complaint.category, complaint.severity)
    rounds = rules.replay(CLOCKS, case, steps, CALENDARS.of)
    await _put(session, complaint, rounds, now)
    await repository.add_holdings(session, _stays(complaint, steps))
    for name, value in due_columns(rounds).items():
        setattr(complaint, name, value)
    if category_of(Status(complaint.status)) == Category.RESOLVED:
        await _rest(session, complaint, now)
        return []
    complaint.risk = rules.risk_of(rounds, CLOCKS, now)
    seen = rules.watch(steps, CLOCKS.substance, assigned=complaint.assignee is not None)
    duties = rules.duties(rounds, CLOCKS, LADDERS.of(complaint.office), seen, CALENDARS.of)
    waiting = await _not_done(session, complaint, duties, now)
    # There is always one ahead, but for a complaint that has climbed to the top: it stays in that seat's queue and is looked at daily.
    first = waiting[0].at if waiting else now + DAILY
    if complaint.look_at is None or first < complaint.look_at:
        await set_timer(session, complaint, first)
    return waiting


async def _put(session: AsyncSession, complaint: Complaint, rounds: Sequence[rules.Round], now: datetime) -> None:
    """Writes what differs. What newer data moved keeps its old value; what no longer runs by them is called off, with the reason."""
    stored = {(one.clock, one.round): one for one in await repository.deadlines_of(session, complaint.id)}
    changed = []
    for one in rounds:
        old, row = stored.pop((one.clock, one.number), None), deadline_row(complaint.id, one)
        if old is not None:
            row["changes"] = [*old.changes, *_moved(old, one.due_at, now)]
        if old is None or any(getattr(old, name) != value for name, value in row.items()):
            changed.append(row)
    for left in stored.values():
        if left.ended_at is None:
            gone = [{"at": now.isoformat(), "was": _iso(left.due_at), "due": None, "from": left.version, "to": VERSION}]
            changed.append(
                {**left.model_dump(), "state": "cancelled", "ended_at": now, "version": VERSION, "changes": [*left.changes, *gone]}
            )
    await repository.put_deadlines(session, changed)


def _moved(old: Deadline, due: datetime | None, now: datetime) -> list[dict[str, Any]]:
    if old.version == VERSION or old.due_at == due:
        return []
    return [{"at": now.isoformat(), "was": _iso(old.due_at), "due": _iso(due), "from": old.version, "to": VERSION}]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _stays(complaint: Complaint, steps: Sequence[rules.Step]) -> list[dict[str, Any]]:
    """Stays at offices that are over."""
    over = [one for one in rules.held(steps) if one.until is not None and one.until > one.since]
    return [
        {
            "complaint_id": complaint.id,
            "began_at": one.since,
            "ended_at": one.until,
            "office": one.office,
            "restricted": complaint.restricted,
            "about": complaint.respondent_office,
            "working_s": working_seconds(CALENDARS.of(one.office), one.since, one.until or one.since),
        }
        for one in over
    ]


async def _rest(session: AsyncSession, complaint: Complaint, now: datetime) -> None:
    """Nothing waits for a complaint that is done."""
    if complaint.escalated_at is not None:
        raised = await repository.escalations_of(session, complaint.id)
        await repository.close_escalations(session, [one.id for one in raised if one.closed_at is None], now)
    complaint.due_at = complaint.due_clock = complaint.seat = None
    complaint.risk = "none"
    if complaint.look_at is not None:
        await timer.cancel(session, TIMER, complaint.id)
    complaint.look_at = None


async def _not_done(session: AsyncSession, complaint: Complaint, duties: Sequence[rules.Duty], now: datetime) -> list[rules.Duty]:
    """Duties that were not done yet; those whose occasion is gone are closed, and the seat is that of the highest that stays."""
    if complaint.escalated_at is None:
        return list(duties)
    raised = await repository.escalations_of(session, complaint.id)
    wanted = {one[1:] for one in duties if one.at <= now}
    over = [one for one in raised if one.closed_at is None and _key(one) not in wanted]
    await repository.close_escalations(session, [one.id for one in over], now)
    open_ = [one for one in raised if one.closed_at is None and _key(one) in wanted]
    complaint.seat = max(open_, key=lambda one: (one.level, one.at)).seat if open_ else None
    done = {_key(one) for one in raised}
    return [one for one in duties if one[1:] not in done]


def _key(one: Escalation) -> tuple[str, str, int, int]:
    return one.trigger, one.clock, one.round, one.level


async def set_timer(session: AsyncSession, complaint: Complaint, at: datetime) -> None:
    """One waits for a complaint. One that comes too early looks, finds nothing and sets the next: cheaper than to move it each time."""
    if complaint.look_at is not None:
        await timer.cancel(session, TIMER, complaint.id)
    await timer.schedule(session, at, TIMER, complaint.id)
    complaint.look_at = at


async def deadlines_of(session: AsyncSession, complaint: Complaint) -> tuple[Sequence[Deadline], Sequence[Escalation]]:
    """Of a complaint that the caller was shown to see."""
    return await repository.deadlines_of(session, complaint.id), await repository.escalations_of(session, complaint.id)
