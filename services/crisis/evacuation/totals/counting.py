"""Whom the warnings of an incident concern, and what each answered, as the areas of exposure, outreach and check-ins know it."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.crisis.exposure import repository as exposures
from services.crisis.incidents import repository as incidents
from services.crisis.incidents.models import Incident
from services.crisis.outreach import figures
from services.crisis.outreach.repository import root_of


async def exposed_by(session: AsyncSession, incident: Incident) -> int:
    """The most that the register counted inside and near one of them: warnings of one danger concern the same people, so none are added."""
    largest = 0
    for alert in await incidents.alerts_of(session, incident.id):
        for found in await exposures.list_of(session, alert):
            largest = max(largest, found.counts.get("inside", 0) + found.counts.get("near", 0))
    return largest


async def answers_of(session: AsyncSession, incident: Incident) -> Mapping[UUID, str | None]:
    """Who was warned, each once, with the last that holds of them."""
    roots = {await root_of(session, alert) for alert in await incidents.alerts_of(session, incident.id)}
    return await figures.standing(session, sorted(root for root in roots if root is not None))
