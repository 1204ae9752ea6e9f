"""The HTTP edge of the sum of people."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter

from contracts.text import Bilingual
from services.crisis.evacuation.rules import PART_WORDS
from services.crisis.evacuation.schemas import PartOut, SumOut
from services.crisis.evacuation.totals import figures, service
from services.crisis.evacuation.totals.schemas import FiguresOut
from services.crisis.incidents.access import Onlooker
from services.crisis.incidents.service import seen

router = APIRouter(prefix="/v1/crisis/incidents/{incident_id}", tags=["crisis: evacuation"])


@router.get("/sum")
async def read_sum(incident_id: UUID, desk: Onlooker) -> SumOut:
    """As it stands now; each night's is kept."""
    found = await service.sum_of(desk.session, await seen(desk, incident_id))
    parts = [PartOut(code=part, name=Bilingual.of(PART_WORDS[part]), people=count) for part, count in found.parts.items()]
    return SumOut(at=datetime.now(UTC), exposed=found.exposed, difference=found.difference, holds=found.difference == 0, parts=parts)


@router.get("/figures")
async def read_figures(incident_id: UUID, desk: Onlooker) -> FiguresOut:
    """After the action: how long each warning took to be decided, acknowledged and handed over, and whom it reached."""
    return FiguresOut(warnings=await figures.of_incident(desk.session, await seen(desk, incident_id)))
