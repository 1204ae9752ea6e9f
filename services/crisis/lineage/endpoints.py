"""The HTTP edge of lineage: one call into `service` each."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from kit.database import SessionDep
from services.crisis.lineage import replaying, service
from services.crisis.lineage.access import Auditor
from services.crisis.lineage.schemas import AreaFeature, ReplayOut
from services.crisis.warnings.access import Reader
from services.crisis.warnings.service import DIRECTORY

router = APIRouter(prefix="/v1/crisis", tags=["crisis"])


@router.get("/replay")
async def replay(caller: Auditor, session: SessionDep, at: Annotated[AwareDatetime | None, Query()] = None) -> ReplayOut:  # noqa: ARG001 - whoever may
    """Judges the stored messages anew as of an instant (now, unless told) and compares; it can change and send nothing."""
    return await replaying.replay(session, at or datetime.now(UTC), DIRECTORY.sources)


@router.get("/alerts/{alert_id}/area")
async def read_area(alert_id: UUID, caller: Reader, session: SessionDep) -> AreaFeature:
    """Where the warning holds, as a GeoJSON feature."""
    return await service.get_area(session, caller, alert_id)
