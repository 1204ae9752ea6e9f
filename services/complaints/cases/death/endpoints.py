"""The HTTP edge of deaths abroad."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep
from kit.versions import ExpectedVersion
from services.complaints.access import Reference
from services.complaints.cases.access import AirportDesk, BoardDesk, WorkerDesk, once_changed
from services.complaints.cases.death import desks, service
from services.complaints.cases.death.schemas import (
    ArrivalsOut,
    BurialIn,
    ContactIn,
    DeathIn,
    GrantIn,
    GrantRow,
    HandOverIn,
    HeirIn,
    IdentityIn,
    PaperIn,
    TransportIn,
    WishIn,
)
from services.complaints.cases.schemas import ChangedOut, PaymentIn

desk_router = APIRouter(prefix="/v1/complaints/cases", tags=["cases"])
router = APIRouter(prefix="/v1/complaints/{reference}/case/death", tags=["cases"])


@desk_router.get("/arrivals")
async def list_arrivals(desk: AirportDesk) -> ArrivalsOut:
    return await desks.arrivals(desk)


@desk_router.post("/arrivals/{reference}/handed-over", status_code=201, response_model=ChangedOut)
async def hand_over(reference: Reference, done: HandOverIn, desk: AirportDesk, once: OnceDep) -> Response:
    return await once_changed(once, desk, lambda: desks.hand_over(desk, reference, done))


@desk_router.get("/grants")
async def list_grants(desk: BoardDesk, paging: PagingDep) -> Page[GrantRow]:
    return await desks.grants(desk, paging)


@desk_router.post("/grants/{line}/payments", status_code=201, response_model=ChangedOut)
async def pay_grant(line: UUID, payment: PaymentIn, desk: BoardDesk, once: OnceDep) -> Response:
    return await once_changed(once, desk, lambda: desks.pay_grant(desk, line, payment))


@router.post("", status_code=201, response_model=ChangedOut)
async def describe(reference: Reference, facts: DeathIn, desk: WorkerDesk, once: OnceDep, expected: ExpectedVersion) -> Response:
    return await once_changed(once, desk, lambda: service.describe(desk, reference, facts, expected=expected))


@router.post("/identity", status_code=201, response_model=ChangedOut)
async def decide_identity(
    reference: Reference, decision: IdentityIn, desk: WorkerDesk, once: OnceDep, expected: ExpectedVersion
) -> Response:
    return await once_changed(once, desk, lambda: service.decide_identity(desk, reference, decision, expected=expected))


@router.post("/wishes", status_code=201, response_model=ChangedOut)
async def add_wish(reference: Reference, said: WishIn, desk: WorkerDesk, once: OnceDep) -> Response:
    return await once_changed(once, desk, lambda: service.add_wish(desk, reference, said))


@router.post("/papers", status_code=201, response_model=ChangedOut)
async def add_paper(reference: Reference, paper: PaperIn, desk: WorkerDesk, once: OnceDep) -> Response:
    return await once_changed(once, desk, lambda: service.add_paper(desk, reference, paper))


@router.post("/heirs", status_code=201, response_model=ChangedOut)
async def add_heir(reference: Reference, heir: HeirIn, desk: WorkerDesk, once: OnceDep) -> Response:
    return await once_changed(once, desk, lambda: service.add_heir(desk, reference, heir))


@router.post("/transport", status_code=201, response_model=ChangedOut)
async def arrange_transport(
    reference: Reference, transport: TransportIn, desk: WorkerDesk, once: OnceDep, expected: ExpectedVersion
) -> Response:
    return await once_changed(once, desk, lambda: service.arrange_transport(desk, reference, transport, expected=expected))


@router.post("/burial", status_code=201, response_model=ChangedOut)
async def bury(reference: Reference, burial: BurialIn, desk: WorkerDesk, once: OnceDep, expected: ExpectedVersion) -> Response:
    return await once_changed(once, desk, lambda: service.bury(desk, reference, burial, expected=expected))


@router.post("/handed-over", status_code=201, response_model=ChangedOut)
async def hand_over_later(reference: Reference, done: BurialIn, desk: WorkerDesk, once: OnceDep, expected: ExpectedVersion) -> Response:
    return await once_changed(once, desk, lambda: service.hand_over(desk, reference, done, expected=expected))


@router.post("/contact", status_code=201, response_model=ChangedOut)
async def take_contact(reference: Reference, contact: ContactIn, desk: WorkerDesk, once: OnceDep, expected: ExpectedVersion) -> Response:
    return await once_changed(once, desk, lambda: service.take_contact(desk, reference, contact, expected=expected))


@router.post("/grants", status_code=201, response_model=ChangedOut)
async def ask_for_grant(reference: Reference, asked: GrantIn, desk: WorkerDesk, once: OnceDep) -> Response:
    return await once_changed(once, desk, lambda: service.ask_for_grant(desk, reference, asked))
