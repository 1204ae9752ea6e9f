"""Use cases: the case worker's load, and the district's picture. Both count what the reader sees one by one, and nothing else."""

from collections import defaultdict
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from kit.auth import Caller
from services.reintegration.access import what_is_visible
from services.reintegration.workload import repository, rules, views
from services.reintegration.workload.rules import Load
from services.reintegration.workload.schemas import DistrictOut, LoadOut, LoadsOut, WorkerOut

NOBODY: Final = ""


async def loads(session: AsyncSession, caller: Caller, district: str | None) -> LoadsOut:
    """`district` narrows to one of those that the caller sees."""
    now = datetime.now(UTC)
    found = await _loads(session, caller, _narrowed(district), now)
    free = found.pop(NOBODY, Load())
    mine = found.get(caller.subject, Load())
    in_order = sorted(found.items(), key=lambda one: (-one[1].cases, one[0]))
    is_told = caller.has("supervisor")
    return LoadsOut(
        as_of=now.astimezone(DHAKA).date(),
        mine=LoadOut(**asdict(mine)),
        all=LoadOut(**asdict(sum(found.values(), free))),
        nobodys_urgent=free.urgent,
        workers=[
            WorkerOut(**asdict(load), is_me=worker == caller.subject, worker=worker if is_told else None) for worker, load in in_order
        ],
    )


async def district_picture(session: AsyncSession, caller: Caller, district: str | None, days: int) -> DistrictOut:
    """Of one district, else of all that the caller sees; what was registered, closed and sent within `days`."""
    now = datetime.now(UTC)
    today, since = now.astimezone(DHAKA).date(), now - timedelta(days=days)
    visible, districts = what_is_visible(caller), _narrowed(district)
    held = await repository.list_held(session, visible, districts)
    waiting = await _loads(session, caller, districts, now)
    named = districts or (visible.districts if not visible.everything and "*" not in visible.districts else None)
    return DistrictOut(
        districts=sorted(named) if named is not None else None,
        as_of=today,
        since=since.astimezone(DHAKA).date(),
        **views.arrivals_of(await repository.count_arrivals(session, visible, districts, since)),
        steps=views.steps_of(rules.by_step(held, today)),
        waiting=LoadOut(**asdict(sum(waiting.values(), Load()))),
        closed=views.closed_of(await repository.count_ended(session, visible, districts, since)),
        helps=views.helps_of(
            await repository.count_helps(session, visible, districts, since), await repository.count_providers(session, named, today)
        ),
    )


def _narrowed(district: str | None) -> frozenset[str] | None:
    return None if district is None else frozenset({district})


async def _loads(session: AsyncSession, caller: Caller, districts: frozenset[str] | None, now: datetime) -> dict[str, Load]:
    """By worker; what nobody has taken under `NOBODY`."""
    visible, today = what_is_visible(caller), now.astimezone(DHAKA).date()
    found: dict[str, Load] = defaultdict(Load)
    for held in await repository.list_held(session, visible, districts):
        found[held.worker] += rules.load_of(held, today)
    for taker, urgent, late in await repository.list_urgent(session, visible, districts, now):
        found[taker or NOBODY] += Load(urgent=urgent, urgent_late=late)
    for sender, unanswered, to_confirm in await repository.list_referrals(session, visible, districts):
        found[sender] += Load(unanswered=unanswered, to_confirm=to_confirm)
    return found
