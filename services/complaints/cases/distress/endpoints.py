"""The HTTP edge of distress."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.idempotency import OnceDep
from kit.versions import ExpectedVersion
from services.complaints.access import Reference
from services.complaints.cases.access import WorkerDesk, once_changed
from services.complaints.cases.distress import service
from services.complaints.cases.distress.schemas import DistressIn, FamilyToldIn, RequestEndIn, RequestIn
from services.complaints.cases.schemas import ChangedOut

router = APIRouter(prefix="/v1/complaints/{reference}/case/distress", tags=["cases"])


@router.post("", status_code=201, response_model=ChangedOut)
async def describe(reference: Reference, facts: DistressIn, desk: WorkerDesk, once: OnceDep, expected: ExpectedVersion) -> Response:
    return await once_changed(once, desk, lambda: service.describe(desk, reference, facts, expected=expected))


@router.post("/family-told", status_code=201, response_model=ChangedOut)
async def tell_family(reference: Reference, told: FamilyToldIn, desk: WorkerDesk, once: OnceDep, expected: ExpectedVersion) -> Response:
    return await once_changed(once, desk, lambda: service.tell_family(desk, reference, told, expected=expected))


@router.post("/requests", status_code=201, response_model=ChangedOut)
async def ask(reference: Reference, request: RequestIn, desk: WorkerDesk, once: OnceDep) -> Response:
    return await once_changed(once, desk, lambda: service.ask(desk, reference, request))


@router.post("/requests/{request}/end", status_code=201, response_model=ChangedOut)
async def end_request(
    reference: Reference, request: UUID, end: RequestEndIn, desk: WorkerDesk, once: OnceDep, expected: ExpectedVersion
) -> Response:
    return await once_changed(once, desk, lambda: service.end_request(desk, reference, request, end, expected=expected))
