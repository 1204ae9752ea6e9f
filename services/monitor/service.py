"""Use cases of the monitor: count what the services report, show it beside what the framework asks."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.events import Event
from contracts.framework.activity_map import activities_for
from contracts.framework.register import load
from kit.bus import Received
from services.monitor import repository, rules
from services.monitor.models import Fact
from services.monitor.repository import DayCount
from services.monitor.schemas import ActivitiesOut, ActivityOut, CountsOut


async def count_facts(session: AsyncSession, events: Sequence[Received[Event]]) -> None:
    """Each event once: the inbox, in the same transaction, has dropped repeats."""
    facts = [
        Fact(event_id=one.envelope.id, event_type=one.envelope.type, record=one.envelope.subject, happened_at=one.envelope.time)
        for one in events
    ]
    await repository.add_facts(session, facts)
    await repository.add_to_tallies(session, _by_type_and_day(facts))


def _by_type_and_day(facts: Sequence[Fact]) -> list[DayCount]:
    grouped: dict[tuple[str, date], list[datetime]] = defaultdict(list)
    for fact in facts:
        grouped[fact.event_type, fact.happened_at.astimezone(DHAKA).date()].append(fact.happened_at)
    return [DayCount(event_type, day, len(times), max(times)) for (event_type, day), times in grouped.items()]


async def list_activities(session: AsyncSession, *, goal: str | None) -> ActivitiesOut:
    """All activities of the framework, or those of one goal, with the evidence found for each."""
    register = load()
    evidence = rules.evidence_by_activity(await repository.list_tallies(session), activities_for)
    items = [
        ActivityOut.of(activity, evidence.get(activity.id)) for activity in register.activities if goal is None or activity.goal == goal
    ]
    return ActivitiesOut(items=items, counts=CountsOut.model_validate(register.counts.activities, from_attributes=True))
