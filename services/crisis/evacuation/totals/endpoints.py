"""The HTTP edge of the sum of people."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter

from contracts.text import Bilingual
from services.crisis.evacuation.rules import PART_WORDS
from services.crisis.evacuation.schemas import PartOut, SumOut
from services.crisis.evacuation.totals import service
from services.crisis.incidents.access import Onlooker
from services.crisis.incidents.service import seen

router = APIRouter(prefix="/v1/crisis/incidents/{incident_id}/sum", tags=["crisis: evacuation"])


@router.get("")
async def read_sum(incident_id: UUID, desk: Onlooker) -> SumOut:
    """As it stands now; each night's is kept."""
    found = await service.sum_of(desk.session, await seen(desk, incident_id))
    parts = [PartOut(code=part, name=Bilingual.of(PART_WORDS[part]), people=count) for part, count in found.parts.items()]
    return SumOut(at=datetime.now(UTC), exposed=found.exposed, difference=found.difference, holds=found.difference == 0, parts=parts)
