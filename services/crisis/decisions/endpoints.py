"""The HTTP edge of decisions: one call into `service` each."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.versions import ExpectedVersion, etag
from services.crisis.decisions import service
from services.crisis.decisions.access import Decider
from services.crisis.decisions.schemas import DecisionOut
from services.crisis.warnings.access import Reader

router = APIRouter(prefix="/v1/crisis/alerts/{alert_id}/decision", tags=["crisis"])


@router.get("")
async def read_decision(alert_id: UUID, caller: Reader, session: SessionDep, response: Response) -> DecisionOut:
    decision = await service.get_decision(session, caller, alert_id)
    response.headers["ETag"] = etag(decision.version)
    return decision


@router.post("/release", status_code=201, response_model=DecisionOut)
async def release(alert_id: UUID, caller: Decider, session: SessionDep, once: OnceDep, expected: ExpectedVersion) -> Response:
    async def effect() -> DecisionOut:
        return await service.release(session, caller, alert_id, expected)

    return await once(caller.subject, effect, location=lambda one: f"/v1/crisis/alerts/{one.alert_id}/decision")


@router.post("/withholding", status_code=201, response_model=DecisionOut)
async def withhold(alert_id: UUID, caller: Decider, session: SessionDep, once: OnceDep, expected: ExpectedVersion) -> Response:
    async def effect() -> DecisionOut:
        return await service.withhold(session, caller, alert_id, expected)

    return await once(caller.subject, effect, location=lambda one: f"/v1/crisis/alerts/{one.alert_id}/decision")
