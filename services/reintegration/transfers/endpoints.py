"""The HTTP edge of transfers: the sender's side, and the receiver's under `/received`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from kit.auth import Caller, allow, public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion
from services.reintegration.access import what_is_visible
from services.reintegration.casework.endpoints import DeskDep
from services.reintegration.casework.service import Desk
from services.reintegration.endpoints import Who
from services.reintegration.transfers import service, views
from services.reintegration.transfers.repository import lock_case
from services.reintegration.transfers.schemas import TransferAnswerIn, TransferIn, TransferListsOut, TransferReceivedOut, TransferSentOut

router = APIRouter(prefix="/v1/returnees", tags=["returnees: transfers"])
TransferId = Annotated[UUID, Path()]


async def _office_of(caller: Annotated[Caller, allow("supervisor", "demo")], session: SessionDep, keyring: KeyringDep) -> Desk:
    """Offices of districts: a case is passed on from one to another."""
    return Desk(session, keyring, caller, what_is_visible(caller))


OfficeDep = Annotated[Desk, Depends(_office_of)]


@router.get("/transfer-lists", dependencies=[public()])
async def read_transfer_lists() -> TransferListsOut:
    return views.lists_out()


@router.get("/transfers/sent")
async def list_sent_transfers(desk: OfficeDep, paging: PagingDep) -> Page[TransferSentOut]:
    rows = await service.list_sent(desk, paging)
    return paging.page(rows, lambda one: Position(one[0].sent_at, one[0].id), lambda one: views.sent_of(*one))


@router.get("/transfers/received")
async def list_received_transfers(desk: OfficeDep, paging: PagingDep) -> Page[TransferReceivedOut]:
    rows = await service.list_received(desk, paging)
    return paging.page(rows, lambda one: Position(one[0].received_at, one[0].id), lambda one: views.received_of(*one, desk.keyring))


@router.post("/transfers/{transfer_id}/recall")
async def recall_transfer(transfer_id: TransferId, desk: OfficeDep, expected: ExpectedVersion) -> TransferSentOut:
    transfer = await service.recall(desk, transfer_id, expected)
    return views.sent_of(transfer, (await lock_case(desk.session, transfer.case_id)).reference)


@router.post("/transfers/received/{transfer_id}/answer")
async def answer_transfer(transfer_id: TransferId, said: TransferAnswerIn, desk: OfficeDep) -> TransferReceivedOut:
    received, returnee, transfer = await service.answer(desk, transfer_id, said)
    return views.received_of(received, returnee, desk.keyring, transfer)


@router.post("/{who}/case/transfers", status_code=201, response_model=TransferSentOut)
async def send_transfer(who: Who, said: TransferIn, desk: DeskDep, once: OnceDep) -> Response:
    async def effect() -> TransferSentOut:
        return views.sent_of(*await service.send(desk, who, said))

    return await once(desk.caller.subject, effect, location=lambda _: "/v1/returnees/transfers/sent")
