"""Hand up what stands still, to seats of offices; find what should have happened and did not, and make it happen."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual, Text
from kit import timer
from kit.access_log import record_access
from kit.auth import Caller
from kit.errors import ProblemError
from kit.ids import new_id
from kit.paging import Paging
from kit.timer import DueTimer
from services.complaints import service as complaints
from services.complaints.access import offices_of, what_is_visible
from services.complaints.clocks import repository, rules
from services.complaints.clocks import service as clocks
from services.complaints.clocks.calendars import CALENDARS
from services.complaints.clocks.clock_list import LADDERS
from services.complaints.clocks.models import ClockCheck, SeatHolder
from services.complaints.clocks.opening import TIMER
from services.complaints.escalation import repository as queues
from services.complaints.escalation.schemas import CheckOut, FindingOut, SeatOut, SeatsOut
from services.complaints.models import Complaint
from services.complaints.repository import seen_by
from services.complaints.views import LISTED

CHECK: Final = "complaint-check"
CHECK_RECORD: Final = UUID("00000000-0000-4000-8000-0000000000c1")
CHECK_HOUR: Final = 2  # at night in Dhaka
BATCH: Final = 200
GRACE: Final = timedelta(minutes=15)
BUSY: Final = timedelta(seconds=2)
_NIGHT: Final = CALENDARS.of("call-centre", "working_days")


class NoSuchSeatError(ProblemError):
    status = 404
    slug = "no-such-seat"
    title = Text("There is no such seat on a ladder in force.", "কার্যকর কোনো ধাপে এমন পদ নেই।")


async def on_timer(session: AsyncSession, due: DueTimer) -> None:
    """A complaint that somebody is changing is looked at a moment later: to wait here, holding the timer, could wait for ever."""
    now = datetime.now(UTC)
    complaint = await repository.lock(session, due.record)
    if complaint is not None:
        await look(session, complaint, now)
    elif await session.get(Complaint, due.record) is not None:
        await timer.schedule(session, now + BUSY, TIMER, due.record)


async def look(session: AsyncSession, complaint: Complaint, now: datetime) -> list[str]:
    """Hands up what is due, and sets the timer anew. Gives the seats that it went to. Called while holding the row's lock."""
    waiting = await clocks.follow(session, complaint, now)
    due = [one for one in waiting if one.at <= now]
    seats = await _hand_up(session, complaint, due, now) if due else []
    if complaint.look_at is not None:
        # Set also where one is believed to wait: that is how a lost one is found again. The one that fires now is done with this commit.
        await clocks.set_timer(session, complaint, min((one.at for one in waiting if one.at > now), default=now + clocks.DAILY))
        await session.flush()
    return seats


async def _hand_up(session: AsyncSession, complaint: Complaint, due: Sequence[rules.Duty], now: datetime) -> list[str]:
    seats = LADDERS.seats_for(complaint.office)
    sat_in = await repository.filled(session, seats)
    went: list[str] = []
    highest: dict[str, Any] = {}
    for duty in due:
        seat, passed = rules.choose_seat(seats, duty.level, sat_in, complaint.respondent_office)
        if await repository.add_escalation(session, complaint, duty, now, seat, passed):
            went.append(seat)
            detail = {"seat": seat, "trigger": duty.trigger, "clock": duty.clock, "level": duty.level, "passed_over": passed}
            highest = detail if not highest or duty.level >= highest["level"] else highest
    if highest:
        complaint.escalated_at = complaint.escalated_at or now
        await complaints.note_happening(session, complaint, "escalated", by=complaints.SYSTEM, at=now, detail=highest)
    return went


async def queue(session: AsyncSession, caller: Caller, name: str, paging: Paging, office: str | None) -> Sequence[Complaint]:
    """Logged as every list is."""
    rows = await queues.queue(session, name, what_is_visible(caller), paging, office)
    shown = [one.id for one in rows[: paging.limit]]
    await record_access(session, caller, shown, record_type="complaint", purpose=f"queue-{name}", fields=LISTED)
    return rows


async def seats_for(session: AsyncSession, caller: Caller) -> SeatsOut:
    """All of them for those who fill them; else those of the offices in which the caller works."""
    mine = offices_of(caller)
    wanted = sorted(one for one in LADDERS.every_seat if caller.has("supervisor", "admin") or one.partition(".")[0] in mine)
    sat = await repository.holders(session, wanted)
    items = [
        SeatOut(
            seat=one,
            office=one.partition(".")[0],
            name=Bilingual.of(LADDERS.name_of(one)),
            holder=sat[one].holder if one in sat else None,
            since=sat[one].since if one in sat else None,
        )
        for one in wanted
    ]
    return SeatsOut(version=LADDERS.version, items=items)


async def newest_check(session: AsyncSession, caller: Caller) -> CheckOut:
    check = await repository.newest_check(session)
    if check is None:
        return CheckOut(began_at=None, ended_at=None, found=0, items=[])
    found = await repository.findings(session, check.id, seen_by(what_is_visible(caller)))
    items = [FindingOut(reference=reference, what=what, repaired_at=at) for reference, what, at in found]
    return CheckOut(began_at=check.began_at, ended_at=check.ended_at, found=check.looked_at, items=items)


async def fill_seat(session: AsyncSession, seat: str, holder: str | None, *, by: str) -> None:
    """From now on `holder` sits there and nobody else; None leaves it empty. Raises `NoSuchSeatError`."""
    if seat not in LADDERS.every_seat:
        raise NoSuchSeatError
    now = datetime.now(UTC)
    await repository.vacate(session, seat, now)
    if holder is not None:
        session.add(SeatHolder(id=new_id(), seat=seat, holder=holder, since=now, until=None, set_by=by))
    await session.flush()


async def begin_check(session: AsyncSession, *, by: str) -> ClockCheck:
    """Looks for what should have happened and did not, and makes it happen: a first part at once, the rest by a timer."""
    now = datetime.now(UTC)
    check = ClockCheck(id=new_id(), began_at=now, ended_at=None, looked_at=0, by=by)
    session.add(check)
    await session.flush()
    await _search(session, check, now)
    return check


async def _search(session: AsyncSession, check: ClockCheck, now: datetime) -> None:
    found = await repository.stuck(session, now - GRACE, BATCH)
    for one in found:
        complaint = await repository.lock(session, one.complaint_id)
        if complaint is not None:
            await look(session, complaint, now)
            await repository.add_finding(session, check.id, one, now)
    check.looked_at += len(found)
    if len(found) < BATCH:
        check.ended_at = now
    else:
        await timer.schedule(session, now, CHECK, check.id)


async def on_check(session: AsyncSession, due: DueTimer) -> None:
    """The nightly one begins a check and sets the next night's; any other goes on with the check that it names."""
    if due.record == CHECK_RECORD:
        await timer.schedule(session, next_night(datetime.now(UTC)), CHECK, CHECK_RECORD)
        await begin_check(session, by=complaints.SYSTEM)
        return
    check = await session.get(ClockCheck, due.record)
    if check is not None:
        await _search(session, check, datetime.now(UTC))


def next_night(now: datetime) -> datetime:
    tomorrow = _NIGHT.day_of(now) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, CHECK_HOUR, tzinfo=_NIGHT.zone).astimezone(UTC)


TIMERS: Final[Mapping[str, timer.TimerHandler]] = {TIMER: on_timer, CHECK: on_check}
