"""What the framework asks, with what the services reported for it."""

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.framework.register import load
from services.monitor.evidence import repository
from services.monitor.schemas import ActivitiesOut, ActivityOut, CountsOut


async def list_activities(session: AsyncSession, *, goal: str | None) -> ActivitiesOut:
    """All activities of the framework, or those of one goal, with the evidence found for each."""
    register = load()
    found = await repository.totals(session)
    items = [ActivityOut.of(activity, found.get(activity.id)) for activity in register.activities if goal is None or activity.goal == goal]
    return ActivitiesOut(items=items, counts=CountsOut.model_validate(register.counts.activities, from_attributes=True))
