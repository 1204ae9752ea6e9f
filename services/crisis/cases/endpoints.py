"""The HTTP edge of a wing's cases: one call into `service` each, the answer made by `views`."""

from collections.abc import Awaitable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from kit.auth import bearer, public
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep
from kit.versions import ExpectedVersion, etag
from services.crisis.cases import repository, service, views
from services.crisis.cases.access import Desk, DeskDep, Reference
from services.crisis.cases.clients import complaint_of
from services.crisis.cases.models import WingCase
from services.crisis.cases.repository import Queue
from services.crisis.cases.schemas import (
    AnswerIn,
    CaseIn,
    CaseOut,
    CaseRow,
    CasesOut,
    ClosingIn,
    ComplaintReference,
    DayOut,
    DetailsIn,
    KindCode,
    KindsOut,
    ReasonIn,
    SearchIn,
    StepIn,
    VisitIn,
    WorkersIn,
)

router = APIRouter(prefix="/v1/crisis/cases", tags=["a wing's cases"])


async def _shown(desk: Desk, change: Awaitable[WingCase], response: Response) -> CaseOut:
    found = await change
    response.headers["ETag"] = etag(found.version)
    return await views.case_out(desk, found)


@router.get("/kinds", dependencies=[public(kept_s=300)])
async def read_kinds() -> KindsOut:
    return views.kinds_out()


@router.get("/day")
async def read_day(desk: DeskDep) -> DayOut:
    return await views.day_out(desk)


@router.get("")
async def list_cases(
    desk: DeskDep,
    paging: PagingDep,
    queue: Annotated[Queue, Query()] = "waiting",
    kind: Annotated[KindCode | None, Query()] = None,
) -> Page[CaseRow]:
    return await views.queue(desk, paging, queue, kind)


@router.get("/of-complaint")
async def list_of_complaint(desk: DeskDep, complaint: Annotated[ComplaintReference, Query()]) -> CasesOut:
    found = await repository.list_of_complaint(desk.session, complaint, desk.sight)
    return CasesOut(items=await views.rows(desk, found, "complaint"))


@router.post("/search")
async def search_cases(said: SearchIn, desk: DeskDep) -> CasesOut:
    index = service.passport_index(desk.keyring, said.passport)
    found = await repository.find_by_passport(desk.session, index, desk.sight) if index else []
    return CasesOut(items=await views.rows(desk, found, "search"))


@router.post("", status_code=201, response_model=CaseOut)
async def open_case(said: CaseIn, desk: DeskDep, once: OnceDep, request: Request) -> Response:
    async def effect() -> CaseOut:
        token = bearer(request.headers.get("authorization")) or ""
        known = await complaint_of(request.state.calls, token, said.complaint) if said.complaint else None
        return await views.case_out(desk, await service.open_case(desk, said, known))

    return await once(desk.by, effect, location=lambda one: f"/v1/crisis/cases/{one.reference}")


@router.get("/{reference}")
async def read_case(reference: Reference, desk: DeskDep, response: Response) -> CaseOut:
    return await _shown(desk, service.read(desk, reference), response)


@router.post("/{reference}/taking")
async def take_case(reference: Reference, desk: DeskDep, expected: ExpectedVersion, response: Response) -> CaseOut:
    return await _shown(desk, service.take(desk, reference, expected), response)


@router.post("/{reference}/details")
async def change_details(reference: Reference, said: DetailsIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> CaseOut:
    return await _shown(desk, service.change_details(desk, reference, expected, said), response)


@router.post("/{reference}/steps")
async def do_step(reference: Reference, said: StepIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> CaseOut:
    return await _shown(desk, service.do_step(desk, reference, expected, said), response)


@router.post("/{reference}/visits")
async def visit(reference: Reference, said: VisitIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> CaseOut:
    return await _shown(desk, service.visit(desk, reference, expected, said), response)


@router.post("/{reference}/visits/{visit_id}/workers")
async def add_workers(
    reference: Reference, visit_id: UUID, said: WorkersIn, desk: DeskDep, expected: ExpectedVersion, response: Response
) -> CaseOut:
    return await _shown(desk, service.add_workers(desk, reference, expected, visit_id, said.workers), response)


@router.post("/{reference}/answer")
async def answer_family(reference: Reference, said: AnswerIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> CaseOut:
    return await _shown(desk, service.answer_family(desk, reference, expected, said), response)


@router.post("/{reference}/closing")
async def close_case(reference: Reference, said: ClosingIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> CaseOut:
    return await _shown(desk, service.close(desk, reference, expected, said), response)


@router.post("/{reference}/reopening")
async def reopen_case(reference: Reference, said: ReasonIn, desk: DeskDep, expected: ExpectedVersion, response: Response) -> CaseOut:
    return await _shown(desk, service.reopen(desk, reference, expected, said.reason), response)
