"""The HTTP edge of the sum of people, and of the figures after the action."""

from uuid import UUID

from fastapi import APIRouter

from contracts.text import Bilingual
from kit.database import SessionDep
from services.crisis.evacuation.rules import PART_WORDS
from services.crisis.evacuation.schemas import PartOut, SumOut
from services.crisis.evacuation.totals import figures, service
from services.crisis.evacuation.totals.schemas import FiguresOut, WarningFigures
from services.crisis.incidents.access import Onlooker
from services.crisis.incidents.service import seen
from services.crisis.outreach.access import FigureReader

router = APIRouter(prefix="/v1/crisis", tags=["crisis: evacuation"])


@router.get("/incidents/{incident_id}/sum")
async def read_sum(incident_id: UUID, desk: Onlooker) -> SumOut:
    """As it stands now, or as it stood when the incident closed; each night's is kept."""
    at, found = await service.sum_at(desk.session, await seen(desk, incident_id))
    parts = [PartOut(code=part, name=Bilingual.of(PART_WORDS[part]), people=count) for part, count in found.parts.items()]
    return SumOut(at=at, exposed=found.exposed, difference=found.difference, holds=found.difference == 0, parts=parts)


@router.get("/incidents/{incident_id}/figures")
async def read_figures(incident_id: UUID, desk: Onlooker) -> FiguresOut:
    """After the action: how long each warning took to be decided, acknowledged and handed over, and whom it reached."""
    return FiguresOut(warnings=await figures.of_incident(desk.session, await seen(desk, incident_id)))


@router.get("/alerts/{alert_id}/figures")
async def read_figures_of_alert(alert_id: UUID, caller: FigureReader, session: SessionDep) -> WarningFigures:
    """The same of one warning, whether or not an incident was opened for it."""
    return await figures.of_warning(session, caller, alert_id)
