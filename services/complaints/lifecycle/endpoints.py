"""One address for each act of the procedure; its history; what the caller may do now."""

from functools import partial

from fastapi import APIRouter, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.paging import Page, PagingDep, Position
from kit.versions import etag
from services.complaints.access import Reader, Reference
from services.complaints.lifecycle import service, views
from services.complaints.lifecycle.access import DeciderDesk, PartyDesk, WorkerDesk, post
from services.complaints.lifecycle.rules import Action
from services.complaints.lifecycle.schemas import (
    ActionsOut,
    AllegationIn,
    AssignIn,
    ColleaguesOut,
    CommentIn,
    FindingIn,
    HappeningOut,
    ReasonIn,
    RemarkIn,
    TransferIn,
    VoluntaryIn,
)

router = APIRouter(prefix="/v1/complaints/{reference}", tags=["complaints: procedure"])


@router.get("/history")
async def read_history(
    reference: Reference, caller: Reader, session: SessionDep, keyring: KeyringDep, paging: PagingDep
) -> Page[HappeningOut]:
    rows, shown = await service.read_history(session, caller, reference, paging)
    return paging.page(rows, lambda row: Position(row[0].at, row[0].id), lambda row: views.happening_of(row[0], row[1], keyring, shown))


@router.get("/actions")
async def read_actions(reference: Reference, caller: Reader, session: SessionDep, response: Response) -> ActionsOut:
    found = await service.read_actions(session, caller, reference)
    response.headers["ETag"] = etag(found.version)
    return found


@router.get("/colleagues")
async def list_colleagues(reference: Reference, caller: Reader, session: SessionDep) -> ColleaguesOut:
    """To whom the case may be given: whoever was seen at work in the office that holds it."""
    return await service.list_colleagues(session, caller, reference)


@post(router, Action.TAKE)
async def take(desk: WorkerDesk, asked: RemarkIn) -> Response:
    return await desk.act(Action.TAKE, partial(service.take, asked=asked))


@post(router, Action.ASSIGN)
async def assign(desk: WorkerDesk, asked: AssignIn) -> Response:
    return await desk.act(Action.ASSIGN, partial(service.assign, asked=asked))


@post(router, Action.HAND_BACK)
async def hand_back(desk: WorkerDesk, asked: RemarkIn) -> Response:
    return await desk.act(Action.HAND_BACK, partial(service.hand_back, asked=asked))


@post(router, Action.TRANSFER)
async def transfer(desk: WorkerDesk, asked: TransferIn) -> Response:
    return await desk.act(Action.TRANSFER, partial(service.transfer, asked=asked))


@post(router, Action.ACCEPT_TRANSFER)
async def accept_transfer(desk: WorkerDesk, asked: RemarkIn) -> Response:
    return await desk.act(Action.ACCEPT_TRANSFER, partial(service.accept_transfer, asked=asked))


@post(router, Action.REFUSE_TRANSFER)
async def refuse_transfer(desk: WorkerDesk, asked: ReasonIn) -> Response:
    return await desk.act(Action.REFUSE_TRANSFER, partial(service.refuse_transfer, asked=asked))


@post(router, Action.RECALL_TRANSFER)
async def recall_transfer(desk: WorkerDesk, asked: RemarkIn) -> Response:
    return await desk.act(Action.RECALL_TRANSFER, partial(service.recall_transfer, asked=asked))


@post(router, Action.START_INVESTIGATION)
async def start_investigation(desk: DeciderDesk, asked: RemarkIn) -> Response:
    return await desk.act(Action.START_INVESTIGATION, partial(service.start_investigation, asked=asked))


@post(router, Action.COMPLETE_INVESTIGATION)
async def complete_investigation(desk: DeciderDesk, asked: FindingIn) -> Response:
    return await desk.act(Action.COMPLETE_INVESTIGATION, partial(service.complete_investigation, asked=asked))


@post(router, Action.START_MEDIATION)
async def start_mediation(desk: DeciderDesk, asked: RemarkIn) -> Response:
    return await desk.act(Action.START_MEDIATION, partial(service.start_mediation, asked=asked))


@post(router, Action.START_ARBITRATION)
async def start_arbitration(desk: DeciderDesk, asked: RemarkIn) -> Response:
    return await desk.act(Action.START_ARBITRATION, partial(service.start_arbitration, asked=asked))


@post(router, Action.WRITE_ALLEGATION)
async def write_allegation(desk: DeciderDesk, asked: AllegationIn) -> Response:
    return await desk.act(Action.WRITE_ALLEGATION, partial(service.write_allegation, asked=asked))


@post(router, Action.WAIT)
async def wait(desk: WorkerDesk, asked: ReasonIn) -> Response:
    return await desk.act(Action.WAIT, partial(service.wait, asked=asked))


@post(router, Action.RESUME)
async def resume(desk: PartyDesk, asked: RemarkIn) -> Response:
    return await desk.act(Action.RESUME, partial(service.resume, asked=asked))


@post(router, Action.WITHDRAW)
async def ask_withdrawal(desk: PartyDesk, asked: ReasonIn) -> Response:
    return await desk.act(Action.WITHDRAW, partial(service.ask_withdrawal, asked=asked))


@post(router, Action.CONFIRM_WITHDRAWAL)
async def confirm_withdrawal(desk: DeciderDesk, asked: VoluntaryIn) -> Response:
    return await desk.act(Action.CONFIRM_WITHDRAWAL, partial(service.confirm_withdrawal, asked=asked))


@post(router, Action.NOTE_CONTACT)
async def note_contact(desk: WorkerDesk, asked: RemarkIn) -> Response:
    return await desk.act(Action.NOTE_CONTACT, partial(service.note_contact, asked=asked))


@post(router, Action.COMMENT)
async def comment(desk: PartyDesk, asked: CommentIn) -> Response:
    return await desk.act(Action.COMMENT, partial(service.comment, asked=asked))
