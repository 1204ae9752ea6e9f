"""Addresses of decisions, reopening and appeals."""

from functools import partial

from fastapi import APIRouter, Response

from services.complaints.lifecycle.access import AppellantDesk, DeciderDesk, PartyDesk, post
from services.complaints.lifecycle.decisions import service
from services.complaints.lifecycle.decisions.schemas import AppealIn, ProposeIn, ReopenIn
from services.complaints.lifecycle.rules import Action
from services.complaints.lifecycle.schemas import ReasonIn, RemarkIn

router = APIRouter(prefix="/v1/complaints/{reference}", tags=["complaints: decisions"])


@post(router, Action.PROPOSE)
async def propose(desk: DeciderDesk, asked: ProposeIn) -> Response:
    return await desk.act(Action.PROPOSE, partial(service.propose, asked=asked))


@post(router, Action.APPROVE)
async def approve(desk: DeciderDesk, asked: RemarkIn) -> Response:
    return await desk.act(Action.APPROVE, partial(service.approve, asked=asked))


@post(router, Action.SEND_BACK)
async def send_back(desk: DeciderDesk, asked: ReasonIn) -> Response:
    return await desk.act(Action.SEND_BACK, partial(service.send_back, asked=asked))


@post(router, Action.REOPEN)
async def reopen(desk: PartyDesk, asked: ReopenIn) -> Response:
    return await desk.act(Action.REOPEN, partial(service.reopen, asked=asked))


@post(router, Action.APPEAL)
async def appeal(desk: AppellantDesk, asked: AppealIn) -> Response:
    """Answers with the appeal: a case of its own, at another office."""
    lodge = partial(service.lodge_appeal, desk.session, desk.keyring, desk.caller, desk.reference, desk.expected, asked)
    return await desk.answer(lodge)
