"""The HTTP edge of the rota: one call into `service` each."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep
from kit.versions import ExpectedVersion
from services.crisis.rota import service
from services.crisis.rota.access import RotaWriter
from services.crisis.rota.schemas import ShiftIn, ShiftOut

router = APIRouter(prefix="/v1/crisis/rota", tags=["duty of missions"])


@router.get("")
async def list_shifts(caller: RotaWriter, session: SessionDep, keyring: KeyringDep, paging: PagingDep) -> Page[ShiftOut]:
    """Shifts that are running or come, of the missions that the caller writes the rota of."""
    return await service.list_shifts(session, keyring, caller, paging)


@router.post("", status_code=201, response_model=ShiftOut)
async def add_shift(said: ShiftIn, caller: RotaWriter, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> ShiftOut:
        return await service.add_shift(session, keyring, caller, said)

    return await once(caller.subject, effect, location=lambda _: "/v1/crisis/rota")


@router.post("/{shift_id}/ending", status_code=201, response_model=ShiftOut)
async def end_shift(
    shift_id: UUID, caller: RotaWriter, session: SessionDep, keyring: KeyringDep, once: OnceDep, expected: ExpectedVersion
) -> Response:
    async def effect() -> ShiftOut:
        return await service.end_shift(session, keyring, caller, shift_id, expected)

    return await once(caller.subject, effect, location=lambda _: "/v1/crisis/rota")
