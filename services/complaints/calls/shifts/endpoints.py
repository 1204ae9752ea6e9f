"""The HTTP edge of shifts and hand-overs."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from services.complaints.calls.access import Desk
from services.complaints.calls.board.service import shift_out
from services.complaints.calls.shifts import service
from services.complaints.calls.shifts.schemas import EndedShift, HandoverRow, ShiftIn, ShiftOut

router = APIRouter(prefix="/v1/complaints/calls", tags=["calls"])


@router.post("/shifts", status_code=201, response_model=ShiftOut)
async def begin_shift(said: ShiftIn, caller: Desk, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> ShiftOut:
        return shift_out(await service.begin_shift(session, caller, said))

    return await once(caller.subject, effect, location=lambda _: "/v1/complaints/calls/desk")


@router.post("/shifts/end", status_code=201, response_model=EndedShift)
async def end_shift(caller: Desk, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> EndedShift:
        shift, given = await service.end_shift(session, caller)
        return EndedShift(shift=shift_out(shift), handed_over=await service.rows_of(session, keyring, caller, given))

    return await once(caller.subject, effect, location=lambda _: "/v1/complaints/calls/desk")


@router.post("/handovers/{handover_id}/accept", status_code=201, response_model=HandoverRow)
async def accept_handover(handover_id: UUID, caller: Desk, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> HandoverRow:
        one = await service.accept(session, keyring, caller, handover_id)
        return (await service.rows_of(session, keyring, caller, [one]))[0]

    return await once(caller.subject, effect, location=lambda _: "/v1/complaints/calls/desk")
