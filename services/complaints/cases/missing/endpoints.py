"""The HTTP edge of searches and remains."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep
from kit.versions import ExpectedVersion
from services.complaints.access import Reference
from services.complaints.cases.access import AbroadDesk, WorkerDesk, once_changed
from services.complaints.cases.missing import service
from services.complaints.cases.missing.schemas import DecisionIn, FoundIn, MatchOut, MissingIn, RemainsIn, RemainsOut, RemainsReceiptOut
from services.complaints.cases.schemas import ChangedOut

desk_router = APIRouter(prefix="/v1/complaints/cases", tags=["cases"])
router = APIRouter(prefix="/v1/complaints/{reference}/case/missing", tags=["cases"])


@desk_router.post("/remains", status_code=201, response_model=RemainsReceiptOut)
async def report_remains(report: RemainsIn, desk: AbroadDesk, once: OnceDep) -> Response:
    async def effect() -> RemainsReceiptOut:
        return await service.report_remains(desk, report)

    return await once(desk.by, effect, location=lambda receipt: f"/v1/complaints/cases/remains/{receipt.id}")


@desk_router.get("/remains")
async def list_remains(desk: AbroadDesk, paging: PagingDep) -> Page[RemainsOut]:
    return await service.list_remains(desk, paging)


@desk_router.get("/matches")
async def list_matches(desk: AbroadDesk, paging: PagingDep) -> Page[MatchOut]:
    return await service.list_matches(desk, paging)


@desk_router.post("/matches/{match}/decisions", status_code=201, response_model=ChangedOut)
async def decide_match(match: UUID, decision: DecisionIn, desk: AbroadDesk, once: OnceDep) -> Response:
    return await once_changed(once, desk, lambda: service.decide_match(desk, match, decision))


@router.post("", status_code=201, response_model=ChangedOut)
async def describe(reference: Reference, facts: MissingIn, desk: WorkerDesk, once: OnceDep, expected: ExpectedVersion) -> Response:
    return await once_changed(once, desk, lambda: service.describe(desk, reference, facts, expected=expected))


@router.post("/found", status_code=201, response_model=ChangedOut)
async def found_alive(reference: Reference, found: FoundIn, desk: WorkerDesk, once: OnceDep, expected: ExpectedVersion) -> Response:
    return await once_changed(once, desk, lambda: service.found_alive(desk, reference, found, expected=expected))
