"""The HTTP edge of escalation: queues of what is due, seats, the search for what did not happen."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from kit.database import SessionDep
from kit.paging import Page, PagingDep
from services.complaints.escalation import service, views
from services.complaints.escalation.access import Seater, Watcher
from services.complaints.escalation.schemas import CheckOut, Queue, SeatIn, SeatsOut, WaitingOut
from services.complaints.schemas import OfficeCode

router = APIRouter(prefix="/v1/complaints", tags=["escalation"])

SeatCode = Annotated[str, Path(max_length=80, pattern=r"^[A-Za-z0-9-]+\.[a-z_]+$")]


@router.get("/queues/{queue}")
async def read_queue(
    queue: Queue, caller: Watcher, session: SessionDep, paging: PagingDep, office: Annotated[OfficeCode | None, Query()] = None
) -> Page[WaitingOut]:
    rows = await service.queue(session, caller, queue, paging, office)
    return paging.page(rows, lambda one: views.position(queue, one), views.waiting_out)


@router.get("/seats")
async def list_seats(caller: Watcher, session: SessionDep) -> SeatsOut:
    return await service.seats_for(session, caller)


@router.put("/seats/{seat}", status_code=204)
async def fill_seat(seat: SeatCode, filled: SeatIn, caller: Seater, session: SessionDep) -> Response:
    await service.fill_seat(session, seat, filled.holder, by=caller.subject)
    return Response(status_code=204)


@router.get("/checks/newest")
async def newest_check(caller: Seater, session: SessionDep) -> CheckOut:
    return await service.newest_check(session, caller)


@router.post("/checks", status_code=201)
async def start_check(caller: Seater, session: SessionDep) -> CheckOut:
    await service.begin_check(session, by=caller.subject)
    return await service.newest_check(session, caller)
