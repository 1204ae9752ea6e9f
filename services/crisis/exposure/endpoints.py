"""The HTTP edge of exposure: one call into `service` each."""

from uuid import UUID

from fastapi import APIRouter

from kit.database import SessionDep
from services.crisis.exposure import service
from services.crisis.exposure.schemas import ExposureOut
from services.crisis.warnings.access import Reader

router = APIRouter(prefix="/v1/crisis/alerts", tags=["crisis"])


@router.get("/{alert_id}/exposure")
async def read_exposure(alert_id: UUID, caller: Reader, session: SessionDep) -> ExposureOut:
    """How many people the warning concerns. Figures only: who they are stays in the register."""
    return await service.get_exposure(session, caller, alert_id)
