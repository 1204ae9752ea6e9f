"""The HTTP edge of a counter."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from contracts.places import DistrictCode
from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from services.reintegration.access import Officer
from services.reintegration.counter import service, views
from services.reintegration.counter.schemas import CounterListsOut, TicketIn, TicketOut, TodayOut, ToldIn, ToldOut, WaitingOut

router = APIRouter(prefix="/v1/returnees/counter", tags=["counter"])
TicketId = Annotated[UUID, Path()]


@router.get("/lists", dependencies=[public()])
async def read_lists() -> CounterListsOut:
    return views.lists_out()


@router.get("/today")
async def read_today(caller: Officer, session: SessionDep, district: DistrictCode | None = None) -> TodayOut:
    return views.today_of(await service.today(session, caller, district))


@router.get("/waiting")
async def list_waiting(caller: Officer, session: SessionDep, keyring: KeyringDep) -> WaitingOut:
    return views.waiting_of(*await service.list_waiting(session, caller), caller, keyring)


@router.post("/tickets", status_code=201, response_model=TicketOut)
async def take_ticket(said: TicketIn, caller: Officer, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> TicketOut:
        return views.ticket_of(await service.take_ticket(session, caller, said))

    return await once(caller.subject, effect, location=lambda _: "/v1/returnees/counter/today")


@router.post("/tickets/{ticket_id}/call")
async def call_ticket(ticket_id: TicketId, caller: Officer, session: SessionDep) -> TicketOut:
    return views.ticket_of(await service.call_ticket(session, caller, ticket_id))


@router.post("/tickets/{ticket_id}/leave")
async def leave(ticket_id: TicketId, caller: Officer, session: SessionDep) -> TicketOut:
    return views.ticket_of(await service.leave(session, caller, ticket_id))


@router.post("/told", status_code=201, response_model=ToldOut)
async def tell(said: ToldIn, caller: Officer, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> ToldOut:
        return views.told_of(*await service.tell(session, caller, said))

    return await once(caller.subject, effect, location=lambda _: "/v1/returnees/counter/today")
