"""The HTTP edge of lineage: one call into `service` each."""

from uuid import UUID

from fastapi import APIRouter

from kit.database import SessionDep
from services.crisis.lineage import service
from services.crisis.lineage.schemas import AreaFeature
from services.crisis.warnings.access import Reader

router = APIRouter(prefix="/v1/crisis/alerts", tags=["crisis"])


@router.get("/{alert_id}/area")
async def read_area(alert_id: UUID, caller: Reader, session: SessionDep) -> AreaFeature:
    """Where the warning holds, as a GeoJSON feature."""
    return await service.get_area(session, caller, alert_id)
