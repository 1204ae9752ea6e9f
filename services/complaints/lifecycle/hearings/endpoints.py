"""Addresses of hearings and settlements."""

from functools import partial

from fastapi import APIRouter, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from services.complaints.access import Reader, Reference
from services.complaints.lifecycle.access import DeciderDesk, post
from services.complaints.lifecycle.hearings import service
from services.complaints.lifecycle.hearings.schemas import HeardIn, HearingIn, HearingsOut, SettlementIn, SettlementsOut
from services.complaints.lifecycle.rules import Action
from services.complaints.lifecycle.schemas import ReasonIn

router = APIRouter(prefix="/v1/complaints/{reference}", tags=["complaints: hearings"])


@router.get("/hearings")
async def list_hearings(reference: Reference, caller: Reader, session: SessionDep, keyring: KeyringDep) -> HearingsOut:
    return await service.list_hearings(session, keyring, caller, reference)


@router.get("/settlements")
async def list_settlements(reference: Reference, caller: Reader, session: SessionDep, keyring: KeyringDep) -> SettlementsOut:
    return await service.list_settlements(session, keyring, caller, reference)


@post(router, Action.SCHEDULE_HEARING)
async def schedule_hearing(desk: DeciderDesk, asked: HearingIn) -> Response:
    return await desk.act(Action.SCHEDULE_HEARING, partial(service.schedule_hearing, asked=asked))


@post(router, Action.HOLD_HEARING)
async def hold_hearing(desk: DeciderDesk, asked: HeardIn) -> Response:
    return await desk.act(Action.HOLD_HEARING, partial(service.hold_hearing, asked=asked))


@post(router, Action.ADJOURN_HEARING)
async def adjourn_hearing(desk: DeciderDesk, asked: ReasonIn) -> Response:
    return await desk.act(Action.ADJOURN_HEARING, partial(service.adjourn_hearing, asked=asked))


@post(router, Action.SETTLE)
async def settle(desk: DeciderDesk, asked: SettlementIn) -> Response:
    return await desk.act(Action.SETTLE, partial(service.settle, asked=asked))
