"""How many people the warnings of an incident concern, as the area of exposure keeps it."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.crisis.exposure import repository as exposures
from services.crisis.incidents import repository as incidents
from services.crisis.incidents.models import Incident


async def exposed_by(session: AsyncSession, incident: Incident) -> int:
    """The most that the register counted inside and near one of them: warnings of one danger concern the same people, so none are added."""
    largest = 0
    for alert in await incidents.alerts_of(session, incident.id):
        for found in await exposures.list_of(session, alert):
            largest = max(largest, found.counts.get("inside", 0) + found.counts.get("near", 0))
    return largest
