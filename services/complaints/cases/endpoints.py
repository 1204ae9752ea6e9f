"""The HTTP edge of what every case shares."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.auth import public
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep
from kit.versions import ExpectedVersion, etag
from services.complaints import service as complaints
from services.complaints.access import Reference
from services.complaints.cases import money, service, views
from services.complaints.cases.access import ReaderDesk, WorkerDesk, once_changed
from services.complaints.cases.death import endpoints as death
from services.complaints.cases.distress import endpoints as distress
from services.complaints.cases.distress.service import request_of
from services.complaints.cases.lists import CaseKind
from services.complaints.cases.missing import endpoints as missing
from services.complaints.cases.protection import endpoints as protection
from services.complaints.cases.schemas import AgreementIn, ChangedOut, ListsOut, MoneyIn, NewCaseIn, PaymentIn, StepIn, WaitingRow

desk_router = APIRouter(prefix="/v1/complaints/cases", tags=["cases"])
router = APIRouter(prefix="/v1/complaints/{reference}", tags=["cases"])


@desk_router.get("/lists", dependencies=[public(kept_s=300)])
async def read_lists() -> ListsOut:
    return views.lists_out()


@desk_router.get("/waiting")
async def list_waiting(desk: WorkerDesk, paging: PagingDep, kind: Annotated[CaseKind | None, Query()] = None) -> Page[WaitingRow]:
    return await views.waiting(desk, paging, kind)


@router.get("/case")
async def read_case(reference: Reference, desk: ReaderDesk, response: Response) -> views.CaseOut:
    complaint = await complaints.get_complaint(desk.session, desk.caller, desk.visible, reference, purpose=service.PURPOSE)
    response.headers["ETag"] = etag(complaint.version)
    return await views.case_out(desk, complaint)


@router.post("/cases", status_code=201, response_model=ChangedOut)
async def grow_case(reference: Reference, new: NewCaseIn, desk: WorkerDesk, once: OnceDep) -> Response:
    return await once_changed(once, desk, lambda: service.grow_from(desk, reference, new))


@router.post("/case/steps", status_code=201, response_model=ChangedOut)
async def add_step(reference: Reference, step: StepIn, desk: WorkerDesk, once: OnceDep) -> Response:
    return await once_changed(once, desk, lambda: service.add_step(desk, reference, step, lambda *one: request_of(desk, *one)))


@router.post("/case/money", status_code=201, response_model=ChangedOut)
async def add_money(reference: Reference, line: MoneyIn, desk: WorkerDesk, once: OnceDep) -> Response:
    return await once_changed(once, desk, lambda: money.add_money(desk, reference, line))


@router.post("/case/money/{line}/agreement", status_code=201, response_model=ChangedOut)
async def agree_on_money(
    reference: Reference, line: UUID, agreement: AgreementIn, desk: WorkerDesk, once: OnceDep, expected: ExpectedVersion
) -> Response:
    return await once_changed(once, desk, lambda: money.agree_on_money(desk, reference, line, agreement, expected=expected))


@router.post("/case/money/{line}/payments", status_code=201, response_model=ChangedOut)
async def pay(reference: Reference, line: UUID, payment: PaymentIn, desk: WorkerDesk, once: OnceDep) -> Response:
    return await once_changed(once, desk, lambda: money.pay(desk, reference, line, payment))


# The desks' fixed paths come first: a reference is any word.
ROUTERS = [
    *(desk_router, death.desk_router, missing.desk_router, protection.desk_router),
    *(router, distress.router, death.router, missing.router, protection.router),
]
