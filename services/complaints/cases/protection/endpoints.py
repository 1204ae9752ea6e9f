"""The HTTP edge of protection."""

from fastapi import APIRouter, Response

from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep
from kit.versions import ExpectedVersion
from services.complaints.access import Reference
from services.complaints.cases.access import DistrictDesk, WorkerDesk, once_changed
from services.complaints.cases.protection import service
from services.complaints.cases.protection.schemas import AssessmentIn, ProtectionIn, VisitIn, VisitRow
from services.complaints.cases.schemas import ChangedOut

desk_router = APIRouter(prefix="/v1/complaints/cases", tags=["cases"])
router = APIRouter(prefix="/v1/complaints/{reference}/case/protection", tags=["cases"])


@desk_router.get("/visits")
async def list_visits(desk: DistrictDesk, paging: PagingDep) -> Page[VisitRow]:
    return await service.list_visits(desk, paging)


@router.post("", status_code=201, response_model=ChangedOut)
async def describe(reference: Reference, facts: ProtectionIn, desk: WorkerDesk, once: OnceDep, expected: ExpectedVersion) -> Response:
    return await once_changed(once, desk, lambda: service.describe(desk, reference, facts, expected=expected))


@router.post("/assessments", status_code=201, response_model=ChangedOut)
async def assess(reference: Reference, assessment: AssessmentIn, desk: WorkerDesk, once: OnceDep) -> Response:
    return await once_changed(once, desk, lambda: service.assess(desk, reference, assessment))


@router.post("/visits", status_code=201, response_model=ChangedOut)
async def visit(reference: Reference, done: VisitIn, desk: WorkerDesk, once: OnceDep) -> Response:
    return await once_changed(once, desk, lambda: service.visit(desk, reference, done))
