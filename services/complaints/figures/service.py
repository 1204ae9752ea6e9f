"""Use cases of the figures: count again what changed, tell a reader what they may know, publish a quarter once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from kit import timer
from kit.access_log import record_access
from kit.auth import Caller
from kit.counts import SMALLEST
from kit.quarters import months_of, newest_over, quarter_of
from kit.timer import DueTimer
from services.complaints.access import what_is_visible
from services.complaints.figures import repository, rules
from services.complaints.figures.models import FigurePublic
from services.complaints.figures.rules import Cell
from services.complaints.figures.schemas import AreaFigures, CellOut, FiguresOut, HolderOut, OfficeFigures, PublicFiguresOut
from services.complaints.redress import service as redress
from services.complaints.views import office_name

TIMER: Final = "complaint-figures"
RECORD: Final = UUID("00000000-0000-4000-8000-0000000000f1")
EVERY: Final = timedelta(seconds=60)
# A happening may be committed after a later one was counted.
OVERLAP: Final = timedelta(minutes=2)
MONTHS_AT_ONCE: Final = 3
YEARS_TOLD: Final = 2


async def count(session: AsyncSession, now: datetime) -> int:
    """Counts up to three months again in which something happened; gives how many still wait. Idempotent."""
    known = await repository.state(session)
    since = known.counted_until - OVERLAP if known else None
    waiting = sorted({*(known.pending if known else ()), *await repository.touched(session, since)}, reverse=True)
    for month in waiting[:MONTHS_AT_ONCE]:
        await repository.count_month(session, month, await redress.sums_of_month(session, month))
    left = waiting[MONTHS_AT_ONCE:]
    await repository.put_state(session, now, left)
    return len(left)


async def on_timer(session: AsyncSession, _: DueTimer) -> None:
    now = datetime.now(UTC)
    left = await count(session, now)
    await timer.schedule(session, now if left else now + EVERY, TIMER, RECORD)


async def figures_for(session: AsyncSession, caller: Caller, since: date | None, until: date | None, *, purpose: str) -> FiguresOut:
    """What the caller may know; exact for whoever may see the complaints one by one. That it was read is logged."""
    today = datetime.now(DHAKA).date()
    first = since or date(today.year - 1, today.month, 1)
    last = until or today + timedelta(days=31)
    visible = what_is_visible(caller)
    scope = rules.scope_of(caller.roles, visible)
    rows = await repository.cells(session, scope, first, last)
    cells = [Cell(dimension, value, int(complaints), int(amount)) for dimension, value, complaints, amount in rows]
    whole = sum(one.complaints or 0 for one in cells if one.dimension == "all")
    if not scope.exact:
        cells = rules.published(whole, [one for one in cells if one.dimension in rules.DIMENSIONS])
    offices = await repository.by_office(session, scope, first, last) if scope.exact else []
    area = rules.area_of(visible) if scope.exact else None
    await record_access(session, caller, [RECORD], record_type="figures", purpose=purpose, fields=rules.DIMENSIONS)
    return FiguresOut(
        since=first,
        until=last,
        counted_until=await repository.counted_until(session),
        exact=scope.exact,
        complaints=whole if scope.exact or whole >= SMALLEST else None,
        cells=[CellOut(**one._asdict()) for one in cells if one.dimension != "all"],
        offices=_offices(offices),
        area=_area(await repository.of_area(session, scope, area, first, last), visible.offices) if area else None,
    )


def _area(rows: Sequence[tuple[str, int]], own: frozenset[str]) -> AreaFigures:
    holders = [HolderOut(office=office, office_name=office_name(office), complaints=int(count)) for office, count in rows]
    elsewhere = sum(one.complaints for one in holders if one.office not in own)
    return AreaFigures(complaints=sum(one.complaints for one in holders), elsewhere=elsewhere, holders=holders)


def _offices(rows: object) -> list[OfficeFigures]:
    found: dict[str, OfficeFigures] = {}
    for office, dimension, value, complaints, amount in rows:  # type: ignore[attr-defined]  # rows of one statement
        one = found.setdefault(office, OfficeFigures(office=office, office_name=office_name(office)))
        if dimension == "held":
            one.stays, one.held_hours = int(complaints), round(int(amount) / 3600 / max(1, int(complaints)), 1)
        else:
            setattr(one, value, int(complaints))
    return sorted(found.values(), key=lambda one: (-one.breached, -one.at_risk, -one.open, one.office))


async def public_figures(session: AsyncSession, quarter: str | None) -> PublicFiguresOut:
    """Of a quarter that is over, the newest unless named; told once, and the same ever after."""
    today = datetime.now(DHAKA).date()
    newest = newest_over(today)
    wanted = quarter if quarter is not None and quarter <= newest else newest
    found = await repository.find_public(session, wanted)
    if found is None:
        found = await _publish(session, wanted)
    so_far = await _whole(session, *months_of(quarter_of(today)))
    return PublicFiguresOut(
        quarter=wanted,
        made_at=found.made_at if found else None,
        smallest=SMALLEST,
        this_quarter_so_far=so_far // 10 * 10,
        cells=[CellOut(**one) for one in found.cells] if found else [],
        quarters=list(await repository.quarters_published(session)),
    )


_EVERYTHING: Final = rules.Scope(None, restricted=True, about=frozenset(), exact=True)


async def _whole(session: AsyncSession, since: date, until: date) -> int:
    rows = await repository.cells(session, _EVERYTHING, since, until)
    return sum(int(complaints) for dimension, _, complaints, _ in rows if dimension == "all")


async def _publish(session: AsyncSession, quarter: str) -> FigurePublic | None:
    """None while there is too little to tell: then a later look may publish it."""
    since, until = months_of(quarter)
    rows = await repository.cells(session, _EVERYTHING, since, until)
    whole = sum(int(complaints) for dimension, _, complaints, _ in rows if dimension == "all")
    divided = [Cell(dimension, value, int(complaints)) for dimension, value, complaints, _ in rows if dimension in rules.PUBLIC]
    told = [one._asdict() for one in rules.published(whole, divided)]
    return await repository.tell_quarter(session, quarter, datetime.now(UTC), told) if told else None


TIMERS: Final[Mapping[str, timer.TimerHandler]] = {TIMER: on_timer}
