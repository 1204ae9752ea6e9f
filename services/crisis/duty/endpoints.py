"""The HTTP edge of the duty: one call into `service` each."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.database import SessionDep
from kit.idempotency import OnceDep
from services.crisis.duty import service
from services.crisis.duty.access import Acknowledger
from services.crisis.warnings.schemas import AlertOut

router = APIRouter(prefix="/v1/crisis/alerts", tags=["crisis"])


@router.post("/{alert_id}/acknowledgements", status_code=201, response_model=AlertOut)
async def acknowledge_alert(alert_id: UUID, caller: Acknowledger, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> AlertOut:
        return await service.acknowledge_alert(session, caller, alert_id)

    return await once(caller.subject, effect, location=lambda alert: f"/v1/crisis/alerts/{alert.id}")
